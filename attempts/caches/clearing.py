"""The follow-up that clears the host's caches at once, in the process that switched."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.cache import cache

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
        user_id, course_key = operation.learner.id, operation.course_key
        names = anonymous_ids(user_id, [course_key])[course_key]
        cache.delete_many([*submissions.keys(names), *outline.keys(user_id, course_key)])
        dates.refresh(user_id, course_key)
