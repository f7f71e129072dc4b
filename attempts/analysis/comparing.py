"""Two attempts of one learner, beside one another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from opaque_keys.edx.keys import UsageKey

from attempts.adapters import completion, grades, read_steadily, states
from attempts.answers import answer, submissions_among, tries
from attempts.data import (
    AttemptData,
    BlockComparison,
    BlockCompletion,
    BlockRecord,
    BlockState,
    Comparison,
    CourseGrade,
    SubsectionComparison,
    SubsectionGrade,
)
from attempts.exceptions import NotComparable
from attempts.host.learners import anonymous_ids
from attempts.host.submissions import answers_by_submission

T = TypeVar("T")


@dataclass(frozen=True)
class _Block:
    """What was done in a block, and what was answered: a digest, the uuid of a submission, or None."""

    block_type: str
    record: BlockRecord
    answered: Any


@dataclass(frozen=True)
class _Side:
    """One of the attempts."""

    grade: CourseGrade | None
    subsections: Mapping[UsageKey, SubsectionGrade]
    blocks: Mapping[UsageKey, _Block]


def compare(first: AttemptData, second: AttemptData) -> Comparison:
    """Return what changed from one attempt to another; a constant number of statements.

    Answers are kept as digests: memory grows with the number of blocks, not with what is stored of them.

    Raises:
        NotComparable: they are not two attempts of one learner at one course.
        OperationInFlight: the learner is being switched.
        KeysRestored: see :func:`attempts.adapters.storage_key`.
    """
    if (first.learner.id, first.course_key) != (second.learner.id, second.course_key) or first.number == second.number:
        raise NotComparable(first.uuid, second.uuid)
    return read_steadily((first, second), _compared)


def _compared(first: AttemptData, second: AttemptData) -> Comparison:
    one, other = _side(first), _side(second)
    answered = [block.answered for side in (one, other) for block in side.blocks.values()]
    hidden = anonymous_ids(first.learner.id, [first.course_key])[first.course_key]
    handed_in = answers_by_submission(submissions_among(answered), hidden)
    submitted = {uuid: _digest(text) for uuid, text in handed_in.items()}
    return Comparison(
        first=first,
        second=second,
        first_grade=one.grade,
        second_grade=other.grade,
        subsections=_beside(one.subsections, other.subsections, SubsectionComparison),
        blocks=_beside(one.blocks, other.blocks, partial(_block, submitted)),
    )


def _side(attempt: AttemptData) -> _Side:
    found = grades(attempt)
    completed = {one.block_key: one for one in completion(attempt)}
    blocks = {state.block_key: _of_state(state, completed.pop(state.block_key, None)) for state in states(attempt)}
    blocks.update({key: _of_completion(one) for key, one in completed.items()})
    return _Side(found.course, {one.block_key: one for one in found.subsections}, blocks)


def _of_state(state: BlockState, completed: BlockCompletion | None) -> _Block:
    fields = state.state or {}
    both = (state, completed) if completed else (state,)
    answered = answer(state.block_type, fields)
    record = BlockRecord(
        score=state.score,
        max_score=state.max_score,
        tries=tries(fields),
        completion=completed.completion if completed else None,
        first_activity=min(row.created for row in both),
        last_activity=max(row.modified for row in both),
    )
    return _Block(state.block_type, record, _digest(answered) if isinstance(answered, dict) else answered)


def _of_completion(one: BlockCompletion) -> _Block:
    return _Block(one.block_type, BlockRecord(None, None, None, one.completion, one.created, one.modified), None)


def _digest(value: Any) -> bytes:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).digest()


def _beside(
    first: Mapping[UsageKey, Any], second: Mapping[UsageKey, Any], make: Callable[[UsageKey, Any, Any], T]
) -> list[T]:
    keys: Iterable[UsageKey] = dict.fromkeys([*first, *second])
    return [make(key, first.get(key), second.get(key)) for key in keys]


def _block(
    submitted: Mapping[Any, bytes], key: UsageKey, first: _Block | None, second: _Block | None
) -> BlockComparison:
    answers = [one and submitted.get(one.answered, one.answered) for one in (first, second)]
    known = all(isinstance(one, bytes) for one in answers)
    return BlockComparison(
        block_key=key,
        block_type=next(one.block_type for one in (first, second) if one),
        first=first.record if first else None,
        second=second.record if second else None,
        answer_changed=answers[0] != answers[1] if known else None,
    )
