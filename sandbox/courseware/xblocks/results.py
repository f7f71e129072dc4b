"""What blocks publish, kept as the platform keeps it: scores, completion, tracking events."""

from __future__ import annotations

from typing import Any

from completion.models import BlockCompletion
from django.contrib.auth.models import AbstractBaseUser
from eventtracking import tracker
from opaque_keys.edx.keys import CourseKey, UsageKey

from sandbox.work import grade
from sandbox.work.outline import Outline
from sandbox.work.rows import save_state, set_score


class Results:
    """Takes what a learner's blocks publish during one request.

    Args:
        user: The learner.
        outline: The course.
        keeps: Whether anything is kept; see :class:`LearnerStore`.
    """

    def __init__(self, user: AbstractBaseUser, outline: Outline, *, keeps: bool) -> None:
        self._keeps = keeps
        self._user = user
        self._outline = outline
        self._scored = False

    @property
    def _course_key(self) -> CourseKey:
        return self._outline.course_key

    def take(self, usage_key: UsageKey, event_type: str, event: dict[str, Any]) -> None:
        """Keep one event.

        Args:
            usage_key: The block that publishes it.
            event_type: ``grade`` and ``completion`` have a meaning; everything else goes to the tracking log.
            event: For ``grade``, ``value`` and ``max_value``; for ``completion``, ``completion`` from 0.0 to 1.0.
        """
        if not self._keeps:
            return
        if event_type == "grade":
            self._take_score(usage_key, event)
        elif event_type == "completion":
            BlockCompletion.objects.submit_completion(self._user, usage_key, event["completion"])
        else:
            where = {"course_id": str(self._course_key), "user_id": self._user.pk, "usage_key": str(usage_key)}
            with tracker.get_tracker().context("sandbox.block", where):
                tracker.emit(event_type, event)

    def finish(self) -> None:
        """Compute the learner's grades anew if a score has come in."""
        if self._scored:
            grade(self._user, self._course_key, self._outline)

    def _take_score(self, usage_key: UsageKey, event: dict[str, Any]) -> None:
        row = save_state(self._user, self._course_key, usage_key, {})
        earned, possible = event["value"], event["max_value"]
        has_points = row.max_grade and row.grade is not None and possible
        if event.get("only_if_higher") and has_points and row.grade / row.max_grade >= earned / possible:
            return
        set_score(row, earned, possible)
        BlockCompletion.objects.submit_completion(self._user, usage_key, 1.0)
        self._scored = True
