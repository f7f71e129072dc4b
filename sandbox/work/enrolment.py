"""Enrolling learners."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from opaque_keys.edx.keys import CourseKey

from sandbox.course_overviews.models import CourseOverview
from sandbox.student.models import CourseEnrollment, anonymous_id_for_user


def enrol(user: AbstractBaseUser, course_key: CourseKey, mode: str = "audit") -> CourseEnrollment:
    """Enrol a learner in a course, or make an enrolment active again; return the enrolment.

    Args:
        user: The learner.
        course_key: Plain key of a course that was imported.
        mode: Enrolment track, such as ``audit`` or ``verified``.

    Raises:
        ValueError: There is no such course.
    """
    if not CourseOverview.objects.filter(id=course_key).exists():
        raise ValueError(f"there is no course {course_key}; import it with manage.py load_course")
    enrolment, _ = CourseEnrollment.objects.update_or_create(
        user=user, course_id=course_key, defaults={"is_active": True, "mode": mode}
    )
    anonymous_id_for_user(user, course_key)
    return enrolment
