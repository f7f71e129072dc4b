"""One's own attempts."""

from __future__ import annotations

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from attempts import api
from attempts_api.own import ask_for_own, own_operation
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
        operation = ask_for_own(
            request,
            words["kind"],
            words["course_id"],
            comment=words["comment"],
            idempotency_key=idempotency_key(request),
        )
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
        shape = OwnOperationSerializer(own_operation(request, uuid), context={"request": request})
        return Response(shape.data)
