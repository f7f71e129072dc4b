"""Changing policies, with their history."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.db.models import Q
from opaque_keys.edx.keys import CourseKey
from opaque_keys.edx.locator import CourseLocator

from attempts.data import INHERIT, OwnPolicy, Page, PolicyChange, Provenance, Reach, Scope
from attempts.exceptions import InvalidPolicy, PolicyChanged, PolicyLocked
from attempts.host.expressions import starts_with
from attempts.models import CertificateRule, ExperimentRule, GradeRule, Pacing, ResetPolicy, ScheduleRule
from attempts.models.fields import KEY_LENGTH, ORG_LENGTH
from attempts.paging import page_of
from attempts.policies.effective import POLICY_FIELDS, effective_at, own_values, scope_of
from attempts.rows import locked_row

#: What the part of a course key may be that names the organisation: no blanks, which MariaDB would not see at its end.
_ORG = CourseLocator.ALLOWED_ID_RE
_CHOICES = {
    "certificates": CertificateRule.values,
    "experiments": ExperimentRule.values,
    "grade_of_record": GradeRule.values,
    "pacing": Pacing.values,
    "schedule": ScheduleRule.values,
}


def own_policy(org: str, course_key: str) -> OwnPolicy:
    """Return what one policy decides itself; nothing if it has no row.

    Raises:
        InvalidPolicy: both an organisation and a course are named.
    """
    _check_scope(org, course_key)
    row = ResetPolicy.objects.filter(org=org, course_key=course_key).first()
    return _data(row or ResetPolicy(org=org, course_key=course_key))


def change_policy(
    org: str,
    course_key: str,
    *,
    changes: Mapping[str, Any],
    locked: Collection[str] | None,
    changed_by: Any,
    provenance: Provenance,
    shown: OwnPolicy | None = None,
) -> OwnPolicy:
    """Change one policy, making its row if there is none.

    Args:
        org: the organisation whose policy it is, or empty.
        course_key: the course whose policy it is, or empty.
        changes: fields and their new values, ``INHERIT`` among them.
        locked: fields that narrower policies cannot decide otherwise; None leaves that as it is.
        changed_by: the host's user who does it; None for the system.
        provenance: by which right and through what.
        shown: the policy as it was when this was decided; None if that is no matter.

    Raises:
        InvalidPolicy: an unknown field, a wrong value, or two scopes at once; nothing is changed.
        PolicyLocked: a wider policy decides one of the fields.
        PolicyChanged: one of the fields is no longer as it was shown.
    """
    _check_scope(org, course_key)
    columns: dict[str, Any] = {}
    for name, value in changes.items():
        columns.update(columns_of(name, value))
    if locked is not None:
        _check_fields(locked)
        columns["locked"] = sorted(set(locked))
    with transaction.atomic():
        _refuse_what_is_locked(org, course_key, changes, locked or ())
        row = locked_row(ResetPolicy, org=org, course_key=course_key)
        if shown is not None:
            _refuse_what_has_changed(row, shown, changes, locked)
            if _is_so(row, changes, locked):
                return _data(row)
        # What somebody decides here is no longer what the course's authors wish.
        columns["from_course_settings"] = [name for name in row.from_course_settings if name not in changes]
        save_policy(row, columns, changed_by=changed_by, provenance=provenance)
    return _data(row)


def save_policy(row: ResetPolicy, columns: Mapping[str, Any], *, changed_by: Any, provenance: Provenance) -> None:
    """Save a policy that is locked by the caller, with its history.

    Args:
        row: the policy.
        columns: what changes in it.
        changed_by, provenance: as in :func:`change_policy`.
    """
    for name, value in {**columns, **asdict(provenance)}.items():
        setattr(row, name, value)
    # The history library takes it from the instance.
    vars(row)["_history_user"] = changed_by
    row.save()


def list_policies(within: Reach, *, cursor: str | None, size: int) -> Page[OwnPolicy]:
    """Return a page of the policies there are, in the order in which they were made; one statement.

    Args:
        within: where the caller may look: the instance's policy takes the whole site.
        cursor: where to go on; None for the first page.
        size: how many at most.

    Raises:
        InvalidCursor: see there.
    """
    rows = ResetPolicy.objects.all()
    if not within.everywhere:
        rows = rows.filter(_within(within))
    return page_of(rows, _data, cursor=cursor, size=size)


def policy_history(org: str, course_key: str, *, cursor: str | None, size: int) -> Page[PolicyChange]:
    """Return a page of what one policy was, newest first; one statement.

    Raises:
        InvalidPolicy: both an organisation and a course are named.
        InvalidCursor: see there.
    """
    _check_scope(org, course_key)
    rows = ResetPolicy.history.filter(org=org, course_key=course_key).select_related("history_user")
    return page_of(rows, _change, cursor=cursor, size=size, order="-created")


def wider_locks(course_key: str) -> Mapping[str, Scope]:
    """Return the fields that a course's policy cannot decide, and whose policy says so; one statement."""
    org = str(CourseKey.from_string(course_key).org) if course_key else ""
    rows = ResetPolicy.objects.filter(org__in={"", org}, course_key="")
    return effective_at(org, "", rows).locks


def _refuse_what_is_locked(org: str, course_key: str, changes: Mapping[str, Any], locked: Collection[str]) -> None:
    """Refuse to decide, or to lock, what a wider policy has locked; to stop deciding it is always possible."""
    if not (org or course_key):
        return
    locks = wider_locks(course_key)
    decided = {name for name, value in changes.items() if value is not INHERIT} | set(locked)
    for scope, name in locking_policies(course_key):
        refused = [field for field in decided if locks.get(field) == scope]
        if refused:
            raise PolicyLocked(refused, name)


def _refuse_what_has_changed(
    row: ResetPolicy, shown: OwnPolicy, changes: Mapping[str, Any], locked: Collection[str] | None
) -> None:
    """Refuse to overwrite what somebody else has decided since; who decided the same has not."""
    own = own_values(row)
    gone = [
        name
        for name, value in changes.items()
        if own.get(name, INHERIT) not in (shown.values.get(name, INHERIT), value)
    ]
    if locked is not None and set(row.locked) not in (set(shown.locked), set(locked)):
        gone.append("locked")
    if gone:
        raise PolicyChanged(gone)


def _is_so(row: ResetPolicy, changes: Mapping[str, Any], locked: Collection[str] | None) -> bool:
    own = own_values(row)
    is_decided = all(own.get(name, INHERIT) == value for name, value in changes.items())
    return is_decided and (locked is None or set(row.locked) == set(locked))


def locking_policies(course_key: str) -> tuple[tuple[Scope, str], ...]:
    """Return the policies that can lock something for a course's, widest first, and what people call them."""
    org = str(CourseKey.from_string(course_key).org) if course_key else ""
    return ("instance", "instance"), ("org", f"organisation {org}")


def _within(within: Reach) -> Q:
    wanted = Q(org__in=sorted(within.orgs), course_key="") | Q(course_key__in=sorted(map(str, within.courses)))
    for org in sorted(within.orgs):
        for namespace in ("course-v1", "ccx-v1"):
            wanted |= Q(starts_with("course_key", f"{namespace}:{org}+"))
    return wanted & (~Q(org="") | ~Q(course_key=""))


def _check_scope(org: str, course_key: str) -> None:
    if org and course_key:
        raise InvalidPolicy("A policy is of an organisation or of a course, not of both.")
    if org and not (len(org) <= ORG_LENGTH and _ORG.fullmatch(org)):
        raise InvalidPolicy(f"'{org[:100]}' is not the name of an organisation, as it stands in course keys.")
    if len(course_key) > KEY_LENGTH:
        raise InvalidPolicy("No course has so long a key.")


def _check_fields(names: Collection[str]) -> None:
    for name in names:
        if name not in POLICY_FIELDS:
            raise InvalidPolicy(f"A policy has no field '{name}'. It has: {', '.join(POLICY_FIELDS)}.")


def columns_of(name: str, value: Any) -> dict[str, Any]:
    """Return the columns that hold a value of a field; the limit takes two.

    Raises:
        InvalidPolicy: there is no such field, or it cannot be that.
    """
    _check_fields([name])
    if value is not INHERIT:
        _check_value(name, value)
    if name == "max_resets":
        limited = None if value is INHERIT else value is not None
        return {"resets_limited": limited, "max_resets": value if limited else None}
    return {name: None if value is INHERIT else value}


def _check_value(name: str, value: Any) -> None:
    if name == "max_resets":
        whole = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31
        allowed, is_right = "a number from 0, or unlimited", value is None or whole
    elif name in _CHOICES:
        allowed, is_right = " or ".join(_CHOICES[name]), value in _CHOICES[name]
    else:
        allowed, is_right = "true or false", isinstance(value, bool)
    if not is_right:
        raise InvalidPolicy(f"{name} is {allowed}, not '{str(value)[:100]}'.")


def _data(row: ResetPolicy) -> OwnPolicy:
    return OwnPolicy(
        scope=scope_of(row),
        org=row.org,
        course_key=row.course_key,
        values=own_values(row),
        locked=tuple(row.locked),
        from_course_settings=tuple(row.from_course_settings),
    )


def _change(row: Any) -> PolicyChange:
    return PolicyChange(
        changed_at=row.history_date,
        changed_by=row.history_user.get_username() if row.history_user else None,
        provenance=Provenance(row.role, row.client, row.request_id),
        values=own_values(row),
        locked=tuple(row.locked),
        from_course_settings=tuple(row.from_course_settings),
    )
