"""The pages of one course that somebody may open."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey

from attempts import api
from attempts_api.console.menu import Entry, entries_of


def tabs_of(request: HttpRequest, course_key: CourseKey) -> list[Entry]:
    """Return the pages of a course for whoever asks; the pages themselves check again."""
    names = []
    may_look = _may(request.user, "view_attempts", course_key)
    if may_look:
        names.append(("course", _("Overview")))
    if may_look or _may(request.user, "manage_policy", course_key):
        names.append(("course-policy", _("Policy")))
    if _may(request.user, "view_reports", course_key) or _may(request.user, "view_attempt_data", course_key):
        names.append(("course-report", _("Retake report")))
    return entries_of(request, names, course_key)


def _may(user: Any, permission: Any, course_key: CourseKey) -> bool:
    return api.role_for(user, permission, course_key=course_key) is not None
