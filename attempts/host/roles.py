"""Roles the host gives its staff."""

from __future__ import annotations

from dataclasses import dataclass

from opaque_keys.edx.keys import CourseKey

from attempts.host.models import host_model


@dataclass(frozen=True)
class CourseRole:
    """A role somebody holds: in a course, in an organisation (no course), or on the whole site (neither)."""

    role: str
    org: str
    course_key: CourseKey | None


def course_roles(user_id: int) -> list[CourseRole]:
    """Return the roles somebody holds, by ``CourseAccessRole``, in the order in which they were given; one statement.

    The platform stores a course role with the organisation of its course, an organisation's with an empty course, a
    global one with both empty (``common/djangoapps/student/roles.py``).
    """
    rows = host_model("student.CourseAccessRole").objects.filter(user_id=user_id).order_by("pk")
    return [
        CourseRole(role, org, course_key or None)
        for role, org, course_key in rows.values_list("role", "org", "course_id")
    ]
