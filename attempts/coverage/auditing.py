"""The audit itself: an answer for each table with data of a learner in a course, or none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import entry_points

from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.backends.utils import truncate_name

from attempts.coverage.declared import DECLARED, Declaration
from attempts.coverage.description import Table, describe_models
from attempts.coverage.finding import Finder
from attempts.data import TableCoverage
from attempts.stores import GuardingStore, RekeyedStore, installed_stores

#: Entry points of this group name a mapping of tables or models to answers and reasons.
ENTRY_POINT_GROUP = "attempts.declarations"
#: What is an answer without a store.
DECLARABLE = ("kept", "refused")
#: Our own tables are about attempts, not in them.
OWN_APP = "attempts"


def audit(
    tables: Iterable[Table], stores: Mapping[str, str], declarations: Mapping[str, Declaration]
) -> list[TableCoverage]:
    """Return every table with data of a learner in a course, by name, and what is done about it.

    Args:
        tables: all tables of the host.
        stores: what each store does, ``rekeyed``, ``valued`` or ``refused``, by its table.
        declarations: what is known of tables that have no store, by table or by ``app_label.Model``.
    """
    finder = Finder(tuple(tables))
    found = []
    for name, table in sorted(finder.known.items()):
        learner, course = finder.learner(name), finder.course(name)
        if learner is None or course is None or table.is_user or table.app_label == OWN_APP:
            continue
        answer, reason = _answer(table, finder, stores, declarations)
        found.append(TableCoverage(name, table.model, str(learner), str(course), answer, reason))
    return found


def _answer(
    table: Table, finder: Finder, stores: Mapping[str, str], declarations: Mapping[str, Declaration]
) -> tuple[str | None, str]:
    """What is done about a table: its store, what is declared of it, a table it travels with, or nothing."""
    declared = declarations.get(table.name) or declarations.get(table.model)
    reason = declared.reason if declared else ""
    if stores.get(table.name) in ("rekeyed", "valued"):
        return stores[table.name], reason or "A store of another app says so."
    if declared and declared.answer in ("kept", "refused"):
        return declared.answer, reason
    carrier = travels_with(table.name, finder, stores)
    if carrier:
        return "travels", reason or f"Its rows point at those of {carrier}, whose primary keys stay."
    if table.name in stores:
        return stores[table.name], reason or "A store of another app says so."
    return None, ""


def travels_with(name: str, finder: Finder, stores: Mapping[str, str]) -> str | None:
    """Return the rekeyed table that the rows of a table follow; None if there is none.

    A table with a course or block key of its own follows nobody: its keys would stay behind.
    """
    seen: set[str] = set()
    reached = [name]
    while reached:
        here = reached.pop(0)
        if here in seen or finder.keeps_course_itself(here):
            continue
        seen.add(here)
        for _column, target in finder.links(here):
            if stores.get(target) == "rekeyed":
                return target
            reached.append(target)
    return None


def store_answers() -> dict[str, str]:
    """Return what the stores of this host do, by table."""
    return {
        store.name: "rekeyed"
        if isinstance(store, RekeyedStore)
        else "refused"
        if isinstance(store, GuardingStore)
        else "valued"
        for store in installed_stores()
    }


def installed_declarations() -> dict[str, Declaration]:
    """Return what is declared: by us for Open edX, and by other apps for their own tables.

    Raises:
        ImproperlyConfigured: an app declares something that is no answer, or without a reason.
    """
    found = dict(DECLARED)
    for entry_point in sorted(entry_points(group=ENTRY_POINT_GROUP)):
        for table, (answer, reason) in dict(entry_point.load()).items():
            if answer not in DECLARABLE or not reason:
                raise ImproperlyConfigured(
                    f"{entry_point.value} declares {table} as {answer!r} for the reason {reason!r}. An answer is "
                    f"one of {', '.join(DECLARABLE)}, and has a reason. What has a store is not declared."
                )
            found[table] = Declaration(table, answer, reason)
    # Some engines allow 64 or 63 characters; Django shortens the name of a model's table to that.
    limit = connection.ops.max_name_length()
    return {truncate_name(table, limit): declaration for table, declaration in found.items()} | found


def audit_host() -> list[TableCoverage]:
    """Return the answer for every table of this host with data of a learner in a course.

    Raises:
        ImproperlyConfigured: stores or declarations cannot be loaded.
    """
    return audit(describe_models(), store_answers(), installed_declarations())
