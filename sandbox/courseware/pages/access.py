"""Who may open a course: learners who are enrolled in it, and staff, who may look."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from opaque_keys.edx.keys import CourseKey

from sandbox.student.models import CourseAccessRole, CourseEnrollment
from sandbox.work.outline import Outline, load_outline

#: Roles in a course that let somebody look who is not enrolled.
LOOKING_ROLES = frozenset({"instructor", "staff"})


def is_learner(user: Any, course_key: CourseKey) -> bool:
    """Tell whether somebody works in a course, and does not only look.

    Raises:
        PermissionDenied: She may not open it at all.
    """
    if CourseEnrollment.objects.filter(user=user, course_id=course_key, is_active=True).exists():
        return True
    roles = CourseAccessRole.objects.filter(user=user, course_id=course_key, role__in=LOOKING_ROLES)
    if user.is_staff or roles.exists():
        return False
    raise PermissionDenied(f"{user.get_username()} is not enrolled in {course_key}")


def course_outline(course_key: CourseKey) -> Outline:
    """Return the blocks of a course.

    Raises:
        Http404: There is no such course.
    """
    try:
        return load_outline(course_key)
    except ValueError as error:
        raise Http404(str(error)) from error
