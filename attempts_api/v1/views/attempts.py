"""Attempts of everybody, one attempt, and what is in it."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from attempts import api
from attempts.data import AttemptData, AttemptQuery, BlockQuery, Reach
from attempts_api.access import required_reach, required_role, role_name
from attempts_api.audit import log_list
from attempts_api.v1 import examples
from attempts_api.v1.schema import COURSE_KEYS, described, errors
from attempts_api.v1.serializers import attempts as shapes
from attempts_api.v1.views.base import V1View, page_response, query_words
from attempts_api.visible import visible_attempt

#: How a list is ordered unless the caller says: by what it is narrowed by, so that one index serves both.
_NATURAL_ORDERS = (
    (("archived_after", "archived_before"), "-archived_at"),
    (("opened_after", "opened_before"), "-opened_at"),
    (("minimum_grade",), "-grade"),
)
#: What may be wrong with the words that name an attempt.
NOT_FOUND = ("attempt_not_found", "learner_not_found", "course_not_found")
_IN_ATTEMPTS = (*COURSE_KEYS, *NOT_FOUND, "invalid_block_key", "invalid_cursor", "not_eligible")


class AttemptsListView(V1View):
    """The attempts of learners who were ever reset."""

    @described(
        parameters=[shapes.AttemptQuerySerializer],
        responses={200: shapes.AttemptPage, **errors(*COURSE_KEYS, "learner_not_found", "invalid_cursor")},
        examples=[examples.ATTEMPTS],
    )
    def get(self, request: Request) -> Response:
        """Attempts of learners who were ever reset, in the courses that you may look into.

        The one attempt of everybody else is implicit and not listed; `learners/` shows it.
        """
        words = query_words(shapes.AttemptQuerySerializer, request)
        reach = _reach(request, words.get("course_id"))
        page = api.search_attempts(_query(words), within=reach, cursor=words.get("cursor"), size=words["page_size"])
        seen = {attempt.learner.id for attempt in page.items}
        log_list(request, "attempts", role_name(reach), seen, course_id=words.get("course_id"))
        return page_response(shapes.AttemptPage, page, request)


class AttemptView(V1View):
    """One attempt."""

    @described(
        parameters=[shapes.AttemptHint],
        responses={200: shapes.AttemptSerializer, **errors(*COURSE_KEYS, *NOT_FOUND)},
        examples=[examples.ATTEMPT],
    )
    def get(self, request: Request, uuid: str) -> Response:
        """One attempt, active or archived."""
        words = query_words(shapes.AttemptHint, request)
        attempt = visible_attempt(request, uuid, "view_attempts", words, "attempt")
        return Response(shapes.AttemptSerializer(attempt, context={"request": request}).data)


class StatesView(V1View):
    """Block states of an attempt."""

    @described(
        parameters=[shapes.BlockQuerySerializer],
        responses={200: shapes.BlockStatePage, **errors(*_IN_ATTEMPTS)},
        examples=[examples.STATES],
    )
    def get(self, request: Request, uuid: str) -> Response:
        """What the learner did in each block of an attempt, by plain keys, in the order of first saving."""
        attempt, query, page = _attempt_and_blocks(request, uuid, "states")
        return page_response(shapes.BlockStatePage, api.state_page(attempt, query, **page), request)


class GradesView(V1View):
    """Grades of an attempt."""

    @described(
        parameters=[shapes.BlockQuerySerializer],
        responses={200: shapes.GradePage, **errors(*_IN_ATTEMPTS)},
        examples=[examples.GRADES],
    )
    def get(self, request: Request, uuid: str) -> Response:
        """The course grade of an attempt, and its subsection grades by plain keys."""
        attempt, query, page = _attempt_and_blocks(request, uuid, "grades")
        course, subsections = api.grade_page(attempt, query, **page)
        return page_response(shapes.GradePage, subsections, request, course=course)


class CompletionView(V1View):
    """Block completion of an attempt."""

    @described(
        parameters=[shapes.BlockQuerySerializer],
        responses={200: shapes.CompletionPage, **errors(*_IN_ATTEMPTS)},
        examples=[examples.COMPLETION],
    )
    def get(self, request: Request, uuid: str) -> Response:
        """How far each block was completed in an attempt, by plain keys."""
        attempt, query, page = _attempt_and_blocks(request, uuid, "completion")
        return page_response(shapes.CompletionPage, api.completion_page(attempt, query, **page), request)


def _attempt_and_blocks(request: Request, uuid: str, resource: str) -> tuple[AttemptData, BlockQuery, dict[str, Any]]:
    words = query_words(shapes.BlockQuerySerializer, request)
    attempt = visible_attempt(request, uuid, "view_attempt_data", words, resource)
    query = BlockQuery(block_type=words.get("block_type"), block_key=words.get("block_id"))
    return attempt, query, {"cursor": words.get("cursor"), "size": words["page_size"]}


def _reach(request: Request, course_key: Any) -> Reach:
    """Where the caller may look; a course outside of it is refused by name, whether there is one or not."""
    reach = required_reach(request, "view_attempts")
    if course_key is not None and not reach.covers(course_key):
        required_role(request, "view_attempts", course_key=course_key)
    return reach


def _query(words: dict[str, Any]) -> AttemptQuery:
    names = ("learner", "org", "state", "number", "passed", "minimum_grade")
    times = ("opened_after", "opened_before", "archived_after", "archived_before")
    found = {name: words[name] for name in (*names, *times) if name in words}
    natural = (order for narrowing, order in _NATURAL_ORDERS if any(name in words for name in narrowing))
    order = words.get("ordering") or next(natural, "-created")
    return AttemptQuery(**found, course_key=words.get("course_id"), order=order)
