"""What a source of permissions can say."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from opaque_keys.edx.keys import CourseKey

from attempts.data import Permission, Reach


@runtime_checkable
class RoleSource(Protocol):
    """Knows which of the host's roles somebody holds, and what they permit. Asked about active users only."""

    def global_role(self, user: Any, permission: Permission) -> str | None:
        """Return the name of a role by which a user has the permission on the whole site, None if there is none."""

    def local_role(self, user: Any, permission: Permission, org: str, course_key: CourseKey | None) -> str | None:
        """Return the name of a role by which a user has the permission in a course or organisation.

        Args:
            user: the host's user.
            permission: the permission.
            org: the organisation.
            course_key: the course, by plain key; None for the organisation as such.
        """

    def local_reach(self, user: Any, permission: Permission) -> Reach:
        """Return the courses and organisations in which a user has the permission."""
