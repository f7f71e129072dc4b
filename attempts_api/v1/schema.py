"""How version 1 describes itself: errors, headers and links that every operation of the schema shares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from attempts_api.v1.error_codes import ERROR_CODES
from attempts_api.v1.serializers.errors import ErrorSerializer

F = TypeVar("F", bound=Callable[..., Any])
#: What may be wrong with any request for a switch that somebody else's request stands in the way of.
CONFLICTS = ("operation_in_flight", "idempotency_mismatch")
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The same key from the same caller asks for the same thing only once. 1 to 255 characters.",
)
LOCATION = OpenApiParameter(
    "Location", OpenApiTypes.URI, OpenApiParameter.HEADER, description="Where to follow the operation.", response=[202]
)
_REQUEST_ID = OpenApiParameter(
    "X-Request-ID",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="Under which id the request is logged: the caller's, or one made for it.",
    response=True,
)
_RETRY_AFTER = OpenApiParameter(
    "Retry-After", OpenApiTypes.INT, OpenApiParameter.HEADER, description="Seconds to wait.", response=[429]
)
#: What to do next with an answer, by operation, status and a name: the operation to call, and what goes in its path.
_LINKS = {
    ("post_operations", "202"): {"follow": ("get_operations_uuid", "uuid", "/uuid")},
    ("post_me_operations", "202"): {"follow": ("get_me_operations_uuid", "uuid", "/uuid")},
    ("get_attempts", "200"): {
        "attempt": ("get_attempts_uuid", "uuid", "/results/0/uuid"),
        "states": ("get_attempts_uuid_states", "uuid", "/results/0/uuid"),
        "grades": ("get_attempts_uuid_grades", "uuid", "/results/0/uuid"),
        "completion": ("get_attempts_uuid_completion", "uuid", "/results/0/uuid"),
        "learner": ("get_learners_learner", "learner", "/results/0/learner"),
    },
    ("get_operations", "200"): {"operation": ("get_operations_uuid", "uuid", "/results/0/uuid")},
}
#: What any operation may answer, whatever it is about.
_ALWAYS = (
    *("not_authenticated", "permission_denied", "not_acceptable"),
    *("invalid_request", "invalid_course_key", "deprecated_course_key"),
)
_WITH_BODY = ("body_too_large", "unsupported_media_type", "throttled")


def errors(*codes: str) -> dict[int, Any]:
    """Return the error responses of an operation, by status, with an example of each code.

    Args:
        codes: what it may answer beside what every operation may.
    """
    by_status: dict[int, list[str]] = defaultdict(list)
    for code in dict.fromkeys((*_ALWAYS, *codes)):
        by_status[ERROR_CODES[code].status].append(code)
    return {status: _response(found) for status, found in sorted(by_status.items())}


def write_errors(*codes: str) -> dict[int, Any]:
    """Return the error responses of an operation that takes a body; arguments are those of :func:`errors`."""
    return errors(*_WITH_BODY, *codes)


def _response(codes: list[str]) -> OpenApiResponse:
    return OpenApiResponse(
        ErrorSerializer,
        description=" ".join(f"`{code}`: {ERROR_CODES[code].meaning}" for code in codes),
        examples=[_example(code) for code in codes],
    )


def _example(code: str) -> OpenApiExample:
    return OpenApiExample(code, value=ERROR_CODES[code].example(code), response_only=True)


class VersionOneSchema(AutoSchema):
    """Adds what every operation of version 1 has."""

    def get_tags(self) -> list[str]:
        """Return the resource, the first word of the path."""
        return [self.path.removeprefix("/api/attempts/v1/").split("/")[0]]

    def get_operation_id(self) -> str:
        """Return the method and the words of the path."""
        words = self.path.removeprefix("/api/attempts/v1/").strip("/").replace("{", "").replace("}", "").split("/")
        return "_".join([self.method.lower(), *words])

    def get_override_parameters(self) -> list[Any]:
        """Return the headers of every answer."""
        return [*super().get_override_parameters(), _REQUEST_ID, _RETRY_AFTER]

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """Return the operation, with links to what can be done next."""
        operation = super().get_operation(*args, **kwargs)
        for (operation_id, status), links in _LINKS.items():
            if operation and operation["operationId"] == operation_id:
                operation["responses"][status]["links"] = {
                    name: {"operationId": target, "parameters": {parameter: f"$response.body#{pointer}"}}
                    for name, (target, parameter, pointer) in links.items()
                }
        return operation


def described(**words: Any) -> Callable[[F], F]:
    """Return the decorator that describes a method of a view; arguments are those of ``extend_schema``.

    The library builds on the host's default schema class unless the method names another.
    """

    def decorate(method: F) -> F:
        method.schema = VersionOneSchema  # type: ignore[attr-defined]
        return extend_schema(**words)(method)

    return decorate
