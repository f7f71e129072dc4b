"""What the views of version 1 share: parsing words, and making pages."""

from __future__ import annotations

import re
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.utils.urls import remove_query_param, replace_query_param

from attempts.data import Page
from attempts.exceptions import InvalidIdempotencyKey
from attempts_api.v1.schema import IDEMPOTENCY_KEY, VersionOneSchema
from attempts_api.v1.serializers.fields import IDEMPOTENCY_KEY_LENGTH, IDEMPOTENCY_KEY_PATTERN
from attempts_api.views import AttemptsView

_IDEMPOTENCY_KEY = re.compile(IDEMPOTENCY_KEY_PATTERN)


class V1View(AttemptsView):
    """A view of version 1."""

    schema = VersionOneSchema()


def body_words(serializer_class: type[Serializer], request: Request) -> dict[str, Any]:
    """Return the validated words of a request's body.

    Raises:
        ValidationError, ParseError, AttemptsError: they are wrong.
    """
    if not int(request.META.get("CONTENT_LENGTH") or 0):
        raise ParseError("The request has no body.")
    try:
        data = request.data
    except RecursionError as error:
        raise ParseError("The JSON is nested too deeply.") from error
    return _validated(serializer_class, data, request)


def idempotency_key(request: Request) -> str | None:
    """Return the idempotency key of a request, None if it has none.

    Raises:
        InvalidIdempotencyKey: it is none.
    """
    key = request.headers.get(IDEMPOTENCY_KEY.name)
    if key is not None and not _IDEMPOTENCY_KEY.fullmatch(key):
        raise InvalidIdempotencyKey(IDEMPOTENCY_KEY_LENGTH)
    return key


def query_words(serializer_class: type[Serializer], request: Request) -> dict[str, Any]:
    """Return the validated words of a request's query.

    Raises:
        ValidationError, AttemptsError: they are wrong.
    """
    return _validated(serializer_class, request.query_params, request)


def _validated(serializer_class: type[Serializer], data: Any, request: Request) -> dict[str, Any]:
    serializer = serializer_class(data=data, context={"request": request})
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data


def page_response(page_class: type[Serializer], page: Page[Any], request: Request, **more: Any) -> Response:
    """Return the response for a page.

    Args:
        page_class: its serializer.
        page: the page.
        request: the request, whose address the neighbouring pages have but for the cursor.
        more: what the page says beside its items.
    """
    found = {
        "next": _address(request, page.next),
        "previous": _address(request, page.previous),
        **more,
        "results": page.items,
    }
    return Response(page_class(found, context={"request": request}).data)


def _address(request: Request, cursor: str | None) -> str | None:
    if cursor is None:
        return None
    return replace_query_param(remove_query_param(request.build_absolute_uri(), "cursor"), "cursor", cursor)
