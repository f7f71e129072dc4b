"""How much of a learner in a course stays through every switch: her rows in tables that are declared kept."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models, router
from opaque_keys.edx.django.models import OpaqueKeyField
from opaque_keys.edx.keys import CourseKey

from attempts import conf
from attempts.coverage.auditing import audit_host
from attempts.coverage.finding import LEARNER_NUMBERS
from attempts.data import Stays
from attempts.models import LearnerCourse
from attempts.stores import LearnerKind, LearnerNames, Move, TableStore, count_rows

#: Text columns that name a learner, and how.
_NAMED = {
    "anonymous_user_id": LearnerKind.ANONYMOUS_ID,
    "user_name": LearnerKind.USERNAME,
    "username": LearnerKind.USERNAME,
}


@dataclass(frozen=True)
class Kept:
    """A table whose rows stay, seen as a store is, and the sentence that says why they do."""

    table: TableStore
    reason: str


def what_stays(learner: LearnerNames, move: Move) -> tuple[Stays, ...]:
    """Return the kept tables in which a learner has rows of a course, by table; one statement.

    Tables are left out that name learner or course only by way of others, those in another database, and those in which
    no index finds the learner: a preview must not walk through the rows of everybody.
    """
    kept = _kept_tables()
    counts: Counter[str] = Counter()
    for counted in count_rows([one.table for one in kept], learner, move):
        counts[counted.table] += counted.rows
    return tuple(
        Stays(one.table.name, one.table.label, counts[one.table.name], one.reason, one.reason)
        for one in kept
        if counts[one.table.name]
    )


@cache
def _kept_tables() -> tuple[Kept, ...]:
    """Which tables they are; read off the models once in the life of a process."""
    found = []
    for coverage in audit_host():
        model = apps.get_model(coverage.model)
        learner, course = _field(model, coverage.learner), _course_field(model, coverage.course)
        kind = _kind(learner) if learner is not None else None
        # Of a table that Django does not manage, nobody knows whether it is there.
        is_meant = coverage.answer == "kept" and model._meta.managed
        if is_meant and course is not None and kind is not None and _is_indexed(learner):
            label = model._meta.verbose_name_raw
            table = TableStore(coverage.model, label[:1].upper() + label[1:], learner.attname, course.name, kind)
            found.append(Kept(table, coverage.reason))
    own = router.db_for_write(LearnerCourse)
    return tuple(one for one in found if one.table.database() == own)


def _field(model: Any, way: str) -> Any:
    """Return the column that a way consists of, None if it leads by way of other tables."""
    return next((field for field in model._meta.concrete_fields if field.column == way), None)


def _course_field(model: Any, way: str) -> Any:
    """Return the column with the key of the course; the audit is content with a block's, where that comes first."""
    field = _field(model, way)
    if not isinstance(field, OpaqueKeyField):
        return field
    keys = [one for one in (field, *model._meta.concrete_fields) if isinstance(one, OpaqueKeyField)]
    return next((one for one in keys if issubclass(CourseKey, one.KEY_CLASS)), None)


def _kind(learner: models.Field) -> LearnerKind | None:
    if learner.remote_field or learner.column in LEARNER_NUMBERS:
        return LearnerKind.USER_ID
    return _NAMED.get(learner.column)


def _is_indexed(field: Any) -> bool:
    meta = field.model._meta
    unique = [one.fields for one in meta.constraints if isinstance(one, models.UniqueConstraint)]
    together = [*(index.fields for index in meta.indexes), *unique, *meta.unique_together, *_older_indexes(meta)]
    return field.db_index or field.unique or any(names[0].lstrip("-") == field.name for names in together if names)


def _older_indexes(meta: Any) -> Any:
    """Return what Django 4.2 still has, and 5.1 has no more."""
    return getattr(meta, "index_together", ())


conf.when_changed(_kept_tables.cache_clear, "ATTEMPTS_STORES", *conf.HOST_SETTINGS)
