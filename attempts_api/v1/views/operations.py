"""Switches: asking about one, asking for one, following it, and the list of all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from attempts import api
from attempts.data import OperationData, OperationQuery
from attempts.exceptions import AttemptNotFound, OperationNotFound
from attempts_api.access import required_reach, required_role, role_name
from attempts_api.audit import log_list, log_read
from attempts_api.provenance import provenance_of
from attempts_api.switches import ask_for, check_overrides, who_is_switched
from attempts_api.v1 import examples
from attempts_api.v1.schema import CONFLICTS, COURSE_KEYS, IDEMPOTENCY_KEY, LOCATION, described, errors, write_errors
from attempts_api.v1.serializers import switches as shapes
from attempts_api.v1.serializers.fields import StrictSerializer
from attempts_api.v1.views.base import V1View, body_words, idempotency_key, page_response, query_words

_NOT_FOUND = (*COURSE_KEYS, "learner_not_found", "course_not_found", "attempt_not_found")
_WORDS = ("comment_too_long", "invalid_idempotency_key", "unknown_override")


def _by_kind(name: str, kinds: Mapping[str, type[StrictSerializer]]) -> PolymorphicProxySerializer:
    return PolymorphicProxySerializer(name, dict(kinds), resource_type_field_name="kind")


class OperationsView(V1View):
    """Requested switches."""

    throttle_scope = "switch"

    @described(
        parameters=[shapes.OperationQuerySerializer],
        responses={200: shapes.OperationPage, **errors(*COURSE_KEYS, "learner_not_found", "invalid_cursor")},
        examples=[examples.OPERATIONS],
    )
    def get(self, request: Request) -> Response:
        """Resets, undos and activations in the courses that you may look into."""
        words = query_words(shapes.OperationQuerySerializer, request)
        reach = required_reach(request, "view_attempts")
        course_key = words.get("course_id")
        if course_key is not None and not reach.covers(course_key):
            required_role(request, "view_attempts", course_key=course_key)
        page = api.search_operations(
            operation_query(words), within=reach, cursor=words.get("cursor"), size=words["page_size"]
        )
        seen = {operation.learner.id for operation in page.items}
        log_list(request, "operations", role_name(reach), seen, course_id=course_key)
        return page_response(shapes.OperationPage, page, request)

    @described(
        parameters=[IDEMPOTENCY_KEY, LOCATION],
        request=_by_kind("OperationRequest", shapes.REQUESTS),
        responses={
            202: shapes.OperationSerializer,
            **write_errors(*CONFLICTS, *_WORDS, *_NOT_FOUND, "override_not_permitted", "not_eligible"),
        },
        examples=[examples.RESET_REQUEST, examples.ACTIVATE_REQUEST, examples.ENQUEUED],
    )
    def post(self, request: Request) -> Response:
        """Ask for a reset, an undo or an activation.

        It is carried out by a worker: follow `Location` until `status` is `complete` or `failed`. Send an
        `Idempotency-Key` to be able to repeat the request: the same key asks only once. Overriding reasons needs a role
        on the whole site; a course team may override `worked_since`.
        """
        words = _words_by_kind(shapes.REQUESTS, request)
        learner, course_key = _learner_and_course(request, words)
        role, found = who_is_switched(request, words["kind"], learner, course_key)
        check_overrides(request, words["kind"], words["override"])
        # What a refusal says of the learner is a look at her too.
        log_read(request, "request", role, learner=found.id, course_id=course_key)
        operation = _ask(request, words, learner, course_key, role)
        shape = shapes.OperationSerializer(operation, context={"request": request})
        return Response(shape.data, status=status.HTTP_202_ACCEPTED, headers={"Location": shape.data["url"]})


class PreviewView(V1View):
    """What a switch would do."""

    throttle_scope = "preview"

    @described(
        request=_by_kind("OperationQuestion", shapes.QUESTIONS),
        responses={
            200: shapes.PreviewSerializer,
            **write_errors(*_NOT_FOUND),
        },
        examples=[examples.PREVIEW_REQUEST, examples.PREVIEW],
    )
    def post(self, request: Request) -> Response:
        """Say what a switch would move, store by store, what stays, and every reason against it; nothing is written."""
        words = _words_by_kind(shapes.QUESTIONS, request)
        learner, course_key = _learner_and_course(request, words)
        role, _learner = who_is_switched(request, words["kind"], learner, course_key)
        found = api.preview(learner, course_key, kind=words["kind"], to=words.get("attempt"))
        log_read(request, "preview", role, learner=found.learner.id, course_id=course_key)
        return Response(shapes.PreviewSerializer(found).data)


class OperationView(V1View):
    """One operation."""

    @described(
        responses={200: shapes.OperationSerializer, **errors("operation_not_found")},
        examples=[examples.OPERATION],
    )
    def get(self, request: Request, uuid: str) -> Response:
        """How far an operation is: in each store, and as a whole."""
        reach = required_reach(request, "view_attempts")
        operation = api.operation(uuid)
        if not reach.covers(operation.course_key):
            raise OperationNotFound(uuid)
        log_read(request, "operation", role_name(reach), learner=operation.learner.id, course_id=operation.course_key)
        return Response(shapes.OperationSerializer(operation, context={"request": request}).data)


def _words_by_kind(kinds: Mapping[str, type[StrictSerializer]], request: Request) -> dict[str, Any]:
    return body_words(kinds[body_words(shapes.KindSerializer, request)["kind"]], request)


def _learner_and_course(request: Request, words: dict[str, Any]) -> tuple[Any, Any]:
    """Whom and what the request is about; an attempt's uuid says both where they are left out.

    Raises:
        AttemptNotFound: there is no such attempt, or none whose course the caller may look into.
    """
    if "learner" in words and "course_id" in words:
        return words["learner"], words["course_id"]
    reach = required_reach(request, "view_attempts")
    attempt = api.attempt(words["attempt"])
    if not reach.covers(attempt.course_key):
        raise AttemptNotFound(words["attempt"])
    return words.get("learner", attempt.learner.username), words.get("course_id", attempt.course_key)


def _ask(request: Request, words: dict[str, Any], learner: Any, course_key: Any, role: str) -> OperationData:
    options: dict[str, Any] = {
        "requested_by": request.user,
        "comment": words["comment"],
        "override": words["override"],
        "idempotency_key": idempotency_key(request),
        "provenance": provenance_of(request, role),
    }
    return ask_for(words["kind"], learner, course_key, words.get("attempt"), **options)


def operation_query(words: dict[str, Any]) -> OperationQuery:
    """Return which operations the words of an :class:`OperationQuerySerializer` ask for."""
    times = ("created_after", "created_before", "completed_after", "completed_before")
    names = ("learner", "org", "kind", "status", "requested_by", "attempt", *times)
    found = {name: words[name] for name in names if name in words}
    natural = "-completed_at" if {"completed_after", "completed_before"} & set(words) else "-created"
    return OperationQuery(**found, course_key=words.get("course_id"), order=words.get("ordering") or natural)
