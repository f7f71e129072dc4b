"""Stored payloads of version 1: what a client was written against stays as it is.

A test fails when a payload changes shape, or says something else in the same situation. If that is meant, and version 1
may say it, run ``make contracts`` and read the difference before it is committed.
"""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from freezegun import freeze_time
from rest_framework.test import APIClient

from attempts import api, tasks
from tests.attempts_api.conftest import ROOT, client_of, post
from tests.factories import (
    COURSE,
    CompletionFactory,
    CourseFactory,
    CourseGradeFactory,
    EnrolmentFactory,
    StateFactory,
    SubsectionGradeFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
STORED = Path(__file__).parent / "contracts"
REWRITE = os.environ.get("REWRITE_CONTRACTS") == "1"
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SIGNATURE = re.compile(r"signature=[\w:-]+")
_CURSOR = re.compile(r"cursor=[^&\"]+")


@pytest.fixture
def story(one_clock: None, run: Callable[..., Any]) -> Iterator[APIClient]:
    """A fixed story: Amira worked, was reset by support, worked again; the policy lets learners reset themselves."""
    with freeze_time("2026-03-02T08:00:00Z") as clock:
        policy = {"active": True, "max_resets": 3, "learner_may_reset": True, "require_not_ended": False}
        api.change_policy(policy, changed_by=None, locked=["max_resets"])
        amira = UserFactory(username="amira", email="amira@example.com", first_name="Amira", last_name="Haddad")
        EnrolmentFactory(user=amira, course=CourseFactory(id=COURSE))
        block = COURSE.make_usage_key("problem", "p1")
        StateFactory(student=amira, module_state_key=block, grade=1.0, max_grade=2.0)
        CompletionFactory(user=amira, block_key=block)
        SubsectionGradeFactory(user_id=amira.pk, usage_key=COURSE.make_usage_key("sequential", "s1"))
        CourseGradeFactory(user_id=amira.pk)
        support = client_of(UserFactory(username="support", is_staff=True))
        support.credentials(HTTP_X_REQUEST_ID="request-1")
        clock.tick(timedelta(days=70))
        asked = post(support, kind="reset", learner="amira", course_id=str(COURSE), comment="Was ill; ticket 4711")
        clock.tick(timedelta(seconds=1))
        run(api.operation(asked.json()["uuid"]))
        StateFactory(student=amira, module_state_key=block)
        yield support


def _archived(number: int = 1) -> Any:
    return api.attempts("amira", COURSE)[number - 1].uuid


def _operation() -> Any:
    return api.courses("amira")[0].last_operation.uuid


def _get(path: str) -> Callable[[APIClient], Any]:
    return lambda client: client.get(f"{ROOT}/{path}")


def _as_amira(path: str) -> Callable[[APIClient], Any]:
    return lambda _client: client_of(api.user("amira")).get(f"{ROOT}/{path}")


def _export(client: APIClient) -> str:
    uuid = post(client, "exports/", course_id=str(COURSE), datasets=["attempts", "states"], format="csv").json()["uuid"]
    tasks.run_export(uuid)
    return uuid


_WHAT = {"learner": "amira", "course_id": str(COURSE)}
CALLS: dict[str, Callable[[APIClient], Any]] = {
    "learner": _get("learners/amira/"),
    "attempts": _get("attempts/?page_size=1"),
    "attempt-archived": lambda client: client.get(f"{ROOT}/attempts/{_archived()}/"),
    "attempt-active": lambda client: client.get(f"{ROOT}/attempts/{_archived(2)}/"),
    "attempt-states": lambda client: client.get(f"{ROOT}/attempts/{_archived()}/states/"),
    "attempt-grades": lambda client: client.get(f"{ROOT}/attempts/{_archived()}/grades/"),
    "attempt-completion": lambda client: client.get(f"{ROOT}/attempts/{_archived()}/completion/"),
    "comparison": lambda client: client.get(f"{ROOT}/attempts/{_archived()}/compare/{_archived(2)}/"),
    "grade-of-record": lambda client: client.get(f"{ROOT}/attempts/{_archived()}/grade-of-record/"),
    "appeal-pack": lambda client: client.get(f"{ROOT}/attempts/{_archived()}/appeal-pack/"),
    "exports": lambda client: [_export(client), client.get(f"{ROOT}/exports/")][1],
    "export-requested": lambda client: post(
        client, "exports/", course_id=str(COURSE), format="ndjson", identities=True
    ),
    "export-complete": lambda client: client.get(f"{ROOT}/exports/{_export(client)}/"),
    "report-retakes": _get(f"reports/retakes/{COURSE}/"),
    "operations": _get("operations/"),
    "operation-complete": lambda client: client.get(f"{ROOT}/operations/{_operation()}/"),
    "operation-requested": lambda client: post(client, kind="reset", **_WHAT),
    "preview-undo": lambda client: post(client, "operations/preview/", kind="undo", **_WHAT),
    "policies": _get("policies/"),
    "policy-instance": _get("policies/instance/"),
    "policy-course": _get(f"policies/courses/{COURSE}/"),
    "policy-history": _get("policies/instance/history/"),
    "own-attempts": _as_amira("me/attempts/"),
    "own-operation-requested": lambda _client: post(
        client_of(api.user("amira")), "me/operations/", kind="reset", course_id=str(COURSE)
    ),
    "error-not-eligible": lambda client: post(client, kind="undo", **_WHAT),
    "error-invalid-request": lambda client: post(client, kind="destroy"),
    "support-tools-list": lambda client: client.get("/support/course_reset/amira"),
    "support-tools-requested": lambda client: client.post(
        "/support/course_reset/amira", {"course_id": str(COURSE), "comment": "x"}, format="json"
    ),
}


@pytest.mark.parametrize("name", sorted(CALLS))
def test_the_payload_is_the_stored_one(story: APIClient, name: str) -> None:
    """Every field, its type and, in this story, its value."""
    answer = CALLS[name](story)
    found = {"status": answer.status_code, "body": json.loads(_steady(_text(answer)))}
    path = STORED / f"{name}.json"
    if REWRITE:
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    assert path.exists(), f"There is no {path.name}: run `make contracts`, and read what it says."
    assert found == json.loads(path.read_text()), "A payload of version 1 changed; see the top of this module."
    assert list(_keys(found)) == list(_keys(json.loads(path.read_text())))


def test_every_contract_is_used() -> None:
    """A stored payload that nothing produces any more would be a contract broken in silence."""
    assert {path.stem for path in STORED.glob("*.json")} == set(CALLS)


def _text(answer: Any) -> str:
    """The JSON of an answer; of a pack, which is a zip, the JSON in it: what programs read of it."""
    content = answer.getvalue()
    if answer["Content-Type"] == "application/zip":
        with ZipFile(io.BytesIO(content)) as pack:
            content = pack.read("attempt.json")
    return content.decode()


def _steady(text: str) -> str:
    """The text with what differs from run to run replaced."""
    uuids = dict.fromkeys(match[0] for match in _UUID.finditer(text))
    for number, uuid in enumerate(uuids, 1):
        text = text.replace(uuid, f"<uuid {number}>")
    return _SIGNATURE.sub("signature=<signature>", _CURSOR.sub("cursor=<cursor>", text))


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _keys(item)
    elif isinstance(value, list):
        for item in value:
            yield from _keys(item)
