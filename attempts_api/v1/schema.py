"""How version 1 describes itself: errors, headers and links that every operation of the schema shares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import Direction, OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from attempts_api.v1 import examples
from attempts_api.v1.error_codes import ERROR_CODES
from attempts_api.v1.serializers.errors import ErrorSerializer
from attempts_api.v1.serializers.fields import (
    COURSE_KEY_PATTERN,
    ID_PATTERN,
    IDEMPOTENCY_KEY_LENGTH,
    IDEMPOTENCY_KEY_PATTERN,
    KEY_LENGTH,
    LEARNER_LENGTH,
    ORG_LENGTH,
    StrictSerializer,
    TextInput,
)

F = TypeVar("F", bound=Callable[..., Any])
_ROOT = "/api/attempts/v1/"
#: What errors are, whatever the answer would have been.
_JSON = "application/json"
#: What may be wrong with any request for a switch that somebody else's request stands in the way of.
CONFLICTS = ("operation_in_flight", "idempotency_mismatch")
#: What may be wrong with a word that names a course.
COURSE_KEYS = ("invalid_course_key", "deprecated_course_key")
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": IDEMPOTENCY_KEY_LENGTH, "pattern": IDEMPOTENCY_KEY_PATTERN},
    OpenApiParameter.HEADER,
    description="The same key from the same caller asks for the same thing only once. 1 to 255 printable characters "
    "of ASCII, without blanks at its ends.",
)
LOCATION = OpenApiParameter(
    "Location",
    OpenApiTypes.URI,
    OpenApiParameter.HEADER,
    description="Where to follow the operation.",
    required=True,
    response=[202],
)
CONTENT_DISPOSITION = OpenApiParameter(
    "Content-Disposition",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="That it is a file to be kept, and what to call it.",
    required=True,
    response=[200],
)
_REQUEST_ID = OpenApiParameter(
    "X-Request-ID",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="Under which id the request is logged: the caller's, or one made for it.",
    required=True,
    response=True,
)
_RETRY_AFTER = OpenApiParameter(
    "Retry-After",
    OpenApiTypes.INT,
    OpenApiParameter.HEADER,
    description="Seconds to wait.",
    required=True,
    response=[429, 503],
)
#: What goes into a path, by name: what it looks like, what it is, and an example.
_IN_PATHS: Mapping[str, tuple[Any, str, str]] = {
    "{learner": (
        {"type": "string", "minLength": 1, "maxLength": LEARNER_LENGTH},
        "Username or e-mail address.",
        examples.LEARNER_NAME,
    ),
    "{org": (
        {"type": "string", "maxLength": ORG_LENGTH, "pattern": f"^{ID_PATTERN}$"},
        "An organisation, as course keys have it.",
        examples.ORG,
    ),
    "{course_id": (
        {"type": "string", "maxLength": KEY_LENGTH, "pattern": COURSE_KEY_PATTERN},
        "Plain course key, percent-encoded or not.",
        examples.COURSE,
    ),
    "attempts/{uuid": (OpenApiTypes.UUID, "The attempt.", examples.ATTEMPT_UUID),
    "compare/{other": (OpenApiTypes.UUID, "Another attempt of the same learner and course.", examples.OTHER_UUID),
    "exports/{uuid": (OpenApiTypes.UUID, "The export.", examples.EXPORT_UUID),
    "operations/{uuid": (OpenApiTypes.UUID, "The operation.", examples.OPERATION_UUID),
}
_OF_THE_FIRST = {"uuid": "/results/0/uuid"}
_OF_THE_ATTEMPT = {"uuid": "/uuid", "learner": "/learner", "course_id": "/course_id"}
#: What to do next with an answer, by operation and status: under a name, the operation to call, and for each of its
#: parameters, in the path or the query, where it is in the answer.
_LINKS: Mapping[tuple[str, str], Mapping[str, tuple[str, Mapping[str, str]]]] = {
    ("post_operations", "202"): {
        "follow": ("get_operation", {"uuid": "/uuid"}),
        "learner": ("get_learner", {"learner": "/learner"}),
    },
    ("get_operation", "200"): {
        "archived": ("get_attempt", {"uuid": "/from_attempt"}),
        "active": ("get_attempt", {"uuid": "/to_attempt"}),
        "compare": ("get_attempt_compare", {"uuid": "/from_attempt", "other": "/to_attempt"}),
    },
    ("get_operations", "200"): {"operation": ("get_operation", _OF_THE_FIRST)},
    ("get_attempts", "200"): {
        "attempt": ("get_attempt", _OF_THE_FIRST),
        "states": ("get_attempt_states", _OF_THE_FIRST),
        "grades": ("get_attempt_grades", _OF_THE_FIRST),
        "completion": ("get_attempt_completion", _OF_THE_FIRST),
        "appeal_pack": ("get_attempt_appeal-pack", _OF_THE_FIRST),
        "learner": ("get_learner", {"learner": "/results/0/learner"}),
    },
    ("get_attempt", "200"): {
        "states": ("get_attempt_states", _OF_THE_ATTEMPT),
        "grades": ("get_attempt_grades", _OF_THE_ATTEMPT),
        "completion": ("get_attempt_completion", _OF_THE_ATTEMPT),
        "appeal_pack": ("get_attempt_appeal-pack", _OF_THE_ATTEMPT),
        "operations": ("get_operations", {"attempt": "/uuid"}),
    },
    ("get_learner", "200"): {
        "attempts": ("get_attempts", {"learner": "/username"}),
        "operations": ("get_operations", {"learner": "/username"}),
        "policy": ("get_policies_course", {"course_id": "/courses/0/course_id"}),
    },
    ("post_exports", "202"): {"follow": ("get_export", {"uuid": "/uuid"})},
    ("get_exports", "200"): {"export": ("get_export", _OF_THE_FIRST)},
    ("get_policies_org", "200"): {"history": ("get_policies_org_history", {"org": "/org"})},
    ("get_policies_course", "200"): {"history": ("get_policies_course_history", {"course_id": "/course_id"})},
    ("post_me_operations", "202"): {"follow": ("get_me_operation", {"uuid": "/uuid"})},
    ("get_me_attempts", "200"): {"follow": ("get_me_operation", {"uuid": "/courses/0/last_operation/uuid"})},
}
#: What any operation may answer, whatever it is about.
_ALWAYS = ("not_authenticated", "permission_denied", "not_acceptable", "invalid_request", "database_unavailable")
_WITH_BODY = ("body_too_large", "unsupported_media_type", "throttled")


def errors(*codes: str) -> dict[tuple[int, str], Any]:
    """Return the error responses of an operation, by status and form, with an example of each code.

    Args:
        codes: what it may answer beside what every operation may.
    """
    by_status: dict[int, list[str]] = defaultdict(list)
    for code in dict.fromkeys((*_ALWAYS, *codes)):
        by_status[ERROR_CODES[code].status].append(code)
    return {(status, _JSON): _response(found) for status, found in sorted(by_status.items())}


def write_errors(*codes: str) -> dict[tuple[int, str], Any]:
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


def _in_path(name: str, schema: Any, description: str, example: str) -> OpenApiParameter:
    return OpenApiParameter(
        name.rpartition("{")[2],
        schema,
        OpenApiParameter.PATH,
        description=description,
        examples=[OpenApiExample("example", value=example)],
    )


def _link(target: str, words: Mapping[str, str]) -> dict[str, Any]:
    parameters = {word: f"$response.body#{pointer}" for word, pointer in words.items()}
    return {"operationId": target, "parameters": parameters}


class VersionOneSchema(AutoSchema):
    """Adds what every operation of version 1 has."""

    def get_tags(self) -> list[str]:
        """Return the resource, the first word of the path."""
        return [self.path.removeprefix(_ROOT).split("/")[0]]

    def get_operation_id(self) -> str:
        """Return the method and the words of the path; one of many, which a parameter names, is singular."""
        words: list[str] = []
        for word in self.path.removeprefix(_ROOT).strip("/").split("/"):
            if word.startswith("{"):
                words[-1] = words[-1].removesuffix("s")
            else:
                words.append(word)
        return "_".join([self.method.lower(), *words])

    def get_summary(self) -> str:
        """Return the first sentence of the method's docstring."""
        return super().get_description().partition("\n\n")[0].removesuffix(".")

    def get_description(self) -> str:  # type: ignore[override] # as in the library
        """Return the rest of it."""
        return super().get_description().partition("\n\n")[2]

    def get_override_parameters(self) -> list[Any]:
        """Return what is in the path, and the headers of every answer."""
        in_path = [_in_path(name, *words) for name, words in _IN_PATHS.items() if f"{name}}}" in self.path]
        return [*super().get_override_parameters(), *in_path, _REQUEST_ID, _RETRY_AFTER]

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """Return the operation, with links to what can be done next."""
        operation = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        if "requestBody" in operation:
            operation["requestBody"]["required"] = True
        for status, response in operation["responses"].items():
            response["description"] = response["description"] or HTTPStatus(int(status)).phrase
            links = _LINKS.get((operation["operationId"], status), {})
            if links:
                response["links"] = {name: _link(*link) for name, link in links.items()}
        return operation


class StrictSerializerExtension(OpenApiSerializerExtension):
    """Says of the caller's words that there are no others, and what texts look like."""

    target_class = StrictSerializer
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        """Return the schema."""
        found = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        for name, field in self.target.fields.items():
            shape = found["properties"][name]
            if isinstance(field, TextInput):
                shape |= field.shape
            elif isinstance(getattr(field, "child", None), TextInput):
                shape["items"] |= field.child.shape
        return {**found, "additionalProperties": False}


def described(**words: Any) -> Callable[[F], F]:
    """Return the decorator that describes a method of a view; arguments are those of ``extend_schema``.

    The library builds on the host's default schema class unless the method names another.
    """

    def decorate(method: F) -> F:
        method.schema = VersionOneSchema  # type: ignore[attr-defined]
        return extend_schema(**words)(method)

    return decorate
