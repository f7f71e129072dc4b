"""Policies: what is allowed, who decided it, and changing it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from attempts import policies
from attempts.api.contexts import PAGE_SIZE
from attempts.api.references import CourseRef, course_text
from attempts.data import (
    EVERYWHERE,
    CourseSettingsReport,
    OwnPolicy,
    Page,
    PolicyChange,
    PolicyData,
    Provenance,
    Reach,
)
from attempts.keys import checked_course_key


def effective_policy(course_key: CourseRef | None = None, /, *, org: str = "") -> PolicyData:
    """Return the policy in force for a course, and where each part of it comes from.

    Args:
        course_key: the course; without one, what holds where no course says otherwise.
        org: then, of which organisation; empty for what holds where no organisation says otherwise either.

    Raises:
        InvalidCourseKey, DeprecatedCourseKey: see there.
    """
    if course_key is None:
        return policies.effective_policy(org)
    key = checked_course_key(course_key)
    return policies.effective_policies([key])[key]


def wider_policy(*, org: str = "", course_key: CourseRef | None = None) -> PolicyData:
    """Return what would be in force if the policy of a course, an organisation or the instance decided nothing itself.

    Raises:
        InvalidCourseKey, DeprecatedCourseKey: see there.
    """
    return policies.wider_policy(org, None if course_key is None else checked_course_key(course_key))


def own_policy(*, org: str = "", course_key: CourseRef | None = None) -> OwnPolicy:
    """Return what the policy of a course, of an organisation, or of the instance decides itself.

    Raises:
        InvalidPolicy: both an organisation and a course are named.
        InvalidCourseKey, DeprecatedCourseKey: see there.
    """
    return policies.own_policy(org, course_text(course_key))


def list_policies(*, within: Reach = EVERYWHERE, cursor: str | None = None, size: int = PAGE_SIZE) -> Page[OwnPolicy]:
    """Return a page of the policies that decide anything, in the order in which they were made.

    Args:
        within: where the caller may look.
        cursor: where to go on, from the page before; None for the first page.
        size: how many at most.

    Raises:
        InvalidCursor: the cursor is none of this list.
    """
    return policies.list_policies(within, cursor=cursor, size=size)


def policy_history(
    *, org: str = "", course_key: CourseRef | None = None, cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[PolicyChange]:
    """Return a page of what one policy was, newest first.

    Raises:
        InvalidPolicy: both an organisation and a course are named.
        InvalidCourseKey, DeprecatedCourseKey, InvalidCursor: see there.
    """
    return policies.policy_history(org, course_text(course_key), cursor=cursor, size=size)


def change_policy(
    changes: Mapping[str, Any],
    /,
    *,
    changed_by: Any,
    org: str = "",
    course_key: CourseRef | None = None,
    locked: Collection[str] | None = None,
    provenance: Provenance | None = None,
    shown: OwnPolicy | None = None,
) -> OwnPolicy:
    """Change the policy of a course, of an organisation, or of the instance; its history is kept.

    Args:
        changes: fields and their new values; ``INHERIT`` leaves a field to the wider policy, None as ``max_resets``
            means unlimited.
        changed_by: the host's user who does it; None for the system.
        org: the organisation.
        course_key: the course.
        locked: fields that narrower policies cannot decide otherwise; None leaves that as it is.
        provenance: by which right and through what.
        shown: the policy as it was when this was decided, so that nobody overwrites unseen what somebody else has
            decided since; None if that is no matter.

    Raises:
        InvalidPolicy: an unknown field, a wrong value, or two scopes at once; nothing is changed.
        PolicyLocked: a wider policy decides one of the fields; nothing is changed.
        PolicyChanged: one of the fields is no longer as it was shown; nothing is changed.
        InvalidCourseKey, DeprecatedCourseKey: see there.
    """
    return policies.change_policy(
        org,
        course_text(course_key),
        changes=changes,
        locked=locked,
        changed_by=changed_by,
        provenance=provenance or Provenance(),
        shown=shown,
    )


def course_settings_report(course_key: CourseRef, /) -> CourseSettingsReport | None:
    """Return what became of the settings that a course's authors made in Studio; None if they made none.

    Raises:
        InvalidCourseKey, DeprecatedCourseKey: see there.
    """
    return policies.course_settings_report(checked_course_key(course_key))


def take_course_settings(course_key: CourseRef, /) -> CourseSettingsReport | None:
    """Take what the authors of a course decide in Studio into its policy, as is done when they publish it.

    Returns:
        What was not taken, and why; None for a course whose authors decide nothing and never did.

    Raises:
        CourseNotFound: the host's content store has no such course.
        InvalidCourseKey, DeprecatedCourseKey: see there.
    """
    return policies.take_course_settings(checked_course_key(course_key))
