"""The host's courses and who is enrolled in them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from attempts import conf
from attempts.exceptions import CourseNotFound
from attempts.host.models import host_model
from attempts.prepared import PreparedQuery


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
    place = _enrolment.first(user_id, course_key) or _course.first(course_key)
    # The host's column may not tell case apart, but the rows of attempts are matched exactly.
    if place is None or place[0] != course_key:
        raise CourseNotFound(course_key)
    return _place(*place)


def enrolments(user_id: int) -> list[Enrolment]:
    """Return a learner's places in all courses, active or not, ordered by course key."""
    rows = host_model("student.CourseEnrollment").objects.filter(user_id=user_id).order_by("course_id")
    return [_place(*row) for row in rows.values_list(*_IN_ENROLMENT, "is_active", "created")]


def course_keys(*, key: CourseKey | None = None, org: str = "") -> list[CourseKey]:
    """Return the keys of all courses, of an organisation's, or of one; in no order.

    Raises:
        CourseNotFound: there is no course by exactly this key.
    """
    rows = host_model("course_overviews.CourseOverview").objects.order_by()
    rows = rows.filter(pk=key) if key is not None else rows.filter(org=org) if org else rows
    found = rows.values_list("pk", flat=True)
    # The host's columns may not tell case apart.
    if key is not None and key not in found:
        raise CourseNotFound(key)
    return [one for one in found if (not org or one.org == org) and (key is None or one == key)]


_OF_COURSE = ("id", "display_name", "start", "end", "self_paced")
_IN_ENROLMENT = tuple(f"course__{name}" for name in _OF_COURSE)


@PreparedQuery
def _enrolment(user_id: int, course_key: CourseKey) -> QuerySet:
    rows = host_model("student.CourseEnrollment").objects.filter(user_id=user_id, course_id=course_key)
    return rows.order_by("pk").values_list(*_IN_ENROLMENT, "is_active", "created")[:1]


@PreparedQuery
def _course(course_key: CourseKey) -> QuerySet:
    return host_model("course_overviews.CourseOverview").objects.filter(pk=course_key).values_list(*_OF_COURSE)


def _place(
    key: CourseKey,
    name: str | None,
    start: datetime | None,
    end: datetime | None,
    self_paced: bool,
    is_active: bool = False,
    enrolled_at: datetime | None = None,
) -> Enrolment:
    return Enrolment(
        course_key=key,
        display_name=name or str(key),
        start=start,
        end=end,
        self_paced=self_paced,
        is_active=is_active,
        enrolled_at=enrolled_at,
    )


def completable_block_count(course_key: CourseKey) -> int | None:
    """Return how many blocks of a course can be completed, None if the host cannot tell.

    Asked once a minute for each course and process: most hosts walk through the course to answer.
    """
    count = conf.completable_blocks()
    if count is None:
        return None
    now = time.monotonic()
    known = _completable.get(course_key)
    if known is None or now - known[0] > _SECONDS_TO_LIVE:
        _completable[course_key] = known = (now, count(course_key))
    return known[1]


#: For how long the number of completable blocks of a course is believed.
_SECONDS_TO_LIVE = 60
_completable: dict[CourseKey, tuple[float, int]] = {}


def forget_completable_blocks() -> None:
    """Ask the host again for every course: a setting has changed, or a test made other courses."""
    _completable.clear()


conf.when_changed(forget_completable_blocks, "ATTEMPTS_COMPLETABLE_BLOCKS")
