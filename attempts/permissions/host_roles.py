"""Permissions from the platform's own roles, by the table ``ATTEMPTS_ROLES``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from opaque_keys.edx.keys import CourseKey

from attempts import conf
from attempts.data import Permission, Reach
from attempts.host.roles import CourseRole, course_roles

#: Roles of the table that are columns of the user's own row. A row of ``CourseAccessRole`` by such a name is no role.
_FLAGS = ("is_superuser", "is_staff")


@dataclass(frozen=True)
class HostRoles:
    """Reads ``is_superuser``, ``is_staff`` and ``CourseAccessRole``; one statement a question."""

    def global_role(self, user: Any, permission: Permission) -> str | None:
        """Return the name of a role by which a user has the permission on the whole site, None if there is none."""
        permitting = [role for role, permissions in conf.roles()["global"].items() if permission in permissions]
        for flag in _FLAGS:
            if flag in permitting and getattr(user, flag):
                return flag
        held = {found.role for found in course_roles(user.pk) if not (found.org or found.course_key)}
        return next((role for role in permitting if role in held and role not in _FLAGS), None)

    def local_role(self, user: Any, permission: Permission, org: str, course_key: CourseKey | None) -> str | None:
        """Return the name of a role by which a user has the permission in a course or organisation."""
        for found in _permitting(user, permission):
            if found.course_key is None and found.org == org:
                return f"{found.role} of the organisation"
            if found.course_key is not None and found.course_key == course_key:
                return f"{found.role} of the course"
        return None

    def local_reach(self, user: Any, permission: Permission) -> Reach:
        """Return the courses and organisations in which a user has the permission."""
        found = list(_permitting(user, permission))
        return Reach(
            orgs=frozenset(one.org for one in found if one.course_key is None),
            courses=frozenset(one.course_key for one in found if one.course_key is not None),
        )


def _permitting(user: Any, permission: Permission) -> Iterator[CourseRole]:
    """The roles a user holds in organisations and courses that give the permission there."""
    table = conf.roles()
    for found in course_roles(user.pk):
        scope = "course" if found.course_key is not None else "org" if found.org else None
        # MariaDB takes "Org " for "Org" where lists ask for it; nobody else does.
        is_a_name = found.org == found.org.strip()
        if scope and is_a_name and permission in table[scope].get(found.role, ()):
            yield found
