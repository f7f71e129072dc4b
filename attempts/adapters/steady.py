"""Several reads of one learner's attempts as if nobody had been switched between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from attempts.contexts import refreshed
from attempts.data import AttemptData
from attempts.exceptions import OperationInFlight
from attempts.models import LearnerCourse

T = TypeVar("T")
#: A learner is not switched twice within the time of some reads, unless somebody tries to.
_TRIES = 3


def read_steadily(attempts: Sequence[AttemptData], read: Callable[..., T]) -> T:
    """Return what is read of a learner's attempts; read anew if the learner was switched meanwhile.

    A switch rewrites the keys that rows are found by: reads before and after it would mix two attempts.

    Args:
        attempts: the attempts, of one learner at one course; they may be older than the latest switch.
        read: reads them, and holds what it has found. It takes the attempts as they are now.

    Raises:
        OperationInFlight: the learner is switched again and again.
    """
    for _ in range(_TRIES):
        before = _switches(attempts[0])
        found = read(*map(refreshed, attempts))
        if _switches(attempts[0]) == before:
            return found
    raise OperationInFlight(None)


def _switches(attempt: AttemptData) -> object:
    rows = LearnerCourse.objects.filter(user_id=attempt.learner.id, course_key=attempt.course_key)
    return rows.values_list("active_number", "switched_at").first()
