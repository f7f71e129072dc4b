"""One's own attempts."""

from __future__ import annotations

from rest_framework import status
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from attempts import api
from attempts.data import LEARNER_ROLE
from attempts.exceptions import OperationNotFound
from attempts_api.provenance import provenance_of
from attempts_api.v1 import examples
from attempts_api.v1.schema import CONFLICTS, COURSE_KEYS, IDEMPOTENCY_KEY, LOCATION, described, errors, write_errors
from attempts_api.v1.serializers.learners import OwnAttemptsSerializer
from attempts_api.v1.serializers.switches import OwnOperationRequestSerializer, OwnOperationSerializer
from attempts_api.v1.views.base import V1View, body_words, idempotency_key

_WORDS = ("comment_too_long", "invalid_idempotency_key")


class OwnAttemptsView(V1View):
    """One's own attempts, by course."""

    @described(
        responses={200: OwnAttemptsSerializer, **errors()},
        examples=[examples.OWN_ATTEMPTS],
    )
    def get(self, request: Request) -> Response:
        """Your own attempts in each of your courses, and what you may do about them."""
        shape = OwnAttemptsSerializer({"courses": api.courses(request.user)}, context={"request": request})
        return Response(shape.data)


class OwnOperationsView(V1View):
    """Switches of one's own attempts."""

    throttle_scope = "own"

    @described(
        parameters=[IDEMPOTENCY_KEY, LOCATION],
        request=OwnOperationRequestSerializer,
        responses={
            202: OwnOperationSerializer,
            **write_errors(*CONFLICTS, *COURSE_KEYS, *_WORDS, "course_not_found", "not_eligible"),
        },
        examples=[examples.OWN_REQUEST, examples.OWN_ACCEPTED],
    )
    def post(self, request: Request) -> Response:
        """Ask for a fresh start in a course of yours, or take the last one back.

        Where the policy of the course lets learners do so. What staff did, only staff can take back.
        """
        words = body_words(OwnOperationRequestSerializer, request)
        course_key = words["course_id"]
        if not api.effective_policy(course_key).learner_may_reset:
            raise PermissionDenied(f"The policy of {course_key} does not let learners reset themselves. Ask support.")
        options = {
            "requested_by": request.user,
            "comment": words["comment"],
            "idempotency_key": idempotency_key(request),
            "provenance": provenance_of(request, LEARNER_ROLE),
        }
        if words["kind"] == "reset":
            operation = api.request_reset(request.user, course_key, **options)
        else:
            # Whoever takes back her own reset knows what she has done since, and it is kept.
            operation = api.request_undo(request.user, course_key, override=("worked_since",), **options)
        shape = OwnOperationSerializer(operation, context={"request": request})
        return Response(shape.data, status=status.HTTP_202_ACCEPTED, headers={"Location": shape.data["url"]})


class OwnOperationView(V1View):
    """One switch of one's own attempts."""

    @described(
        responses={200: OwnOperationSerializer, **errors("operation_not_found")},
        examples=[examples.OWN_OPERATION],
    )
    def get(self, request: Request, uuid: str) -> Response:
        """How far an operation on your own attempts is, whoever asked for it."""
        operation = api.operation(uuid)
        if operation.learner.id != request.user.pk:
            raise OperationNotFound(uuid)
        return Response(OwnOperationSerializer(operation, context={"request": request}).data)
