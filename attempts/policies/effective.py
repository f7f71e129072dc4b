"""The policy in force: instance, organisation, course, the narrower wins field by field unless a wider one locks it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Q, QuerySet
from opaque_keys.edx.keys import CourseKey

from attempts.data import Origin, PolicyData, Scope
from attempts.models import CertificateRule, ExperimentRule, GradeRule, Pacing, ResetPolicy, ScheduleRule
from attempts.prepared import PreparedQuery

#: What holds where no policy says otherwise: the rules of the platform's own Course Reset.
DEFAULTS: dict[str, Any] = {
    "active": False,
    "max_resets": 1,
    "require_started": True,
    "require_not_ended": True,
    "require_not_passing": True,
    "pacing": Pacing.ANY.value,
    "protect_passing": True,
    "protect_new_work": True,
    "certificates": CertificateRule.BLOCK.value,
    "experiments": ExperimentRule.KEEP.value,
    "schedule": ScheduleRule.RESTART.value,
    "course_team_may_reset": False,
    "learner_may_reset": False,
    "notify_learner": True,
    "grade_of_record": GradeRule.LATEST.value,
}
POLICY_FIELDS = tuple(DEFAULTS)


def effective_policies(course_keys: Collection[CourseKey]) -> dict[CourseKey, PolicyData]:
    """Return the policy in force for each of some courses; one statement."""
    rows = _policies(tuple(sorted({str(key.org) for key in course_keys})), tuple(map(str, course_keys)))
    return {key: effective_at(str(key.org), str(key), rows) for key in course_keys}


@PreparedQuery
def _policies(orgs: tuple[str, ...], course_keys: tuple[str, ...]) -> QuerySet:
    return ResetPolicy.objects.filter(
        Q(org="", course_key="") | Q(org__in=orgs, course_key="") | Q(org="", course_key__in=course_keys)
    )


def effective_policy(org: str = "", course_key: str = "") -> PolicyData:
    """Return the policy in force for the instance, or for whatever course of an organisation; one statement."""
    return effective_at(org, course_key, ResetPolicy.objects.filter(Q(org="") | Q(org=org), course_key=""))


def wider_policy(org: str = "", course_key: CourseKey | None = None) -> PolicyData:
    """Return what would be in force if one policy decided nothing itself; one statement, none for the instance."""
    if course_key is not None:
        return effective_policy(str(course_key.org))
    return effective_policy() if org else effective_at("", "", ())


def effective_at(org: str, course_key: str, rows: Iterable[ResetPolicy]) -> PolicyData:
    """Return what policies come to, and where each part of it comes from.

    Args:
        org: the organisation, empty for the instance.
        course_key: the course as text, empty for a wider scope.
        rows: policies, others among them.
    """
    by_scope = {(row.org, row.course_key): row for row in rows}
    values = dict(DEFAULTS)
    origins: dict[str, Origin] = dict.fromkeys(DEFAULTS, "default")
    locks: dict[str, Scope] = {}
    for place in dict.fromkeys([("", ""), (org, ""), ("", course_key)]):
        row = by_scope.get(place)
        if row is None:
            continue
        scope = scope_of(row)
        own = {name: value for name, value in own_values(row).items() if name not in locks}
        values.update(own)
        origins.update(dict.fromkeys(own, scope))
        origins.update({name: "course_settings" for name in row.from_course_settings if name in own})
        locks.update({name: scope for name in row.locked if name not in locks})
    return PolicyData(**values, origins=origins, locks=locks)


def scope_of(row: ResetPolicy) -> Scope:
    """Return whose policy it is."""
    if row.course_key:
        return "course"
    return "org" if row.org else "instance"


def own_values(row: Any) -> dict[str, Any]:
    """Return the fields that a policy, or a row of its history, decides itself; the limit is two columns."""
    own = {name: getattr(row, name) for name in POLICY_FIELDS if getattr(row, name) is not None}
    if row.resets_limited is False:
        own["max_resets"] = None
    return own
