"""The resources of version 1. Each view checks the caller, parses, and calls one function of :mod:`attempts.api`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.urls import reverse
from rest_framework import status
from rest_framework.exceptions import ParseError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from attempts import api
from attempts.data import OperationData
from attempts_api.v1 import serializers
from attempts_api.v1.errors import error_response
from attempts_api.v1.permissions import IsSupport


class AttemptsView(APIView):
    """What all views have in common: who may call them, and the shape of their errors."""

    permission_classes = (IsAuthenticated, IsSupport)

    def get_exception_handler(self) -> Callable[..., Response | None]:
        """Return our own handler, so that the host's setting does not decide the shape of our errors."""
        return error_response


class LearnerView(AttemptsView):
    """A learner, by username or e-mail address, and where she stands in each of her courses."""

    def get(self, request: Request, learner: str) -> Response:
        """Return the learner's courses with the active attempt, what stands against a reset, and the last operation."""
        found = {**asdict(api.learner(learner)), "courses": api.courses(learner)}
        return Response(serializers.LearnerSerializer(found).data)


class OperationsView(AttemptsView):
    """Requested switches."""

    def post(self, request: Request) -> Response:
        """Ask for a reset, an undo or an activation.

        Send an ``Idempotency-Key`` header to be able to repeat the request: the same key asks only once.
        """
        words = _parsed(serializers.OperationRequestSerializer, request)
        options = {
            "requested_by": request.user,
            "comment": words["comment"],
            "override": words["override"],
            "idempotency_key": request.headers.get("Idempotency-Key"),
        }
        operation = _ask(words, options)
        location = reverse("attempts_api:operation", kwargs={"uuid": operation.uuid})
        return Response(
            serializers.OperationSerializer(operation).data,
            status=status.HTTP_202_ACCEPTED,
            headers={"Location": request.build_absolute_uri(location)},
        )


class PreviewView(AttemptsView):
    """What a switch would do."""

    def post(self, request: Request) -> Response:
        """Say what a switch would move, store by store, and every reason against it; nothing is written."""
        words = _parsed(serializers.SwitchRequestSerializer, request)
        learner, course_id = _learner_and_course(words)
        found = api.preview(learner, course_id, kind=words["kind"], to=words.get("attempt"))
        return Response(serializers.PreviewSerializer(found).data)


class OperationView(AttemptsView):
    """One operation."""

    def get(self, request: Request, uuid: str) -> Response:
        """Return the operation and how far it is."""
        return Response(serializers.OperationSerializer(api.operation(uuid)).data)


def _parsed(serializer_class: type[serializers.SwitchRequestSerializer], request: Request) -> dict[str, Any]:
    try:
        data = request.data
    except RecursionError as error:
        raise ParseError("The JSON is nested too deeply.") from error
    serializer = serializer_class(data=data)
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data


def _learner_and_course(words: dict[str, Any]) -> tuple[Any, Any]:
    """Whom and what the request is about; an attempt's uuid says both where they are left out."""
    if "learner" in words and "course_id" in words:
        return words["learner"], words["course_id"]
    attempt = api.attempt(words["attempt"])
    return words.get("learner", attempt.learner.username), words.get("course_id", attempt.course_key)


def _ask(words: dict[str, Any], options: dict[str, Any]) -> OperationData:
    learner, course_id = _learner_and_course(words)
    if words["kind"] == "activate":
        return api.request_activate(learner, course_id, words["attempt"], **options)
    ask = api.request_reset if words["kind"] == "reset" else api.request_undo
    return ask(learner, course_id, **options)
