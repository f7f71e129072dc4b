"""The follow-up that clears the host's caches at once, in the process that switched."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.cache import cache
from opaque_keys.edx.keys import CourseKey

from attempts.caches import dates, outline, submissions
from attempts.data import OperationData
from attempts.host.learners import anonymous_ids


@dataclass(frozen=True)
class ClearCaches:
    """Clears what is cached of one learner in one course, and of nobody else."""

    name: str = "caches"
    delay: float = 0
    immediate: bool = True

    def run(self, operation: OperationData) -> None:
        """Delete cache entries that hold rewritten keys, and let dates be computed anew."""
        clear_caches(operation.learner.id, operation.course_key)


def clear_caches(user_id: int, course_key: CourseKey) -> None:
    """Clear what is cached of a learner in a course; ``course_key`` is the plain key."""
    names = anonymous_ids(user_id, [course_key])[course_key]
    cache.delete_many([*submissions.keys(names), *outline.keys(user_id, course_key)])
    dates.refresh(user_id, course_key)
