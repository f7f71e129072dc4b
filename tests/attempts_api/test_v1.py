"""REST v1, through the framework's client."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from attempts import api
from attempts.models import AttemptOperation
from tests.attempts_api.conftest import ROOT, post
from tests.factories import (
    COURSE,
    LOOKALIKE,
    CourseFactory,
    CourseGradeFactory,
    EnrolmentFactory,
    StateFactory,
    enrolled,
)

pytestmark = pytest.mark.django_db


def test_list_preview_reset_follow_undo(client: APIClient, learner: Any, run: Any) -> None:
    """The main job over HTTP."""
    StateFactory(student=learner)
    listed = client.get(f"{ROOT}/learners/{quote(learner.email)}/").json()
    assert (listed["username"], [course["course_id"] for course in listed["courses"]]) == (
        learner.username,
        [str(COURSE)],
    )
    course = listed["courses"][0]
    assert course["eligibility"] == {
        "kind": "reset",
        "eligible": True,
        "reasons": [],
        "resets_used": 0,
        "resets_left": None,
    }
    assert (course["active_attempt"]["number"], course["undo_to"], course["last_operation"]) == (1, None, None)

    what = {"kind": "reset", "learner": learner.username, "course_id": str(COURSE)}
    previewed = post(client, "operations/preview/", **what).json()
    assert previewed["stores"][0] == {
        "store": "courseware_studentmodule",
        "label": "Block states",
        "archived": 1,
        "restored": 0,
        "foreign": 0,
        "reasons": [],
    }
    assert not AttemptOperation.objects.exists()

    asked = post(client, **what, comment="Fell ill.", key="one")
    assert asked.status_code == 202
    assert asked["Location"] == f"http://testserver{ROOT}/operations/{asked.json()['uuid']}/"
    assert post(client, **what, comment="Fell ill.", key="one").json() == asked.json()
    run(api.operation(asked.json()["uuid"]))

    done = client.get(asked["Location"]).json()
    assert (done["status"], done["from_number"], done["to_number"], done["error"]) == ("complete", 1, 2, None)
    assert (done["requested_by"], done["comment"]) == ("support", "Fell ill.")
    assert done["created"].endswith("Z")
    assert done["stores"][0] == {
        "store": "courseware_studentmodule",
        "label": "Block states",
        "status": "done",
        "moved": {"archived": 1, "restored": 0, "foreign": 0},
    }

    undone = post(client, kind="undo", learner=learner.username, course_id=str(COURSE))
    run(api.operation(undone.json()["uuid"]))
    listed = client.get(f"{ROOT}/learners/{learner.username}/").json()["courses"][0]
    assert (listed["active_attempt"]["number"], listed["attempts"], listed["undo_to"]) == (1, 2, 2)
    assert listed["last_operation"]["undoes"] == done["uuid"]


def test_activate_by_uuid_alone(client: APIClient, learner: Any, reset: Any, run: Any) -> None:
    """The uuid says whose attempt it is; naming somebody else's is refused."""
    reset(learner)
    first = str(api.attempts(learner, COURSE)[0].uuid)
    other = enrolled()
    assert post(client, "operations/preview/", kind="activate", attempt=first).json()["to_number"] == 1
    wrong = post(client, kind="activate", attempt=first, learner=other.username, course_id=str(COURSE))
    assert (wrong.status_code, wrong.json()["code"]) == (404, "attempt_not_found")
    asked = post(client, kind="activate", attempt=first)
    assert asked.status_code == 202
    assert run(api.operation(asked.json()["uuid"])).to_number == 1
    assert post(client, kind="activate", attempt=str(uuid4())).status_code == 404


def test_courses_are_not_mixed_up(client: APIClient, learner: Any, reset: Any) -> None:
    """Two resettable courses of one learner."""
    EnrolmentFactory(user=learner, course=CourseFactory(id=LOOKALIKE))
    reset(learner)
    courses = client.get(f"{ROOT}/learners/{learner.username}/").json()["courses"]
    assert [(course["course_id"], course["active_attempt"]["number"]) for course in courses] == [
        (str(COURSE), 2),
        (str(LOOKALIKE), 1),
    ]


def test_every_reason_is_in_the_answer(client: APIClient, learner: Any) -> None:
    """422, with codes and sentences."""
    CourseGradeFactory(user_id=learner.pk, passing=True)
    answer = post(client, kind="reset", learner=learner.username, course_id=str(COURSE))
    assert answer.status_code == 422
    assert answer.json() == {
        "code": "not_eligible",
        "detail": "The learner has a passing grade in attempt 1.",
        "reasons": [{"code": "learner_passing", "detail": "The learner has a passing grade in attempt 1."}],
    }
    overridden = post(
        client, kind="reset", learner=learner.username, course_id=str(COURSE), override=["learner_passing"]
    )
    assert (overridden.status_code, overridden.json()["overridden"]) == (202, ["learner_passing"])


REFUSALS = [
    ({}, 400, "invalid_request"),
    ({"kind": "destroy"}, 400, "invalid_request"),
    ({"kind": "\ud800"}, 400, "invalid_request"),
    ({"kind": "reset", "learner": "known"}, 400, "invalid_request"),
    ({"kind": "reset", "course_id": str(COURSE)}, 400, "invalid_request"),
    ({"kind": "activate"}, 400, "invalid_request"),
    ({"kind": "activate", "attempt": "x"}, 400, "invalid_request"),
    ({"kind": "reset", "learner": "known", "course_id": str(COURSE), "attempt": str(uuid4())}, 400, "invalid_request"),
    ({"kind": "reset", "learner": "known", "course_id": str(COURSE), "comment": "x" * 256}, 400, "comment_too_long"),
    ({"kind": "reset", "learner": "known", "course_id": str(COURSE), "comment": "\x00"}, 400, "invalid_request"),
    ({"kind": "reset", "learner": "known", "course_id": str(COURSE), "comment": "\ud800"}, 400, "invalid_request"),
    ({"kind": "reset", "learner": "known", "course_id": str(COURSE), "comment": ["x"]}, 400, "invalid_request"),
    ({"kind": "reset", "learner": "known", "course_id": str(COURSE), "override": ["x"]}, 400, "unknown_override"),
    ({"kind": "reset", "learner": "known", "course_id": str(COURSE), "override": "x"}, 400, "invalid_request"),
    ({"kind": "reset", "learner": "known", "course_id": "O/C/R"}, 400, "deprecated_course_key"),
    ({"kind": "reset", "learner": "known", "course_id": "x" * 10_000}, 400, "invalid_course_key"),
    (
        {"kind": "reset", "learner": "known", "course_id": "attempt-v1:Org+Course+Run+attempt@1"},
        400,
        "invalid_course_key",
    ),
    ({"kind": "reset", "learner": "known", "course_id": f"{COURSE}3"}, 404, "course_not_found"),
    ({"kind": "reset", "learner": "'; --", "course_id": str(COURSE)}, 404, "learner_not_found"),
    ({"kind": "undo", "learner": "known", "course_id": str(COURSE)}, 422, "not_eligible"),
]


@pytest.mark.parametrize(("words", "status", "code"), REFUSALS)
def test_bad_requests_are_refused(
    client: APIClient, policy: Any, words: dict[str, Any], status: int, code: str
) -> None:
    """With the right status, one shape, and nothing written."""
    enrolled(username="known")
    answer = client.post(f"{ROOT}/operations/", json.dumps(words), content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["detail"]
    assert not AttemptOperation.objects.exists()


def test_a_reset_in_flight_is_a_conflict(client: APIClient, learner: Any) -> None:
    """And so is a key used for something else."""
    what = {"kind": "reset", "learner": learner.username, "course_id": str(COURSE)}
    first = post(client, **what, key="one").json()["uuid"]
    second = post(client, **what, key="two")
    assert (second.status_code, second.json()["code"]) == (409, "operation_in_flight")
    assert first in second.json()["detail"]
    other = post(client, **what, comment="x", key="one")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_mismatch")


def test_what_is_not_json_is_refused(client: APIClient) -> None:
    """Broken JSON, another type, another shape, another method."""
    broken = client.post(f"{ROOT}/operations/", "{", content_type="application/json")
    assert (broken.status_code, broken.json()["code"]) == (400, "invalid_request")
    deep = client.post(f"{ROOT}/operations/", "[" * 30_000 + "]" * 30_000, content_type="application/json")
    assert (deep.status_code, deep.json()["code"]) == (400, "invalid_request")
    xml = client.post(f"{ROOT}/operations/", "<x/>", content_type="application/xml")
    assert (xml.status_code, xml.json()["code"]) == (415, "unsupported_media_type")
    listed = client.post(f"{ROOT}/operations/", [], format="json")
    assert (listed.status_code, listed.json()["code"]) == (400, "invalid_request")
    deleted = client.delete(f"{ROOT}/operations/")
    assert (deleted.status_code, deleted.json()["code"]) == (405, "method_not_allowed")


def test_unknown_things_are_not_found(client: APIClient) -> None:
    """Learners and operations, by any text."""
    for path in ("learners/nobody/", "learners/%00/", f"learners/{'x' * 3000}/", "learners/%F0%9F%98%80/"):
        assert client.get(f"{ROOT}/{path}").json()["code"] == "learner_not_found"
    for path in (f"operations/{uuid4()}/", "operations/nonsense/"):
        assert client.get(f"{ROOT}/{path}").json()["code"] == "operation_not_found"
