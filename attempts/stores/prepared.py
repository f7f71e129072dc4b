"""The count of a learner's rows in all tables, put into SQL once for each process.

To put some forty conditions into SQL takes Django longer than any database needs to answer them, and nothing in the
text depends on the learner or the course but the values. It is made once with stand-ins, which the real values replace.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.core.signals import setting_changed
from django.db import connections
from django.db.models import CharField, Count, QuerySet, Value
from opaque_keys.edx.keys import CourseKey
from opaque_keys.edx.locator import CourseLocator

from attempts.keys import usage_prefix
from attempts.stores.base import LearnerNames, Move
from attempts.stores.tables import Half, TableStore

#: Values that no learner and no course has.
_USER_ID = 2_000_000_011
_COURSE = CourseLocator("stand-in", "course", "run")
_UUIDS = 0xFEED << 100

Row = tuple[str, Half, int]
_texts: dict[tuple[Any, ...], tuple[str, tuple[Any, ...]]] = {}


def count_rows(stores: Sequence[TableStore], learner: LearnerNames, move: Move) -> Iterable[Row]:
    """Return table, half of the switch and number of rows for some stores in one database; one statement.

    Stores that other apps have written may look at more than names and keys, and are asked afresh in a second one.
    """
    ours = [store for store in stores if type(store).__module__.startswith("attempts.")]
    others = [store for store in stores if store not in ours]
    afresh = _counts(others, learner, move)
    if afresh:
        yield from afresh[0].union(*afresh[1:], all=True)
    if ours:
        using = ours[0].database()
        text, values = _text_of(using, ours, learner, move)
        real = _values_of(learner, move)
        with connections[using].cursor() as cursor:
            cursor.execute(text, [real.get(value, value) for value in values])
            yield from cursor.fetchall()


def _text_of(
    using: str, stores: Sequence[TableStore], learner: LearnerNames, move: Move
) -> tuple[str, tuple[Any, ...]]:
    """The statement and its values, some of which are stand-ins."""
    many = len(learner.anonymous_ids), len(learner.submission_uuids), len(learner.external_ids)
    key = (using, tuple(store.name for store in stores), many, move.restoring is None)
    if key not in _texts:
        stand_in = LearnerNames(
            user_id=_USER_ID,
            username="stand-in username",
            anonymous_ids=tuple(f"stand-in anonymous {n}" for n in range(many[0])),
            submission_uuids=tuple(UUID(int=_UUIDS + n) for n in range(many[1])),
            external_ids=tuple(f"stand-in external {n}" for n in range(many[2])),
        )
        place = replace(move.place, course_key=_COURSE)
        queries = _counts(stores, stand_in, Move(place, 1, None if move.restoring is None else 2, *_rest(move)))
        _texts[key] = queries[0].union(*queries[1:], all=True).query.get_compiler(using).as_sql()
    return _texts[key]


def _rest(move: Move) -> tuple[Any, ...]:
    return move.policy, move.now, move.ledger


def _values_of(learner: LearnerNames, move: Move) -> Mapping[Any, Any]:
    """What takes the place of each stand-in."""
    real = {_USER_ID: learner.user_id, "stand-in username": learner.username}
    real.update({f"stand-in anonymous {n}": name for n, name in enumerate(learner.anonymous_ids)})
    real.update({f"stand-in external {n}": name for n, name in enumerate(learner.external_ids)})
    for n, uuid in enumerate(learner.submission_uuids):
        stand_in = UUID(int=_UUIDS + n)
        real.update({str(stand_in): str(uuid), stand_in.hex: uuid.hex})
    real.update(_keys(_COURSE, move.course_key))
    if move.restoring is not None:
        archived = Move(replace(move.place, course_key=_COURSE), 1, 2, *_rest(move)).restoring
        real[str(archived.source if archived else "")] = str(move.restoring.source)
    return real


def _keys(stand_in: CourseKey, course_key: CourseKey) -> dict[str, str]:
    lti = "lti_consumer"
    return {str(stand_in): str(course_key), usage_prefix(stand_in, lti): usage_prefix(course_key, lti)}


def _counts(stores: Sequence[TableStore], learner: LearnerNames, move: Move) -> list[QuerySet]:
    return [_count(store, half, rows) for store in stores for half, rows in store.surveyed_rows(learner, move)]


def _count(store: TableStore, half: Half, rows: QuerySet) -> QuerySet:
    named = rows.values(table=Value(store.name, output_field=CharField()), half=Value(half, output_field=CharField()))
    return named.annotate(rows=Count("pk", distinct=True)).values_list("table", "half", "rows")


def _forget(**_kwargs: object) -> None:
    _texts.clear()


setting_changed.connect(_forget, dispatch_uid="attempts.stores.prepared")
