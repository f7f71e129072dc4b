"""Permissions in courses and organisations from openedx-authz, the framework of newer releases of Open edX."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from opaque_keys.edx.keys import CourseKey

from attempts.data import Permission, Reach
from attempts.exceptions import AttemptsError
from attempts.keys import checked_course_key
from attempts.permissions.host_roles import HostRoles

logger = logging.getLogger(__name__)
_COURSES = "course-v1:"


class _Grant(NamedTuple):
    """A role that somebody holds in a scope, as the framework writes it, and that gives a permission there."""

    role: str
    scope: str


class AuthzRoles(HostRoles):
    """Asks openedx-authz about courses and organisations, and the table ``ATTEMPTS_ROLES`` about the whole site.

    The framework has no equivalent of the platform's ``support``, and lets staff do everything in courses, which is the
    table's business here: in a course, only roles held there or in its organisation count, not those held in all
    courses at once. Such a role has to name the action ``attempts.<permission>`` itself; being implied by another
    action is not enough. A rule that denies it wins.

    Raises:
        ImproperlyConfigured: openedx-authz is not installed.
    """

    def __init__(self) -> None:
        if not apps.is_installed("openedx_authz"):
            raise ImproperlyConfigured("attempts.permissions.authz.AuthzRoles needs the app openedx_authz.")
        # Only sites that chose this source have the package.
        from openedx_authz.api.users import get_user_role_assignments, is_user_allowed

        self._get_user_role_assignments = get_user_role_assignments
        self._is_user_allowed = is_user_allowed

    def local_role(self, user: Any, permission: Permission, org: str, course_key: CourseKey | None) -> str | None:
        """Return the name of a role by which a user has the permission in a course or organisation."""
        course = str(course_key) if course_key else ""
        for grant in self._grants(user, permission):
            if grant.scope == course and self._allows(user, permission, course):
                return f"{grant.role} of the course"
            if grant.scope == _courses_of(org) and (
                self._allows(user, permission, course) or self._allows_all_of(user, permission, org)
            ):
                return f"{grant.role} of the organisation"
        return None

    def local_reach(self, user: Any, permission: Permission) -> Reach:
        """Return the courses and organisations in which a user has the permission.

        An organisation in which a rule denies anything is not among them, though single courses of it may be open to
        holders of a role in the organisation.
        """
        scopes = {grant.scope for grant in self._grants(user, permission)}
        orgs = {org for org in map(_organisation, scopes) if org and self._allows_all_of(user, permission, org)}
        courses = {key for scope in scopes if (key := _course(scope)) and self._allows(user, permission, scope)}
        return Reach(orgs=frozenset(orgs), courses=frozenset(courses))

    def _grants(self, user: Any, permission: Permission) -> Iterator[_Grant]:
        """The roles that give a user the permission somewhere, in the order in which they were given."""
        try:
            assignments = self._get_user_role_assignments(user.username)
        except ValueError as error:
            # One row that the installed version cannot read hides the others.
            logger.warning("The roles of user %s in openedx-authz cannot be read: %s", user.pk, error)
            return
        for assignment in assignments:
            for role in assignment.roles:
                if any(one.identifier == _action(permission) and one.effect == "allow" for one in role.permissions):
                    yield _Grant(role.external_key, assignment.scope.external_key)

    def _allows(self, user: Any, permission: Permission, scope: str) -> bool:
        """Whether the framework allows it; of what it has no scopes for, such as the courses of CCX, it does not."""
        try:
            return self._is_user_allowed(user.username, _action(permission), scope)
        except ValueError:
            return False

    def _allows_all_of(self, user: Any, permission: Permission, org: str) -> bool:
        """Whether the framework allows it in an organisation as such, and denies nothing in any of its courses."""
        from openedx_authz.api.data import PolicyIndex
        from openedx_authz.engine.enforcer import AuthzEnforcer

        if not self._allows(user, permission, _courses_of(org)):
            return False
        denials = AuthzEnforcer.get_enforcer().get_filtered_policy(PolicyIndex.EFFECT.value, "deny")
        inside = _courses_of(org).removesuffix("*")
        return not any(inside in rule[PolicyIndex.SCOPE.value] for rule in denials)


def _action(permission: Permission) -> str:
    return f"attempts.{permission}"


def _courses_of(org: str) -> str:
    """The scope of all courses of an organisation; releases of the framework that lack it refuse it."""
    return f"{_COURSES}{org}+*"


def _organisation(scope: str) -> str | None:
    """The organisation whose courses a scope is all of, None if it is something else."""
    org = scope.removeprefix(_COURSES).removesuffix("+*")
    return org if org and scope == _courses_of(org) else None


def _course(scope: str) -> CourseKey | None:
    """The course that a scope is, None if it is something else."""
    try:
        return checked_course_key(scope)
    except AttemptsError:
        return None
