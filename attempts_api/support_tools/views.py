"""``support/course_reset/<username or e-mail>``: fields, texts, codes and their order are those of the platform.

The differences are in ``docs/support_tools.rst``: a completed reset blocks only where the policy says so; a comment
that does not fit is refused with 400; a second request while one is in flight never makes a second reset.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponseForbidden
from django.http.response import HttpResponseBase
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey
from rest_framework import status
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler

from attempts import api
from attempts.data import CourseStanding
from attempts.exceptions import AttemptsError, CommentTooLong, LearnerNotFound
from attempts.sendable import sendable_text
from attempts_api.audit import log_read
from attempts_api.errors import of_the_framework
from attempts_api.provenance import provenance_of
from attempts_api.support_tools.statuses import operation_status, status_of
from attempts_api.views import AttemptsView


class CourseResetView(AttemptsView):
    """Resets of one learner, as the Support Tools list them and ask for them."""

    throttle_scope = "switch"
    parser_classes = (JSONParser, FormParser, MultiPartParser)
    schema = None

    def get_exception_handler(self) -> Callable[..., Response | None]:
        """Return a handler whose errors have the shape that the platform's have here, which is the framework's own."""
        return _error_response

    def get(self, request: Request, username_or_email: str | None = None) -> HttpResponseBase:
        """List the learner's active enrolments in courses for which resets are switched on."""
        role = api.role_for(request.user, "view_attempts")
        if role is None:
            return HttpResponseForbidden()
        try:
            learner = api.learner(username_or_email or "")
        except LearnerNotFound:
            return Response([])
        log_read(request, "course_reset", role, learner=learner.id)
        found = [one for one in api.courses(learner.id) if one.is_enrolled and one.policy.active]
        return Response([_item(standing) for standing in found])

    def post(self, request: Request, username_or_email: str | None = None) -> HttpResponseBase:
        """Ask for a reset. The first thing that is wrong is answered, in the platform's order."""
        role = api.role_for(request.user, "reset")
        if role is None:
            return HttpResponseForbidden()
        words = request.data if isinstance(request.data, dict) else {}
        if "course_id" not in words:
            return _error("Must specify course id")
        try:
            course_key = CourseKey.from_string(words["course_id"])
        except (InvalidKeyError, TypeError, AttributeError):
            return _error("invalid course id")
        try:
            learner = api.learner(username_or_email or "")
        except LearnerNotFound:
            return _error("User does not exist", status.HTTP_404_NOT_FOUND)
        if not _is_switched_on(course_key):
            return _error("Course is not eligible", status.HTTP_404_NOT_FOUND)
        standing = _standing(learner.id, course_key)
        if standing is None:
            return _not_enrolled()
        log_read(request, "course_reset", role, learner=learner.id, course_id=standing.course_key)
        can_reset, text = status_of(standing)
        if not can_reset:
            return _error(f"Cannot reset course: {text}")
        return self._reset(request, role, words, standing)

    def _reset(self, request: Request, role: str, words: dict[str, Any], standing: CourseStanding) -> Response:
        comment = "" if words.get("comment") is None else words["comment"]
        if not isinstance(comment, str) or "\x00" in comment or sendable_text(comment) != comment:
            return _error("The comment is not a text")
        learner_id, course_key = standing.active_attempt.learner.id, standing.course_key
        came = provenance_of(request, role)
        try:
            operation = api.request_reset(
                learner_id, course_key, requested_by=request.user, comment=comment, provenance=came
            )
        except CommentTooLong as error:
            return _error(error.detail)
        except AttemptsError:
            # Somebody was quicker: what stands in the way now is in the status.
            now = _standing(learner_id, course_key)
            return _error(f"Cannot reset course: {status_of(now)[1]}") if now else _not_enrolled()
        answer = {
            "course_id": words["course_id"],
            "status": operation_status(operation),
            "can_reset": False,
            "comment": operation.comment,
            "display_name": standing.display_name,
        }
        return Response(answer, status=status.HTTP_201_CREATED)


def _item(standing: CourseStanding) -> dict[str, Any]:
    can_reset, text = status_of(standing)
    return {
        "course_id": str(standing.course_key),
        "display_name": standing.display_name,
        "can_reset": can_reset,
        "comment": standing.last_operation.comment if standing.last_operation else "",
        "status": text,
    }


def _is_switched_on(course_key: CourseKey) -> bool:
    try:
        return api.effective_policy(course_key).active
    except AttemptsError:
        return False


def _standing(learner_id: int, course_key: CourseKey) -> CourseStanding | None:
    found = (one for one in api.courses(learner_id) if one.course_key == course_key and one.is_enrolled)
    return next(found, None)


def _not_enrolled() -> Response:
    return _error("Learner is not enrolled in course", status.HTTP_404_NOT_FOUND)


def _error_response(error: Exception, context: dict[str, Any]) -> Response | None:
    return exception_handler(of_the_framework(error), context)


def _error(text: str, code: int = status.HTTP_400_BAD_REQUEST) -> Response:
    return Response({"error": text}, status=code)
