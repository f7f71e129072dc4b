"""Changing policies, with their history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from attempts.data import INHERIT, OwnPolicy
from attempts.exceptions import InvalidPolicy
from attempts.models import CertificateRule, ResetPolicy
from attempts.models.policies import KEY_LENGTH, ORG_LENGTH
from attempts.policies.effective import POLICY_FIELDS, own_values, scope_of


def own_policy(org: str, course_key: str) -> OwnPolicy:
    """Return what one policy decides itself; nothing if it has no row.

    Raises:
        InvalidPolicy: both an organisation and a course are named.
    """
    _check_scope(org, course_key)
    row = ResetPolicy.objects.filter(org=org, course_key=course_key).first()
    return _data(row or ResetPolicy(org=org, course_key=course_key))


def change_policy(org: str, course_key: str, changes: Mapping[str, Any], changed_by: Any) -> OwnPolicy:
    """Change one policy, making its row if there is none.

    Raises:
        InvalidPolicy: an unknown field, a wrong value, or two scopes at once; nothing is changed.
    """
    _check_scope(org, course_key)
    columns: dict[str, Any] = {}
    for name, value in changes.items():
        columns.update(_columns(name, value))
    with transaction.atomic():
        ResetPolicy.objects.bulk_create([ResetPolicy(org=org, course_key=course_key)], ignore_conflicts=True)
        row = ResetPolicy.objects.select_for_update().get(org=org, course_key=course_key)
        for name, value in columns.items():
            setattr(row, name, value)
        row._history_user = changed_by
        row.save()
    return _data(row)


def _check_scope(org: str, course_key: str) -> None:
    if org and course_key:
        raise InvalidPolicy("A policy is of an organisation or of a course, not of both.")
    if len(org) > ORG_LENGTH:
        raise InvalidPolicy("No organisation has so long a name.")
    if len(course_key) > KEY_LENGTH:
        raise InvalidPolicy("No course has so long a key.")


def _columns(name: str, value: Any) -> dict[str, Any]:
    """The columns that hold a field; the limit takes two."""
    if name not in POLICY_FIELDS:
        raise InvalidPolicy(f"A policy has no field '{name}'. It has: {', '.join(POLICY_FIELDS)}.")
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
    elif name == "certificates":
        allowed, is_right = " or ".join(CertificateRule.values), value in CertificateRule.values
    else:
        allowed, is_right = "true or false", isinstance(value, bool)
    if not is_right:
        raise InvalidPolicy(f"{name} is {allowed}, not '{value}'.")


def _data(row: ResetPolicy) -> OwnPolicy:
    return OwnPolicy(scope=scope_of(row), org=row.org, course_key=row.course_key, values=own_values(row))
