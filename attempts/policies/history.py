"""What was done to a learner at a course before, as far as it bears on what may be done next."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from opaque_keys.edx.keys import CourseKey

from attempts.models import AttemptOperation, OperationKind, OperationStatus
from attempts.prepared import PreparedQuery


@dataclass(frozen=True)
class CompletedSwitch:
    """One completed operation.

    Attributes:
        id: its row.
        uuid: its uuid.
        kind: its kind.
        requested_by_id: the user who asked for it, None for the system.
        undoes_id: the row it took back.
        from_number, to_number: the attempts it went between.
    """

    id: int
    uuid: UUID
    kind: str
    requested_by_id: int | None
    undoes_id: int | None
    from_number: int
    to_number: int


def completed_switches(
    user_id: int, course_keys: Collection[CourseKey]
) -> dict[CourseKey, tuple[CompletedSwitch, ...]]:
    """Return the completed operations of a learner at each of some courses, oldest first; one statement.

    The order is that of completion: only one operation is in flight at a time, and one that failed did nothing.
    """
    found: dict[CourseKey, tuple[CompletedSwitch, ...]] = dict.fromkeys(course_keys, ())
    for key, *values in _completed(user_id, tuple(course_keys)):
        found[key] += (CompletedSwitch(*values),)
    return found


@PreparedQuery
def _completed(user_id: int, course_keys: tuple[CourseKey, ...]) -> QuerySet:
    rows = AttemptOperation.objects.filter(
        learner_id=user_id, course_key__in=course_keys, status=OperationStatus.COMPLETE
    ).order_by("pk")
    columns = ("id", "uuid", "kind", "requested_by_id", "undoes_id", "from_attempt__number", "to_attempt__number")
    return rows.values_list("course_key", *columns)


def resets_used(switches: Sequence[CompletedSwitch]) -> int:
    """Return how many resets count: completed ones that are not undone.

    An undo can be undone itself, and then the reset counts again.
    """
    undone: set[int] = set()
    for done in reversed(switches):
        if done.undoes_id is not None and done.id not in undone:
            undone.add(done.undoes_id)
    return sum(done.kind == OperationKind.RESET and done.id not in undone for done in switches)
