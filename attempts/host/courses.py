"""The host's courses and who is enrolled in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from attempts import conf
from attempts.exceptions import CourseNotFound
from attempts.host.models import host_model


@dataclass(frozen=True)
class Enrolment:
    """A learner's place in a course.

    Attributes:
        course_key: the plain key of the course.
        display_name: the course's name, or its key if it has none.
        start, end: the course's dates (UTC), None where it has none.
        self_paced: whether learners set their own pace.
        is_active: whether the learner is enrolled now.
        enrolled_at: when the learner enrolled first (UTC), None if unknown or never.
    """

    course_key: CourseKey
    display_name: str
    start: datetime | None
    end: datetime | None
    self_paced: bool
    is_active: bool
    enrolled_at: datetime | None

    def started(self) -> bool:
        """Tell whether the course has started; one without a start has."""
        return self.start is None or self.start <= timezone.now()

    def ended(self) -> bool:
        """Tell whether the course has ended; one without an end never does."""
        return self.end is not None and self.end < timezone.now()


def enrolment(user_id: int, course_key: CourseKey) -> Enrolment:
    """Return a learner's place in a course; the place of somebody never enrolled is inactive.

    Raises:
        CourseNotFound: the host has no course by exactly this key.
    """
    model = host_model("student.CourseEnrollment")
    row = model.objects.filter(user_id=user_id, course_id=course_key).select_related("course").first()
    overview = row.course if row else _overview(course_key)
    # The host's column may not tell case apart, but the rows of attempts are matched exactly.
    if overview is None or overview.id != course_key:
        raise CourseNotFound(course_key)
    return _place(overview, row)


def enrolments(user_id: int) -> list[Enrolment]:
    """Return a learner's places in all courses, active or not, ordered by course key."""
    model = host_model("student.CourseEnrollment")
    rows = model.objects.filter(user_id=user_id).select_related("course").order_by("course_id")
    return [_place(row.course, row) for row in rows]


def _overview(course_key: CourseKey) -> Any:
    return host_model("course_overviews.CourseOverview").objects.filter(pk=course_key).first()


def _place(overview: Any, row: Any) -> Enrolment:
    return Enrolment(
        course_key=overview.id,
        display_name=overview.display_name or str(overview.id),
        start=overview.start,
        end=overview.end,
        self_paced=overview.self_paced,
        is_active=bool(row and row.is_active),
        enrolled_at=row.created if row else None,
    )


def completable_block_count(course_key: CourseKey) -> int | None:
    """Return how many blocks of a course can be completed, None if the host cannot tell."""
    count = conf.completable_blocks()
    return count(course_key) if count else None
