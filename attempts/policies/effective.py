"""The policy in force for a course: instance, organisation, course, the narrower wins field by field."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from opaque_keys.edx.keys import CourseKey

from attempts.data import PolicyData, Scope
from attempts.models import CertificateRule, ResetPolicy

#: What holds where no policy says otherwise: the rules of the platform's own Course Reset.
DEFAULTS: dict[str, Any] = {
    "active": False,
    "max_resets": 1,
    "require_started": True,
    "require_not_ended": True,
    "require_not_passing": True,
    "protect_passing": True,
    "protect_new_work": True,
    "certificates": CertificateRule.BLOCK.value,
    "course_team_may_reset": False,
    "learner_may_reset": False,
    "notify_learner": True,
}
POLICY_FIELDS = tuple(DEFAULTS)


def effective_policy(course_key: CourseKey) -> PolicyData:
    """Return the policy in force for a course and where each field comes from; one statement."""
    rows = ResetPolicy.objects.filter(
        Q(org="", course_key="") | Q(org=course_key.org, course_key="") | Q(org="", course_key=str(course_key))
    )
    by_scope: dict[Scope, ResetPolicy] = {scope_of(row): row for row in rows}
    values = dict(DEFAULTS)
    origins: dict[str, Scope] = dict.fromkeys(DEFAULTS, "default")
    scopes: tuple[Scope, ...] = ("instance", "org", "course")
    for scope in scopes:
        if scope in by_scope:
            own = own_values(by_scope[scope])
            values.update(own)
            origins.update(dict.fromkeys(own, scope))
    return PolicyData(**values, origins=origins)


def scope_of(row: ResetPolicy) -> Scope:
    """Return whose policy it is."""
    if row.course_key:
        return "course"
    return "org" if row.org else "instance"


def own_values(row: ResetPolicy) -> dict[str, Any]:
    """Return the fields that a policy decides itself; the limit is two columns but one decision."""
    own = {name: getattr(row, name) for name in POLICY_FIELDS if getattr(row, name) is not None}
    if row.resets_limited is False:
        own["max_resets"] = None
    return own
