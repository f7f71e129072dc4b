"""The count of a learner's rows in all tables: one statement, put into SQL once for each process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.core.signals import setting_changed
from django.db.models import CharField, Count, Q, QuerySet, Value
from opaque_keys.edx.keys import CourseKey

from attempts.prepared import PreparedQuery
from attempts.stores.base import LearnerNames, Move
from attempts.stores.tables import Half, TableStore, names_of_course


class Counted(NamedTuple):
    """What was counted in a table for one half of a switch.

    Attributes:
        table: the table.
        half: the half.
        rows: how many rows there are.
        odd: how many of them have to be looked at more closely.
        completed: how many of them say that a block is completed.
    """

    table: str
    half: Half
    rows: int
    odd: int
    completed: int


#: By the identities of the stores, which are held with the query.
_queries: dict[tuple[int, ...], tuple[Sequence[TableStore], PreparedQuery]] = {}


def count_rows(stores: Sequence[TableStore], learner: LearnerNames, move: Move) -> Iterator[Counted]:
    """Yield the number of rows for some stores in one database; one statement.

    Stores that other apps have written may look at more than names and keys, and are asked afresh in a second one.
    """
    restored = move.restoring.source if move.restoring else None
    values = learner.as_values(), move.course_key, restored, *_odd_values(move)
    ours = [store for store in stores if store.is_ours]
    others = [store for store in stores if not store.is_ours]
    if ours:
        found = _query(ours)(*values, using=ours[0].database())
        yield from map(Counted._make, found)
    counts = _counts(others, *values)
    if counts:
        yield from map(Counted._make, counts[0].union(*counts[1:], all=True))


def _odd_values(move: Move) -> tuple[str, int]:
    """What keys of blocks begin with, and by how much they grow."""
    old, new = move.archiving.usage_prefixes[0]
    return old, len(new) - len(old)


def _query(stores: Sequence[TableStore]) -> PreparedQuery:
    key = tuple(map(id, stores))
    if key not in _queries:
        _queries[key] = stores, PreparedQuery(lambda *values: _union(stores, *values), key_texts=names_of_course)
    return _queries[key][1]


def _union(stores: Sequence[TableStore], *values: Any) -> QuerySet:
    counts = _counts(stores, *values)
    return counts[0].union(*counts[1:], all=True)


def _counts(
    stores: Sequence[TableStore],
    names: tuple[Any, ...],
    course_key: CourseKey,
    restored: CourseKey | None,
    prefix: str,
    growth: int,
) -> list[QuerySet]:
    learner = LearnerNames(*names)
    return [
        _count(
            store, half, rows, *((store.odd_rows(prefix, growth), store.completed_rows()) if half == "archived" else ())
        )
        for store in stores
        for half, rows in store.surveyed_rows(learner, course_key, restored)
    ]


def _count(store: TableStore, half: Half, rows: QuerySet, odd: Q | None = None, completed: Q | None = None) -> QuerySet:
    named = rows.values(table=Value(store.name, output_field=CharField()), half=Value(half, output_field=CharField()))
    counted = named.annotate(
        rows=Count("pk", distinct=store.is_joined), odd=_count_of(odd), completed=_count_of(completed)
    )
    return counted.values_list("table", "half", "rows", "odd", "completed")


def _count_of(condition: Q | None) -> Any:
    return Value(0) if condition is None else Count("pk", filter=condition)


def _forget(**_kwargs: object) -> None:
    _queries.clear()


setting_changed.connect(_forget, dispatch_uid="attempts.stores.prepared")
