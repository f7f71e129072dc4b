"""One shape for every error: ``{code, detail, reasons?: [{code, detail}]}``, and the status that goes with it."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from rest_framework import exceptions as drf
from rest_framework.response import Response
from rest_framework.views import exception_handler

from attempts import exceptions
from attempts.exceptions import AttemptsError, Conflict, NotEligible, NotFound
from attempts.sendable import sendable_text

log = logging.getLogger(__name__)

_STATUS: tuple[tuple[type[AttemptsError], int], ...] = (
    (NotEligible, 422),
    (exceptions.BadRequest, 400),
    (NotFound, 404),
    (Conflict, 409),
)


class BodyTooLarge(drf.APIException):
    """The request's body is longer than is read."""

    status_code = 413
    default_code = "body_too_large"

    def __init__(self, limit: int) -> None:
        super().__init__(f"The body of a request has at most {limit} bytes.")


class OverrideNotPermitted(drf.PermissionDenied):
    """The caller may ask for the switch, but not in spite of these reasons."""

    default_code = "override_not_permitted"


class DatabaseUnavailable(drf.APIException):
    """The database is away, or somebody else was in the way for too long.

    Attributes:
        wait: seconds to wait, for ``Retry-After``.
    """

    status_code = 503
    default_code = "database_unavailable"
    default_detail = "The database did not answer. Ask again; with the same idempotency key nothing is done twice."
    wait = 5


#: What the framework raises, by its most special class first, and the code it has here.
FRAMEWORK_CODES: tuple[tuple[type[Exception], str], ...] = (
    (BodyTooLarge, "body_too_large"),
    (OverrideNotPermitted, "override_not_permitted"),
    (drf.ValidationError, "invalid_request"),
    (drf.ParseError, "invalid_request"),
    (drf.NotAuthenticated, "not_authenticated"),
    (drf.AuthenticationFailed, "not_authenticated"),
    (drf.PermissionDenied, "permission_denied"),
    (PermissionDenied, "permission_denied"),
    (drf.NotFound, "not_found"),
    (Http404, "not_found"),
    (drf.MethodNotAllowed, "method_not_allowed"),
    (drf.NotAcceptable, "not_acceptable"),
    (drf.UnsupportedMediaType, "unsupported_media_type"),
    (drf.Throttled, "throttled"),
    (DatabaseUnavailable, "database_unavailable"),
)
#: What the framework and the ways to log in raise about a request that they cannot make sense of.
UNREADABLE = (BadRequest, MultiPartParserError, RecursionError, SuspiciousOperation, UnreadablePostError)
#: What the database says when its connection was lost, or a lock was not to be had.
_UNAVAILABLE = (OperationalError, InterfaceError)


def error_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return the response for an error; None, and so a server error, for one that nobody foresaw.

    Args:
        error: what was raised in a view.
        context: the view and request, as the framework passes them.
    """
    if isinstance(error, AttemptsError):
        return _own_response(error)
    error = of_the_framework(error)
    code = next((code for kind, code in FRAMEWORK_CODES if isinstance(error, kind)), None)
    response = exception_handler(error, context) if code else None
    if response is not None:
        response.data = {"code": code, "detail": sendable_text(sentence_of(response.data))}
    return response


def of_the_framework(error: Exception) -> Exception:
    """Return the framework's error for what a request, or the database, did to us; any other as it is."""
    if isinstance(error, UNREADABLE):
        return drf.ParseError("The request cannot be read.")
    if isinstance(error, _UNAVAILABLE):
        # Where it happened and its number, for whoever has to mend it; its text may have a row in it.
        number = next((one for one in error.args[:1] if isinstance(one, int)), "")
        told = (type(error), type(error)(), error.__traceback__)
        log.error("attempts: the database refused a request: %s %s", type(error).__name__, number, exc_info=told)
        return DatabaseUnavailable()
    return error


def status_of(error: AttemptsError) -> int | None:
    """Return the HTTP status for an error of ours, None if it is no fault of the caller's."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), None)


def _own_response(error: AttemptsError) -> Response | None:
    status = status_of(error)
    if status is None:
        return None
    data: dict[str, Any] = {"code": error.code, "detail": sendable_text(error.detail)}
    if isinstance(error, NotEligible):
        data["code"] = NotEligible.code
        data["reasons"] = [{"code": reason.code, "detail": sendable_text(reason.detail)} for reason in error.reasons]
    return Response(data, status=status)


def sentence_of(data: Any, field: str = "") -> str:
    """Return the framework's nested messages as one line that names the fields."""
    if isinstance(data, dict):
        nested = (
            sentence_of(value, "" if name in ("detail", "non_field_errors") else str(name))
            for name, value in data.items()
        )
        return f"{field}: {' '.join(nested)}" if field else " ".join(nested)
    text = " ".join(sentence_of(item) for item in data) if isinstance(data, list) else str(data)
    return f"{field}: {text}" if field else text
