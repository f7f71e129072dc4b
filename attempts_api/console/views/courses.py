"""Courses: the list, and what there is to see of one: policy, learners with several attempts, operations."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey
from rest_framework import serializers

from attempts import api
from attempts.data import OperationQuery
from attempts_api.access import required_reach, required_role
from attempts_api.audit import log_list
from attempts_api.console.courses.policy_form import Scope, groups_of
from attempts_api.console.courses.tabs import tabs_of
from attempts_api.console.courses.words import words_of
from attempts_api.console.live import next_look
from attempts_api.console.paging import neighbours
from attempts_api.console.views.base import ConsoleView, is_fragment
from attempts_api.v1.serializers.fields import CursorInput, NameInput, StrictSerializer

PAGE_SIZE = 25
_MOST = 2**31 - 1


class PagedQuery(StrictSerializer):
    """Which page."""

    cursor = CursorInput(required=False, max_length=1000)


class CoursesQuery(PagedQuery):
    """Which courses."""

    q = NameInput(required=False, max_length=255)


class LearnersQuery(PagedQuery):
    """Which learners."""

    number = serializers.IntegerField(required=False, min_value=1, max_value=_MOST)
    state = serializers.ChoiceField(required=False, choices=("active", "archived"))


class OperationsQuery(PagedQuery):
    """Which operations."""

    status = serializers.ChoiceField(
        required=False, default="in_flight", choices=("in_flight", "failed", "complete", "all")
    )
    look = serializers.IntegerField(required=False, min_value=0, max_value=_MOST)


class CoursesView(ConsoleView):
    """The courses that somebody may look into."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return the page, or the list for a script."""
        reach = required_reach(request, "view_attempts")
        words = words_of(CoursesQuery, request)
        text = words.get("q", "")
        found = api.search_courses(text, within=reach, cursor=words.get("cursor"), size=PAGE_SIZE)
        figures = api.course_figures([course.course_key for course in found.items])
        shown = {
            "rows": [(course, figures[course.course_key]) for course in found.items],
            "text": text,
            "pages": neighbours(reverse("attempts_console:courses"), found, q=text),
            "manages_instance": api.role_for(request.user, "manage_policy") is not None,
        }
        if is_fragment(request):
            return self.page("courses/parts/list.html", shown)
        return self.page("courses/list.html", shown, title=_("Courses"))


class CourseView(ConsoleView):
    """One course."""

    def get(self, request: HttpRequest, course_id: str) -> HttpResponse:
        """Return the page."""
        key, role = _looked_into(request, course_id)
        effective = api.effective_policy(key)
        scope = Scope(course_key=key)
        shown = {
            "course": api.course(key),
            "tabs": tabs_of(request, key),
            "figures": api.course_figures([key])[key],
            "groups": groups_of(scope, api.own_policy(**scope.names), effective, effective),
            **_learners(request, key, role, {}),
            "boxes": [_operations(request, key, role, {"status": status}) for status in ("in_flight", "failed")],
        }
        return self.page("courses/course.html", shown, title=shown["course"].display_name)


class CourseLearnersView(ConsoleView):
    """The learners with several attempts at a course."""

    def get(self, request: HttpRequest, course_id: str) -> HttpResponse:
        """Return the page, or the list for a script."""
        key, role = _looked_into(request, course_id)
        shown = _learners(request, key, role, words_of(LearnersQuery, request))
        if is_fragment(request):
            return self.page("courses/parts/learners.html", shown)
        shown |= {"course": api.course(key), "tabs": tabs_of(request, key)}
        return self.page("courses/learners.html", shown, title=_("Learners with several attempts"))


class CourseOperationsView(ConsoleView):
    """The operations at a course."""

    def get(self, request: HttpRequest, course_id: str) -> HttpResponse:
        """Return the page, or the list for a script."""
        key, role = _looked_into(request, course_id)
        box = _operations(request, key, role, words_of(OperationsQuery, request))
        if is_fragment(request):
            return self.page("courses/parts/operations.html", {"box": box})
        shown = {"course": api.course(key), "tabs": tabs_of(request, key), "box": box}
        return self.page("courses/operations.html", shown, title=_("Operations"))


def _looked_into(request: HttpRequest, course_id: str) -> tuple[CourseKey, str]:
    """The course's key, and the role by which the caller may look into it.

    Raises:
        PermissionDenied: there is none.
        InvalidCourseKey, DeprecatedCourseKey: see there.
    """
    key = api.course_key(course_id)
    return key, required_role(request, "view_attempts", course_key=key)


def _learners(request: HttpRequest, key: CourseKey, role: str, words: dict[str, Any]) -> dict[str, Any]:
    number, state = words.get("number"), words.get("state")
    found = api.search_retaking_learners(key, number=number, state=state, cursor=words.get("cursor"), size=PAGE_SIZE)
    log_list(request, "attempts", role, {one.learner.id for one in found.items}, course_id=key)
    address = reverse("attempts_console:course-learners", args=[key])
    return {
        "learners": found.items,
        "learners_url": address,
        "learners_number": number,
        "learners_state": state,
        "learners_pages": neighbours(address, found, number=number, state=state),
    }


def _operations(request: HttpRequest, key: CourseKey, role: str, words: dict[str, Any]) -> dict[str, Any]:
    status = words["status"]
    wanted = {"in_flight": {"in_flight": True, "order": "created"}, "all": {}}.get(status, {"status": status})
    found = api.search_operations(OperationQuery(course_key=key, **wanted), cursor=words.get("cursor"), size=PAGE_SIZE)
    log_list(request, "operations", role, {one.learner.id for one in found.items}, course_id=key)
    address = reverse("attempts_console:course-operations", args=[key])
    look = next_look(request) if status == "in_flight" and found.items else None
    where = {"status": status, **({"cursor": words["cursor"]} if "cursor" in words else {})}
    return {
        "look": look,
        "live_url": look and f"{address}?{urlencode(where)}&{look.query}",
        "status": status,
        "operations": found.items,
        "url": address,
        "pages": neighbours(address, found, status=status),
    }
