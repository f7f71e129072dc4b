"""What the audit has to know of a model: its table, its columns and what they point at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from opaque_keys.edx.django.models import BlockTypeKeyField, OpaqueKeyField


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes:
        name: the field's name.
        column: the column's name in the database.
        kind: ``text``, ``integer``, ``uuid``, ``key`` (an opaque key) or ``other``.
        length: the most characters it takes; None if there is no limit, or it is no text.
        points_at: the table it points at by foreign key; None if it is none.
    """

    name: str
    column: str
    kind: str
    length: int | None = None
    points_at: str | None = None


@dataclass(frozen=True)
class Table:
    """One table and the model it belongs to.

    Attributes:
        name: the table.
        model: ``app_label.Model``.
        columns: its columns.
        is_user: whether it has the accounts.
    """

    name: str
    model: str
    columns: tuple[Column, ...]
    is_user: bool = False

    @property
    def app_label(self) -> str:
        """The application that it belongs to."""
        return self.model.split(".")[0]


def describe_models() -> tuple[Table, ...]:
    """Return every table of the installed models, links of many-to-many fields included, by name.

    Proxies have no table of their own. Two models of one table, such as an unmanaged one beside its original, are one
    table with the columns of both.
    """
    models = [
        model
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.proxy and not model._meta.swapped
    ]
    user_table = get_user_model()._meta.db_table
    found: dict[str, Table] = {}
    for model in sorted(models, key=lambda model: (not model._meta.managed, model._meta.label)):
        table = model._meta.db_table
        known = found.get(table)
        columns = tuple(_columns(model))
        if known:
            names = {column.column for column in known.columns}
            columns = (*known.columns, *(column for column in columns if column.column not in names))
        label = known.model if known else model._meta.label
        found[table] = Table(table, label, columns, is_user=table == user_table)
    return tuple(found[name] for name in sorted(found))


def _columns(model: Any) -> Iterator[Column]:
    for field in model._meta.local_fields:
        target = field.remote_field
        related = target.model._meta.concrete_model._meta.db_table if target and field.concrete else None
        yield Column(field.name, field.column, _kind(field), field.max_length, related)


#: Django's names of column types, in our words.
_KINDS = {"CharField": "text", "TextField": "text", "SlugField": "text", "EmailField": "text", "UUIDField": "uuid"}


def _kind(field: Any) -> str:
    if isinstance(field, OpaqueKeyField):
        return "other" if isinstance(field, BlockTypeKeyField) else "key"
    internal = field.get_internal_type()
    return "integer" if "Integer" in internal else _KINDS.get(internal, "other")


def by_name(tables: Iterable[Table]) -> dict[str, Table]:
    """Return tables by name."""
    return {table.name: table for table in tables}
