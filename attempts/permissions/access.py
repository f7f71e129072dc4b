"""The two questions the faces ask: may this user do this there, and where may she do it."""

from __future__ import annotations

from typing import Any

from opaque_keys.edx.keys import CourseKey

from attempts import conf
from attempts.data import Permission, Reach
from attempts.policies import effective_policies, effective_policy

#: Permissions that a role in a course or organisation gives only where the policy lets the course team switch attempts.
SWITCHING: frozenset[Permission] = frozenset({"reset", "undo", "activate", "bulk"})


def role_for(user: Any, permission: Permission, *, course_key: CourseKey | None = None, org: str = "") -> str | None:
    """Return the name of a role by which a user has a permission, None if there is none.

    Args:
        user: the host's user; somebody not logged in, or inactive, has none.
        permission: the permission.
        course_key: in which course, by plain key.
        org: or in which organisation; with neither it is about the whole site.
    """
    if not _counts(user):
        return None
    source = conf.role_source()
    role = source.global_role(user, permission)
    if role or not (course_key or org):
        return role
    if course_key:
        org = course_key.org or ""
    role = source.local_role(user, permission, org, course_key)
    return role if role and _policy_agrees(permission, course_key, org) else None


def reach(user: Any, permission: Permission) -> Reach:
    """Return where a user has a permission; nowhere if not logged in, or inactive.

    What the policies say of switching is not part of the answer: it can differ from course to course.
    """
    if not _counts(user):
        return Reach()
    source = conf.role_source()
    if source.global_role(user, permission):
        return Reach(everywhere=True)
    return source.local_reach(user, permission)


def _counts(user: Any) -> bool:
    return bool(user and user.is_authenticated and user.is_active)


def _policy_agrees(permission: Permission, course_key: CourseKey | None, org: str) -> bool:
    if permission not in SWITCHING:
        return True
    policy = effective_policies([course_key])[course_key] if course_key else effective_policy(org)
    return policy.course_team_may_reset
