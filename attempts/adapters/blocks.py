"""What a learner did in the blocks of an attempt: answers, what they came to, and what they were before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from opaque_keys.edx.keys import UsageKey

from attempts.adapters.completion import block_completion, completion
from attempts.adapters.locate import storage_key
from attempts.adapters.states import loaded, state_of_row, states_in_chunks
from attempts.answers import answer, submissions_among, tries
from attempts.data import AttemptData, BlockCompletion, BlockState, BlockVersion, BlockWork, Page
from attempts.host.expressions import exactly
from attempts.host.learners import anonymous_ids
from attempts.host.models import host_model, is_installed
from attempts.host.submissions import answers_by_submission
from attempts.keys import AttemptCourseLocator, attempt_usage_key

#: The host's tables of what states were, by the letter that the names of versions in them begin with. The platform
#: writes to the second, and keeps the first for what is older.
_HISTORIES: Mapping[str, str] = {
    "h": "courseware.StudentModuleHistory",
    "x": "coursewarehistoryextended.StudentModuleHistoryExtended",
}


def all_block_work(attempt: AttemptData) -> Iterator[BlockWork]:
    """Yield what was done in each block of an attempt, in the order in which the learner came to them.

    Memory does not grow with what is stored of them; two statements for fifty blocks.
    """
    completed = {one.block_key: one for one in completion(attempt)}
    hidden = _anonymous_ids(attempt)
    for chunk in states_in_chunks(attempt):
        answers = [answer(state.block_type, state.state or {}) for state in chunk]
        handed_in = answers_by_submission(submissions_among(answers), hidden)
        for state, found in zip(chunk, answers, strict=True):
            yield _work(state, found, completed.pop(state.block_key, None), handed_in)
    for one in completed.values():
        yield _only_completed(one)


def block_work(attempt: AttemptData, block_key: UsageKey) -> BlockWork | None:
    """Return what was done in one block of an attempt, None if nothing is kept of it; a constant number of statements.

    Args:
        attempt: the attempt.
        block_key: the plain key of the block, or of an aside of it; old data has blocks of other courses, too.
    """
    row = _rows(attempt, block_key).first()
    completed = block_completion(attempt, block_key)
    if row is None:
        return _only_completed(completed) if completed else None
    state = state_of_row(row)
    found = answer(state.block_type, state.state or {})
    return _work(state, found, completed, answers_by_submission(submissions_among([found]), _anonymous_ids(attempt)))


def block_versions(attempt: AttemptData, block_key: UsageKey, *, number: int, size: int) -> Page[BlockVersion]:
    """Return a page of what the state of a block was each time it was saved, newest first.

    The platform keeps a history of problems only. A constant number of statements.

    Args:
        attempt, block_key: as in :func:`block_work`.
        number: which page, from 1; the cursors of neighbouring pages are their numbers.
        size: how many at most.
    """
    row = _rows(attempt, block_key).only("pk", "module_type").first()
    if row is None:
        return Page((), None, None)
    # What was saved comes last, and only of those on the page: one may have a megabyte.
    moments: list[tuple[datetime, str, int]] = []
    for letter, entries in _histories(row.pk):
        newest = entries.order_by("-created", "-pk").values_list("created", "pk")[: number * size + 1]
        moments += [(created, letter, pk) for created, pk in newest]
    moments.sort(reverse=True)
    chosen = moments[(number - 1) * size : number * size]
    found: dict[tuple[str, int], Any] = {}
    for letter, entries in _histories(row.pk):
        keys = [pk for _, other, pk in chosen if other == letter]
        found.update({(letter, entry.pk): entry for entry in entries.filter(pk__in=keys)})
    return Page(
        [_version(letter, found[letter, pk], row.module_type) for _, letter, pk in chosen if (letter, pk) in found],
        next=str(number + 1) if len(moments) > number * size else None,
        previous=str(number - 1) if number > 1 else None,
    )


def block_version(attempt: AttemptData, block_key: UsageKey, name: str) -> BlockVersion | None:
    """Return what the state of a block was when it was saved at some time; None if there is no such version.

    Args:
        attempt, block_key: as in :func:`block_work`.
        name: the version's.
    """
    row = _rows(attempt, block_key).only("pk", "module_type").first()
    letter, digits = name[:1], name[1:]
    if row is None or not (digits.isascii() and digits.isdigit() and len(digits) < 19):
        return None
    for other, entries in _histories(row.pk):
        entry = entries.filter(pk=int(digits)).first() if other == letter else None
        if entry is not None:
            return _version(letter, entry, row.module_type)
    return None


def _rows(attempt: AttemptData, block_key: UsageKey) -> QuerySet[Any]:
    key = storage_key(attempt)
    stored = attempt_usage_key(block_key, key) if isinstance(key, AttemptCourseLocator) else block_key
    return host_model("courseware.StudentModule").objects.filter(
        exactly("course_id", key),
        exactly("module_state_key", stored),
        student_id=attempt.learner.id,
        course_id=key,
        module_state_key=stored,
    )


def _histories(pk: int) -> Iterator[tuple[str, QuerySet[Any]]]:
    for letter, label in _HISTORIES.items():
        if is_installed(label):
            yield letter, host_model(label).objects.filter(student_module_id=pk)


def _anonymous_ids(attempt: AttemptData) -> tuple[str, ...]:
    return anonymous_ids(attempt.learner.id, [attempt.course_key])[attempt.course_key]


def _work(
    state: BlockState, answers: Any, completed: BlockCompletion | None, handed_in: Mapping[UUID, Any]
) -> BlockWork:
    return BlockWork(
        block_key=state.block_key,
        block_type=state.block_type,
        score=state.score,
        max_score=state.max_score,
        tries=tries(state.state or {}),
        answers=handed_in.get(answers) if isinstance(answers, UUID) else answers,
        state=state.state,
        unreadable=state.unreadable,
        created=state.created,
        modified=state.modified,
        completion=completed.completion if completed else None,
        completed_at=completed.modified if completed else None,
    )


def _only_completed(one: BlockCompletion) -> BlockWork:
    nothing = dict.fromkeys(
        ("score", "max_score", "tries", "answers", "state", "unreadable", "created", "modified"), None
    )
    return BlockWork(one.block_key, one.block_type, completion=one.completion, completed_at=one.modified, **nothing)


def _version(letter: str, entry: Any, block_type: str) -> BlockVersion:
    fields, unreadable = loaded(entry.state)
    answers = answer(block_type, fields or {})
    return BlockVersion(
        name=f"{letter}{entry.pk}",
        saved_at=entry.created,
        score=entry.grade,
        max_score=entry.max_grade,
        tries=tries(fields or {}),
        answers=None if isinstance(answers, UUID) else answers,
        state=fields,
        unreadable=unreadable,
    )
