"""What the views ask of permissions, and the answer for those who have none."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import PermissionDenied

from attempts import api
from attempts.data import Permission, Reach
from attempts_api.provenance import AnyRequest


def required_role(request: AnyRequest, permission: Permission, *, course_key: Any = None, org: str = "") -> str:
    """Return the role by which the caller has a permission in a course, an organisation or (neither) everywhere.

    Raises:
        PermissionDenied: there is none. Whether the course exists is not part of the answer.
    """
    role = api.role_for(request.user, permission, course_key=course_key, org=org)
    if role is None:
        where = f" in {course_key}" if course_key else f" in {org}" if org else " on the whole site"
        raise PermissionDenied(f"This needs the permission {permission}{where}.")
    return role


def required_reach(request: AnyRequest, permission: Permission) -> Reach:
    """Return where the caller has a permission.

    Raises:
        PermissionDenied: nowhere.
    """
    reach = api.reach(request.user, permission)
    if not reach:
        raise PermissionDenied(f"This needs the permission {permission}.")
    return reach


def sees_site(user: Any) -> bool:
    """Tell whether somebody may see how the whole site is doing: who may see the attempts of all of it."""
    return api.role_for(user, "view_attempts") is not None


def role_name(reach: Reach) -> str:
    """Return a word for the log: whether somebody looked as staff of the whole site or of a course team."""
    return "site staff" if reach.everywhere else "course team"
