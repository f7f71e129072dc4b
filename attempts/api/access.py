"""Who may do what, where. The faces ask; nothing else in this package does."""

from __future__ import annotations

from typing import Any

from attempts import permissions
from attempts.api.references import CourseRef
from attempts.data import Permission, Reach
from attempts.keys import checked_course_key


def role_for(user: Any, permission: Permission, /, *, course_key: CourseRef | None = None, org: str = "") -> str | None:
    """Return the name of a role by which a user of the host has a permission, None if there is none.

    Args:
        user: the host's user; somebody not logged in, or inactive, has no permission.
        permission: the permission.
        course_key: in which course.
        org: or in which organisation; with neither it is about the whole site.

    Raises:
        InvalidCourseKey, DeprecatedCourseKey: see there.
    """
    key = None if course_key is None else checked_course_key(course_key)
    return permissions.role_for(user, permission, course_key=key, org=org)


def reach(user: Any, permission: Permission, /) -> Reach:
    """Return where a user of the host has a permission.

    Whether the policy of a course lets the course team switch attempts is not part of the answer; :func:`role_for`
    asks it.
    """
    return permissions.reach(user, permission)
