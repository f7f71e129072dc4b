"""What was done to a learner at a course before, as far as it bears on what may be done next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from opaque_keys.edx.keys import CourseKey

from attempts.models import AttemptOperation, OperationKind, OperationStatus


@dataclass(frozen=True)
class CompletedSwitch:
    """One completed operation: its row, its kind, the row it took back, and the attempts it went between."""

    id: int
    kind: str
    undoes_id: int | None
    from_number: int
    to_number: int


def completed_switches(user_id: int, course_key: CourseKey) -> list[CompletedSwitch]:
    """Return the completed operations of a learner at a course, oldest first; one statement.

    The order is that of completion: only one operation is in flight at a time, and one that failed did nothing.
    """
    rows = AttemptOperation.objects.filter(
        learner_id=user_id, course_key=course_key, status=OperationStatus.COMPLETE
    ).order_by("pk")
    columns = ("id", "kind", "undoes_id", "from_attempt__number", "to_attempt__number")
    return [CompletedSwitch(*row) for row in rows.values_list(*columns)]


def resets_used(switches: Sequence[CompletedSwitch]) -> int:
    """Return how many resets count: completed ones that are not undone.

    An undo can be undone itself, and then the reset counts again.
    """
    undone: set[int] = set()
    for done in reversed(switches):
        if done.undoes_id is not None and done.id not in undone:
            undone.add(done.undoes_id)
    return sum(done.kind == OperationKind.RESET and done.id not in undone for done in switches)
