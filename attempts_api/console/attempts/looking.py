"""The attempt that a page is about."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from attempts import api
from attempts.data import AttemptData, Permission
from attempts_api.visible import visible_attempt


def attempt_at(request: HttpRequest, uuid: str, permission: Permission, resource: str) -> AttemptData:
    """Return the attempt that an address names, and log that somebody looked at it.

    Args:
        request: the request; ``learner`` and ``course`` in its query name an attempt that has no row.
        uuid, permission, resource: as in :func:`attempts_api.visible.visible_attempt`, whose errors are raised, too.

    Raises:
        InvalidCourseKey, DeprecatedCourseKey: see there.
    """
    words: dict[str, Any] = {"learner": request.GET.get("learner"), "course_id": None}
    course = request.GET.get("course")
    if course is not None:
        # A plus that was not percent-encoded arrives as a blank.
        words["course_id"] = api.course_key(course.replace(" ", "+"))
    return visible_attempt(request, uuid, permission, words, resource)
