"""What all lists can be narrowed by: learner, course, organisation, and where the caller may look."""

from __future__ import annotations

from django.db.models import Q
from opaque_keys.edx.keys import CourseKey

from attempts.data import Reach


def scope_filter(course_key: CourseKey | None, org: str | None, within: Reach) -> Q:
    """Return the condition on the columns ``course_key`` and ``org``.

    Args:
        course_key: one course, None for any.
        org: one organisation, None for any.
        within: where the caller may look.
    """
    wanted = Q()
    if course_key is not None:
        wanted &= Q(course_key=course_key)
    if org is not None:
        wanted &= Q(org=org)
    if not within.everywhere:
        wanted &= Q(course_key__in=sorted(within.courses, key=str)) | Q(org__in=sorted(within.orgs))
    return wanted


def between(column: str, after: object, before: object) -> Q:
    """Return the condition that a column lies between two values, either of which may be None; ends included."""
    wanted = Q()
    if after is not None:
        wanted &= Q(**{f"{column}__gte": after})
    if before is not None:
        wanted &= Q(**{f"{column}__lte": before})
    return wanted
