"""A learner and her own attempts."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from attempts import api
from attempts.models import AttemptOperation
from tests.attempts_api.conftest import ROOT, client_of, post
from tests.factories import COURSE, LOOKALIKE, CourseFactory, EnrolmentFactory, enrolled

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(learner: Any) -> APIClient:
    """The learner's client, in a course whose policy lets learners reset themselves."""
    api.change_policy({"learner_may_reset": True}, changed_by=None)
    return client_of(learner)


def ask(client: APIClient, kind: str = "reset", course_key: Any = COURSE, **words: Any) -> Any:
    """Ask for a switch of one's own attempts."""
    return post(client, "me/operations/", kind=kind, course_id=str(course_key), **words)


def only_course(client: APIClient) -> dict[str, Any]:
    """Return the only course in the list."""
    (found,) = client.get(f"{ROOT}/me/attempts/").json()["courses"]
    return found


def test_a_fresh_start_and_taking_it_back(own: APIClient, run: Any) -> None:
    """Asked for, followed and seen by the learner alone."""
    shown = only_course(own)
    assert ([one["number"] for one in shown["attempts"]], shown["may_reset"], shown["may_undo"]) == ([1], True, False)
    asked = ask(own, comment="I was ill.")
    assert asked.status_code == 202
    assert asked["Location"] == asked.json()["url"]
    assert "comment" not in asked.json()
    run(api.operation(asked.json()["uuid"]))
    assert own.get(asked["Location"]).json()["status"] == "complete"
    row = AttemptOperation.objects.get()
    assert (row.requested_by, row.role, row.comment) == (own.user, "learner", "I was ill.")
    shown = only_course(own)
    assert ([one["state"] for one in shown["attempts"]], shown["may_undo"]) == (["archived", "active"], True)
    undone = ask(own, "undo")
    run(api.operation(undone.json()["uuid"]))
    assert [one["state"] for one in only_course(own)["attempts"]] == ["active", "archived"]


def test_the_policy_decides(learner: Any) -> None:
    """By default a learner may look, and no more."""
    client = client_of(learner)
    assert only_course(client)["may_reset"] is False
    refused = ask(client)
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    assert "does not let learners reset themselves" in refused.json()["detail"]


def test_the_checks_hold_for_learners_too(own: APIClient, run: Any) -> None:
    """All reasons, and no overriding."""
    api.change_policy({"max_resets": 0}, changed_by=None)
    refused = ask(own)
    assert (refused.status_code, refused.json()["reasons"][0]["code"]) == (422, "reset_limit_reached")
    overriding = ask(own, override=["reset_limit_reached"])
    assert (overriding.status_code, overriding.json()["code"]) == (400, "invalid_request")
    assert ask(own, "activate").status_code == 400


def test_what_staff_did_only_staff_take_back(own: APIClient, reset: Any, learner: Any) -> None:
    """Else a learner could undo what an appeal decided."""
    reset(learner)
    assert only_course(own)["may_undo"] is False
    refused = ask(own, "undo")
    assert (refused.status_code, refused.json()["reasons"][0]["code"]) == (422, "requested_by_others")
    nothing = ask(client_of(enrolled()), "undo")
    assert (nothing.status_code, nothing.json()["reasons"][0]["code"]) == (422, "nothing_to_undo")


def test_others_are_out_of_reach(own: APIClient, learner: Any, reset: Any) -> None:
    """Their operations are not there, their names cannot be given, and staff's pages are closed."""
    operation = reset(enrolled())
    assert own.get(f"{ROOT}/me/operations/{operation.uuid}/").status_code == 404
    assert ask(own, learner="somebody").status_code == 400
    for path in ("attempts/", "operations/", f"learners/{learner.username}/", "policies/", "policies/instance/"):
        assert own.get(f"{ROOT}/{path}").status_code == 403
    own_operation = reset(learner)
    assert own.get(f"{ROOT}/me/operations/{own_operation.uuid}/").status_code == 200
    assert own.get(f"{ROOT}/operations/{own_operation.uuid}/").status_code == 403


def test_courses_and_people_that_are_not_there(own: APIClient) -> None:
    """A course that does not exist, one without the learner, and nobody at all."""
    assert ask(own, course_key=f"{COURSE}3").json()["code"] == "course_not_found"
    CourseFactory(id=LOOKALIKE)
    assert ask(own, course_key=LOOKALIKE).json()["reasons"][0]["code"] == "not_enrolled"
    assert APIClient().get(f"{ROOT}/me/attempts/").status_code == 401


def test_courses_stand_side_by_side(own: APIClient, learner: Any, run: Any) -> None:
    """A fresh start in one is none in the other."""
    EnrolmentFactory(user=learner, course=CourseFactory(id=LOOKALIKE))
    run(api.operation(ask(own).json()["uuid"]))
    found = {one["course_id"]: len(one["attempts"]) for one in own.get(f"{ROOT}/me/attempts/").json()["courses"]}
    assert found == {str(COURSE): 2, str(LOOKALIKE): 1}
