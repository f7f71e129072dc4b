"""The count of a learner's rows in all tables: one statement, put into SQL once for each process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

from django.db.models import CharField, Count, Q, QuerySet, Value
from opaque_keys.edx.keys import CourseKey

from attempts import conf
from attempts.prepared import PreparedQuery
from attempts.stores.base import LearnerNames, Move
from attempts.stores.tables import TableStore, names_of_course


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
    half: Any
    rows: int
    odd: int
    completed: int


#: Not of one attempt, but in whatever course.
_ANYWHERE = "anywhere"
#: By the identities of the stores, which are held with the query.
_queries: dict[tuple[Any, ...], tuple[Sequence[TableStore], PreparedQuery]] = {}


def count_rows(stores: Sequence[TableStore], learner: LearnerNames, move: Move) -> Iterator[Counted]:
    """Yield the number of rows for some stores in one database; one statement, two if the learner has rows in joins.

    Stores that other apps have written may look at more than names and keys, and are asked afresh in another one.
    """
    restored = move.restoring.source if move.restoring else None
    values = learner.as_values(), move.course_key, restored, *_odd_values(move)
    ours = tuple(store for store in stores if store.is_ours)
    found = _ask(ours, *values, looking=True) if ours else []
    yield from (counted for counted in found if counted.half != _ANYWHERE)
    some = {counted.table for counted in found if counted.half == _ANYWHERE and counted.rows}
    if some:
        yield from _ask(tuple(store for store in ours if store.name in some), *values, looking=False)
    others = _counts([store for store in stores if not store.is_ours], *values, looking=False)
    if others:
        yield from map(Counted._make, others[0].union(*others[1:], all=True))


def _odd_values(move: Move) -> tuple[str, int]:
    """What keys of blocks begin with, and by how much they grow."""
    old, new = move.archiving.usage_prefixes[0]
    return old, len(new) - len(old)


def _ask(stores: Sequence[TableStore], *values: Any, looking: bool) -> list[Counted]:
    key = looking, *map(id, stores)
    if key not in _queries:
        build = partial(_union, stores, looking=looking)
        _queries[key] = stores, PreparedQuery(build, key_texts=names_of_course)
    return [Counted._make(row) for row in _queries[key][1](*values, using=stores[0].database())]


def _union(stores: Sequence[TableStore], *values: Any, looking: bool) -> QuerySet:
    counts = _counts(stores, *values, looking=looking)
    return counts[0].union(*counts[1:], all=True)


def _counts(
    stores: Sequence[TableStore],
    names: tuple[Any, ...],
    course_key: CourseKey,
    restored: CourseKey | None,
    prefix: str,
    growth: int,
    *,
    looking: bool,
) -> list[QuerySet]:
    """Queries that count; those of joined tables look for the learner's rows in all courses, if that is wanted."""
    learner = LearnerNames(*names)
    counts = []
    for store in stores:
        if looking and store.is_looked_for:
            counts.append(_count(store, _ANYWHERE, store.all_rows().filter(**store.learner_filter(learner))))
            continue
        odd, completed = store.odd_rows(prefix, growth), store.completed_rows()
        for half, rows in store.surveyed_rows(learner, course_key, restored):
            counts.append(_count(store, half, rows, *((odd, completed) if half == "archived" else ())))
    return counts


def _count(store: TableStore, half: str, rows: QuerySet, odd: Q | None = None, completed: Q | None = None) -> QuerySet:
    named = rows.values(table=Value(store.name, output_field=CharField()), half=Value(half, output_field=CharField()))
    counted = named.annotate(
        rows=Count("pk", distinct=store.is_joined), odd=_count_of(odd), completed=_count_of(completed)
    )
    return counted.values_list("table", "half", "rows", "odd", "completed")


def _count_of(condition: Q | None) -> Any:
    return Value(0) if condition is None else Count("pk", filter=condition)


conf.when_changed(_queries.clear, "ATTEMPTS_STORES", *conf.HOST_SETTINGS)
