"""Block states of an attempt."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from opaque_keys.edx.keys import UsageKey

from attempts.adapters.locate import CHUNK, storage_block_key, storage_key
from attempts.data import AttemptData, BlockQuery, BlockState, Page
from attempts.host.expressions import exactly
from attempts.host.models import host_model
from attempts.keys import plain_usage_key
from attempts.paging import page_of

#: Levels of dicts and lists in a state that is read; blocks have a handful.
_DEEPEST = 100
#: States fetched at a time: one may have a megabyte.
_CHUNK = 50


def states(attempt: AttemptData) -> Iterator[BlockState]:
    """Yield the state of each block in an attempt, in the order in which they were first saved.

    One statement. Rows are streamed: memory does not grow with their number, but for the client of MySQL and MariaDB.
    """
    for row in _rows(attempt, BlockQuery()).order_by("pk").iterator(_CHUNK):
        yield state_of_row(row)


def states_in_chunks(attempt: AttemptData) -> Iterator[Sequence[BlockState]]:
    """Yield the states of an attempt in chunks of fifty, a statement for each.

    As :func:`states`, but memory does not grow with their number on MySQL and MariaDB either, whose client holds all
    rows of a statement.
    """
    rows, last = _rows(attempt, BlockQuery()).order_by("pk"), 0
    while chunk := list(rows.filter(pk__gt=last)[:_CHUNK]):
        yield [state_of_row(row) for row in chunk]
        last = chunk[-1].pk


@dataclass(frozen=True)
class ScoredBlock:
    """What is known of a block with a state, but for the state itself."""

    block_key: UsageKey
    block_type: str
    score: float | None
    max_score: float | None
    modified: datetime


def state_page(attempt: AttemptData, query: BlockQuery, *, cursor: str | None, size: int) -> Page[BlockState]:
    """Return a page of block states: two statements.

    Raises:
        InvalidBlockKey, InvalidCursor: see there.
    """
    return page_of(_rows(attempt, query), state_of_row, cursor=cursor, size=size)


def _rows(attempt: AttemptData, query: BlockQuery) -> QuerySet[Any]:
    key = storage_key(attempt)
    rows = host_model("courseware.StudentModule").objects.filter(
        exactly("course_id", key), student_id=attempt.learner.id, course_id=key
    )
    if query.block_type is not None:
        rows = rows.filter(module_type=query.block_type)
    if query.block_key is not None:
        block_key = storage_block_key(attempt, key, query.block_key)
        rows = rows.filter(exactly("module_state_key", block_key), module_state_key=block_key)
    return rows


def state_of_row(row: Any) -> BlockState:
    """Return the value object of a row."""
    fields, unreadable = loaded(row.state)
    return BlockState(
        block_key=plain_usage_key(row.module_state_key),
        block_type=row.module_type,
        state=fields,
        score=row.grade,
        max_score=row.max_grade,
        created=row.created,
        modified=row.modified,
        unreadable=unreadable,
    )


def scored_blocks(attempt: AttemptData) -> Iterator[ScoredBlock]:
    """Yield of each block with a state in an attempt all but the state, in the order of first saving; one statement."""
    rows = _rows(attempt, BlockQuery()).order_by("pk")
    columns = ("module_state_key", "module_type", "grade", "max_grade", "modified")
    for key, *values in rows.values_list(*columns).iterator(CHUNK):
        yield ScoredBlock(plain_usage_key(key), *values)


def loaded(text: str | None) -> tuple[dict[str, Any] | None, str | None]:
    """Return the fields that a row holds, or what it holds instead: one broken row must not hide the others."""
    if not text:
        return None, None
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        return None, text
    return (fields, None) if isinstance(fields, dict) and not _is_deep(fields) else (None, text)


def _is_deep(value: Any) -> bool:
    """Whether something is nested so deeply that whoever goes through it may fail."""
    level = [value]
    for _ in range(_DEEPEST):
        level = [item for one in level for item in (one.values() if isinstance(one, dict) else one)]
        level = [item for item in level if isinstance(item, dict | list)]
        if not level:
            return False
    return True
