"""One shape for every error: ``{code, detail, reasons?: [{code, detail}]}``, and the status that goes with it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, UnreadablePostError
from rest_framework import exceptions as drf
from rest_framework.response import Response
from rest_framework.views import exception_handler

from attempts.exceptions import AttemptsError, BadRequest, Conflict, NotEligible, NotFound

_STATUS: tuple[tuple[type[AttemptsError], int], ...] = (
    (NotEligible, 422),
    (BadRequest, 400),
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
)


def error_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return the response for an error; None, and so a server error, for one that nobody foresaw.

    Args:
        error: what was raised in a view.
        context: the view and request, as the framework passes them.
    """
    if isinstance(error, AttemptsError):
        return _own_response(error)
    if isinstance(error, SuspiciousOperation | UnreadablePostError | RecursionError):
        error = drf.ParseError("The body of the request cannot be read.")
    response = exception_handler(error, context)
    if response is not None:
        code = next((code for kind, code in FRAMEWORK_CODES if isinstance(error, kind)), "error")
        response.data = {"code": code, "detail": _sentence(response.data)}
    return response


def _own_response(error: AttemptsError) -> Response | None:
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), None)
    if status is None:
        return None
    data: dict[str, Any] = {"code": error.code, "detail": _sendable(error.detail)}
    if isinstance(error, NotEligible):
        data["code"] = NotEligible.code
        data["reasons"] = [{"code": reason.code, "detail": _sendable(reason.detail)} for reason in error.reasons]
    return Response(data, status=status)


def _sentence(data: Any, field: str = "") -> str:
    """The framework's nested messages as one line that names the fields."""
    if isinstance(data, dict):
        nested = (
            _sentence(value, "" if name in ("detail", "non_field_errors") else str(name))
            for name, value in data.items()
        )
        return f"{field}: {' '.join(nested)}" if field else " ".join(nested)
    text = " ".join(_sentence(item) for item in data) if isinstance(data, list) else str(data)
    text = _sendable(text)
    return f"{field}: {text}" if field else text


def _sendable(text: str) -> str:
    """What was refused is quoted, and half a surrogate pair cannot be sent back."""
    return text.encode("utf-8", "replace").decode("utf-8")
