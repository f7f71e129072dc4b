"""What is known of an attempt as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from attempts import api
from attempts.data import AttemptData, CourseStanding, FollowUpData, GradeData, OperationData, OperationQuery, Reach
from attempts_api.console.attempts.words import OPERATIONS

#: Operations that are shown.
OPERATIONS_SHOWN = 20


@dataclass(frozen=True)
class Done:
    """Something that was done to an attempt, in words."""

    operation: OperationData
    kind: str
    status: str


@dataclass(frozen=True)
class Summary:
    """What is known of an attempt as a whole.

    Attributes:
        grade: the course grade of the attempt; as it was frozen, of an archived one. None if there is none.
        opened_by, archived_by: the operation that began it, and the one that archived it last; None if there was none.
        proof: how far the trial of bringing it back is, as the last archiving has it; None if there is none.
        rows: name for people, table and number of rows of each store, as it was archived; the name can be empty.
        done: what was done to it, newest first.
        has_more: whether there was more than that.
    """

    grade: GradeData | None
    opened_by: Done | None
    archived_by: Done | None
    proof: FollowUpData | None
    rows: Sequence[tuple[str, str, int]]
    done: Sequence[Done]
    has_more: bool


def summary_of(attempt: AttemptData, standing: CourseStanding) -> Summary:
    """Return what is known of an attempt as a whole; two statements.

    Args:
        attempt: the attempt.
        standing: where its learner stands in its course.
    """
    operations: Sequence[OperationData] = ()
    has_more = False
    if attempt.is_recorded:
        page = api.search_operations(
            OperationQuery(attempt=attempt.uuid),
            within=Reach(courses=frozenset({attempt.course_key})),
            size=OPERATIONS_SHOWN,
        )
        operations, has_more = page.items, page.next is not None
    done = [Done(one, _word(one.kind), _word(one.status)) for one in operations]
    ended = [one for one in done if one.operation.status == "complete"]
    opened = [one for one in ended if one.operation.to_number == attempt.number]
    archived = [one for one in ended if one.operation.from_number == attempt.number and not attempt.is_active]
    follow_ups = archived[0].operation.follow_ups if archived else ()
    labels = {one.store: one.label for one in archived[0].operation.progress} if archived else {}
    rows = attempt.summary.rows if attempt.summary else {}
    return Summary(
        grade=_grade(attempt, standing),
        opened_by=opened[-1] if opened and opened[-1].operation.kind == "reset" else None,
        archived_by=archived[0] if archived else None,
        proof=next((one for one in follow_ups if one.name == "proof"), None),
        rows=[(labels.get(table, ""), table, number) for table, number in rows.items()],
        done=done,
        has_more=has_more,
    )


def _grade(attempt: AttemptData, standing: CourseStanding) -> GradeData | None:
    if attempt.is_active:
        return standing.grade
    found = attempt.summary
    if found is None or found.percent_grade is None:
        return None
    return GradeData(found.percent_grade, found.letter_grade, bool(found.passed))


def _word(code: Any) -> str:
    return str(OPERATIONS[code])
