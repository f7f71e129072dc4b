"""What callers may name things by, and what they find under these names."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from opaque_keys.edx.keys import CourseKey

from attempts.data import AttemptData, Reach
from attempts.exceptions import AttemptsError, LearnerNotFound
from attempts.host.courses import Enrolment, enrolment, enrolments
from attempts.host.learners import LearnerRef, find_learner
from attempts.keys import checked_course_key

CourseRef = CourseKey | str
AttemptRef = AttemptData | UUID | int | str


def learner_at(who: LearnerRef, course_key: CourseRef) -> tuple[Any, Enrolment]:
    """Return the host's user and her place in a course.

    Raises:
        LearnerNotFound, CourseNotFound, InvalidCourseKey, DeprecatedCourseKey: see there.
    """
    key = checked_course_key(course_key)
    user = find_learner(who)
    return user, enrolment(user.pk, key)


def places_of(who: LearnerRef, within: Reach) -> tuple[Any, list[Enrolment]]:
    """Return the host's user and her places in the courses that the caller may look into, enrolled now or not.

    Args:
        who: the learner.
        within: where the caller may look.

    Raises:
        LearnerNotFound: nobody goes by that name, or nobody whom the caller may see; the two cannot be told apart.
    """
    try:
        user = find_learner(who)
    except LearnerNotFound:
        # As many statements as for somebody who is there and may not be seen.
        enrolments(0)
        raise
    places = [
        place
        for place in enrolments(user.pk)
        if within.covers(place.course_key) and can_have_attempts(place.course_key)
    ]
    if not (places or within.everywhere):
        raise LearnerNotFound(who)
    return user, places


def course_key(text: CourseRef, /) -> CourseKey:
    """Return the plain key of a course, parsed; the course need not exist.

    Raises:
        InvalidCourseKey, DeprecatedCourseKey: see there.
    """
    return checked_course_key(text)


def course_text(course_key: CourseRef | None) -> str:
    """Return a plain course key as text, empty for none."""
    return "" if course_key is None else str(checked_course_key(course_key))


def can_have_attempts(course_key: CourseKey) -> bool:
    """Tell whether a course can have attempts at all."""
    try:
        checked_course_key(course_key)
    except AttemptsError:
        return False
    return True
