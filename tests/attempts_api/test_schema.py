"""The schema: up to date, well formed, and true to the list of error codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import drf_spectacular
import pytest
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator
from rest_framework import exceptions as drf
from rest_framework.test import APIClient

from attempts import exceptions
from attempts.exceptions import AttemptsError, NotEligible
from attempts_api.errors import (
    FRAMEWORK_CODES,
    BodyTooLarge,
    DatabaseUnavailable,
    OverrideNotPermitted,
    error_response,
)
from attempts_api.v1.error_codes import ERROR_CODES
from attempts_api.v1.openapi import schema_document
from attempts_api.v1.views.schema import SCHEMA_FILE
from tests.attempts_api.conftest import ROOT

DOCUMENT = json.loads(SCHEMA_FILE.read_text())
OPERATIONS = [
    (method, path, operation) for path, methods in DOCUMENT["paths"].items() for method, operation in methods.items()
]
BY_ID = {operation["operationId"]: operation for _method, _path, operation in OPERATIONS}
#: Errors that no request can meet: waiting, deleting, writing to what is archived, naming a directory, making views and
#: handing work over again are no part of the API, it is not in Studio, and who changes a policy by it does not say how
#: the policy was shown.
INSIDE = {
    exceptions.BrokerUnavailable,
    exceptions.PolicyChanged,
    exceptions.NotInStudio,
    exceptions.OperationFailed,
    exceptions.DeletionRefused,
    exceptions.AttemptActive,
    exceptions.AttemptArchived,
    exceptions.ExportDirectoryUnfit,
    exceptions.FollowUpNotFound,
    exceptions.RestorationRefused,
    exceptions.RowsInTheWay,
    exceptions.ViewsRefused,
}
FRAMEWORK_ERRORS = [
    BodyTooLarge(1),
    OverrideNotPermitted("x"),
    drf.ValidationError({"kind": ["x"]}),
    drf.ParseError(),
    drf.NotAuthenticated(),
    drf.AuthenticationFailed(),
    drf.PermissionDenied(),
    PermissionDenied(),
    drf.NotFound(),
    Http404(),
    drf.MethodNotAllowed("DELETE"),
    drf.NotAcceptable(),
    drf.UnsupportedMediaType("x"),
    drf.Throttled(12),
    DatabaseUnavailable(),
]
UNREADABLE = [
    BadRequest(),
    MultiPartParserError(),
    RecursionError(),
    SuspiciousOperation(),
    UnreadablePostError(),
]


def examples() -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Return every example of the document, with its place and its schema."""
    for method, path, operation in OPERATIONS:
        places = [(f"{method} {path} {one['name']}", one) for one in operation.get("parameters", ())]
        bodies = [("request", operation.get("requestBody", {})), *operation["responses"].items()]
        for status, body in bodies:
            places += [(f"{method} {path} {status} {kind}", one) for kind, one in body.get("content", {}).items()]
        for place, described in places:
            for name, example in described.get("examples", {}).items():
                yield f"{place} {name}", described["schema"], example["value"]


def own_errors(kind: type[AttemptsError] = AttemptsError) -> Iterator[type[AttemptsError]]:
    """Return every error of the package that is raised as such."""
    for error in kind.__subclasses__():
        if "code" in vars(error):
            yield error
        yield from own_errors(error)


#: The document is made with the release that the locks name. Older ones, which serve as well beside the packages, word
#: some of it otherwise.
made_with_this_release = pytest.mark.skipif(
    tuple(map(int, drf_spectacular.__version__.split(".")[:2])) < (0, 30), reason="an older drf-spectacular"
)


@made_with_this_release
def test_the_stored_document_is_up_to_date() -> None:
    """Else: scripts/make_schema.py."""
    assert schema_document() == SCHEMA_FILE.read_text()


@made_with_this_release
def test_the_script_says_whether_it_is(tmp_path: Path) -> None:
    """By its exit code, and without writing."""
    script = Path(__file__).parents[2] / "scripts" / "make_schema.py"
    environment = {**os.environ, "SANDBOX_VAR": str(tmp_path)}
    before = SCHEMA_FILE.stat().st_mtime_ns
    found = subprocess.run([sys.executable, script, "--check"], env=environment, capture_output=True, check=False)
    assert (found.returncode, found.stdout, found.stderr) == (0, b"", b"")
    assert SCHEMA_FILE.stat().st_mtime_ns == before


@made_with_this_release
def test_the_host_has_no_say_in_it(settings: Any) -> None:
    """Its own settings for its own schema are not ours."""
    settings.SPECTACULAR_SETTINGS = {"TITLE": "LMS", "COMPONENT_SPLIT_REQUEST": True, "OAS_VERSION": "3.0.3"}
    assert schema_document() == SCHEMA_FILE.read_text()


def test_it_is_valid() -> None:
    """As OpenAPI, and each shape as JSON Schema."""
    validate_schema(DOCUMENT)
    for shape in DOCUMENT["components"]["schemas"].values():
        Draft202012Validator.check_schema(shape)
    leftover = {key for key in keys(DOCUMENT) if key.startswith("x-") or key == "nullable"}
    assert not leftover, "version 3.1 says null by type; the library's own marks are not for others"


def keys(value: Any) -> Iterator[str]:
    """Return every key of every object in a value."""
    if isinstance(value, dict):
        yield from value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from keys(one)


@pytest.mark.parametrize(("place", "shape", "value"), [pytest.param(*one, id=one[0]) for one in examples()])
def test_every_example_fits(place: str, shape: dict[str, Any], value: Any) -> None:
    """Its schema, formats included."""
    whole = {**shape, "components": DOCUMENT["components"]}
    Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)


def test_every_operation_has_examples() -> None:
    """Of what is sent and of what comes back, but for files."""
    for _method, path, operation in OPERATIONS:
        done = next(one for status, one in operation["responses"].items() if status.startswith("2"))
        if "Content-Disposition" not in done["headers"]:
            assert done["content"]["application/json"]["examples"], path
        if "requestBody" in operation:
            assert operation["requestBody"]["content"]["application/json"]["examples"], path


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS)
def test_every_operation_says_what_may_go_wrong(method: str, path: str, operation: dict[str, Any]) -> None:
    """With a code of the closed list, under the status of that code, and an example of each."""
    statuses = {int(status) for status in operation["responses"]}
    assert {400, 401, 403, 406} <= statuses
    with_body = {413, 415, 429}
    writes = with_body if "requestBody" in operation else {413, 429} if method == "post" else set()
    assert with_body & statuses == writes
    assert ("{" in path) <= (404 in statuses)
    for status, response in operation["responses"].items():
        assert response["description"]
        assert "X-Request-ID" in response["headers"]
        if int(status) >= 400:
            codes = [one["value"]["code"] for one in response["content"]["application/json"]["examples"].values()]
            assert codes
            assert {ERROR_CODES[code].status for code in codes} == {int(status)}
            assert all(f"`{code}`" in response["description"] for code in codes)


def test_files_are_told_from_json() -> None:
    """By their own type and as bytes, so that a client does not parse them; their errors are JSON as everywhere."""
    found = 0
    for _method, path, operation in OPERATIONS:
        for status, response in operation["responses"].items():
            if list(response["content"]) != ["application/json"]:
                found += 1
                assert (path.endswith(("/appeal-pack/", "/file/")), status) == (True, "200")
                assert response["content"] == {"application/zip": {"schema": {"type": "string", "format": "binary"}}}
                assert response["headers"]["Content-Disposition"]["required"]
    assert found == 2


def test_every_operation_can_be_called_by_a_generated_client() -> None:
    """It has a name of its own, a summary, a tag that is described, and bodies that say what they take."""
    assert len(BY_ID) == len(OPERATIONS)
    tags = {tag["name"] for tag in DOCUMENT["tags"] if tag["description"]}
    for method, path, operation in OPERATIONS:
        assert operation["operationId"].startswith(f"{method}_")
        assert operation["summary"]
        assert set(operation["tags"]) <= tags, path
        named = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "path"}
        assert named == {part[1:-1] for part in path.split("/") if part.startswith("{")}
        for content in operation.get("requestBody", {}).get("content", {}).values():
            assert operation["requestBody"]["required"]
            name = content["schema"]["$ref"].rpartition("/")[2]
            shape = DOCUMENT["components"]["schemas"][name]
            for one in shape.get("oneOf", [content["schema"]]):
                closed = DOCUMENT["components"]["schemas"][one["$ref"].rpartition("/")[2]]
                assert closed["additionalProperties"] is False


def test_every_shape_is_used() -> None:
    """And those of requests are none of answers."""
    text = json.dumps(DOCUMENT)
    assert [name for name in DOCUMENT["components"]["schemas"] if f'schemas/{name}"' not in text] == []


def test_every_link_leads_somewhere() -> None:
    """To an operation, with words that it has, from a place that the example of the answer has."""
    found = 0
    for _method, _path, operation in OPERATIONS:
        for response in operation["responses"].values():
            for link in response.get("links", {}).values():
                found += 1
                target = {one["name"] for one in BY_ID[link["operationId"]].get("parameters", ())}
                assert set(link["parameters"]) <= target
                (example,) = response["content"]["application/json"]["examples"].values()
                for pointer in link["parameters"].values():
                    value = example["value"]
                    for step in pointer.removeprefix("$response.body#/").split("/"):
                        value = value[int(step) if step.isdigit() else step]
                    assert isinstance(value, str), link
    assert found > 20


def test_the_list_of_codes_is_closed() -> None:
    """Each is raised by something, and whatever is raised has one; the schema has the same list."""
    ours = {error for error in own_errors() if error not in INSIDE and not issubclass(error, NotEligible)}
    raised = {error.code for error in ours} | {NotEligible.code} | {code for _kind, code in FRAMEWORK_CODES}
    assert raised == set(ERROR_CODES)
    assert DOCUMENT["components"]["schemas"]["ErrorCode"]["enum"] == list(ERROR_CODES)
    documented = {
        one["value"]["code"]
        for _method, _path, operation in OPERATIONS
        for status, response in operation["responses"].items()
        if int(status) >= 400
        for one in response["content"]["application/json"]["examples"].values()
    }
    # An address that does not take a method is no operation.
    assert documented == set(ERROR_CODES) - {"method_not_allowed"}


@pytest.mark.parametrize("kind", sorted(set(own_errors()) - INSIDE, key=lambda kind: kind.__name__))
def test_our_errors_have_their_status(kind: type[AttemptsError]) -> None:
    """And the code under which the list has it; whatever speaks against a switch is one of the reasons."""
    error = kind.__new__(kind)
    error.detail, error.reasons = "Why.", (error,)
    answer = error_response(error, {})
    assert answer is not None
    code = NotEligible.code if isinstance(error, NotEligible) else kind.code
    assert (answer.status_code, answer.data["code"]) == (ERROR_CODES[code].status, code)
    assert ("reasons" in answer.data) == isinstance(error, NotEligible)


@pytest.mark.parametrize("error", [*FRAMEWORK_ERRORS, *UNREADABLE], ids=lambda error: type(error).__name__)
def test_errors_of_the_framework_have_a_code(error: Exception) -> None:
    """With the status that the framework gives them."""
    answer = error_response(error, {})
    assert answer is not None
    assert answer.status_code == ERROR_CODES[answer.data["code"]].status
    assert set(answer.data) == {"code", "detail"}
    assert isinstance(answer.data["detail"], str)


@pytest.mark.parametrize("error", [OperationalError(2006, "anna@example.com is gone"), InterfaceError("closed")])
def test_a_database_that_is_away_is_said_to_be(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    """And when to come back; what it has said is told to nobody, in the log neither."""
    answer = error_response(error, {})
    assert answer is not None
    assert (answer.status_code, answer.data["code"], answer["Retry-After"]) == (503, "database_unavailable", "5")
    assert type(error).__name__ in caplog.text
    assert "anna" not in caplog.text + str(answer.data)


def test_each_kind_of_framework_error_is_tried_above() -> None:
    """So that a new one is."""
    assert [type(error) for error in FRAMEWORK_ERRORS] == [kind for kind, _code in FRAMEWORK_CODES]


@pytest.mark.parametrize("error", [ValueError("x"), exceptions.OperationFailed("x"), drf.APIException()])
def test_what_nobody_foresaw_is_an_error_of_the_server(error: Exception) -> None:
    """And not dressed up."""
    assert error_response(error, {}) is None


@pytest.mark.django_db
def test_it_is_served_to_anybody() -> None:
    """With a page to browse it, whatever is accepted."""
    client = APIClient()
    answer = client.get(f"{ROOT}/schema/", HTTP_ACCEPT="text/html")
    assert (answer.content.decode(), answer["Content-Type"]) == (SCHEMA_FILE.read_text(), "application/json")
    page = client.get(f"{ROOT}/schema/browse/", HTTP_ACCEPT="text/html")
    assert (page.status_code, page["Content-Type"]) == (200, "text/html; charset=utf-8")
    for name in ("browse.js", "swagger-ui.css"):
        asset = client.get(f"{ROOT}/schema/browse/{name}", HTTP_ACCEPT="text/css")
        assert (asset.status_code, bool(asset.getvalue())) == (200, True)
        asset.close()
    for name in ("nothing.js", "..%2Fopenapi.json", "%2e%2e", "swagger-ui.css/"):
        missing = client.get(f"{ROOT}/schema/browse/{name}")
        assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    posted = client.post(f"{ROOT}/schema/", {})
    assert (posted.status_code, posted.json()["code"]) == (405, "method_not_allowed")
