"""Grades of record over REST."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from attempts import api
from attempts.models import GradeChoice
from tests.attempts.test_retakes import learner_with
from tests.attempts_api.conftest import ROOT, client_of, post
from tests.factories import COURSE, LOOKALIKE, CourseFactory, EnrolmentFactory, enrolled

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def course() -> None:
    """Staff choose the grade that counts."""
    CourseFactory(id=COURSE)
    api.change_policy({"grade_of_record": "chosen"}, course_key=COURSE, changed_by=None)


@pytest.fixture
def learner() -> Any:
    return learner_with(0.9, 0.2)


def path(learner: Any, number: int) -> str:
    """Where the grade of record is, by one of the attempts."""
    return f"attempts/{api.attempts(learner, COURSE)[number - 1].uuid}/grade-of-record/"


def test_staff_choose(client: APIClient, learner: Any) -> None:
    """By whichever attempt it is asked for, it is the same."""
    before = client.get(f"{ROOT}/{path(learner, 1)}").json()
    assert (before["rule"], before["origin"], before["number"], before["choice"]) == ("chosen", "course", 2, None)
    assert before["grade"] == {"percent_grade": 0.2, "letter_grade": "", "passed": False}
    answer = post(client, path(learner, 1), comment="Appeal.")
    assert answer.status_code == 201
    chosen = answer.json()
    assert (chosen["number"], chosen["grade"]["percent_grade"]) == (1, 0.9)
    assert (chosen["choice"]["chosen_by"], chosen["choice"]["comment"]) == ("support", "Appeal.")
    assert chosen["choices"] == [chosen["choice"]]
    assert client.get(f"{ROOT}/{path(learner, 2)}").json() == chosen
    row = GradeChoice.objects.get()
    assert (row.role, bool(row.client), bool(row.request_id)) == ("is_staff", True, True)


def test_it_stands_beside_the_plain_grade(client: APIClient, learner: Any) -> None:
    """For staff, and for the learner, who is not told who chose."""
    post(client, path(learner, 1), comment="Appeal.")
    (standing,) = client.get(f"{ROOT}/learners/{learner.username}/").json()["courses"]
    assert standing["grade"]["percent_grade"] == 0.2
    assert (standing["grade_of_record"]["number"], standing["grade_of_record"]["choice"]["comment"]) == (1, "Appeal.")
    (own,) = client_of(learner).get(f"{ROOT}/me/attempts/").json()["courses"]
    assert own["grade"]["percent_grade"] == 0.2
    assert own["grade_of_record"] == {
        "rule": "chosen",
        "number": 1,
        "grade": {"percent_grade": 0.9, "letter_grade": "", "passed": True},
    }


def test_who_may(client_as: Callable[..., APIClient], learner: Any) -> None:
    """Look: whoever may see the attempts. Choose: whoever may make any of them the active one."""
    for role in ("instructor", "data_researcher", "staff"):
        team = client_as(role)
        assert team.get(f"{ROOT}/{path(learner, 1)}").status_code == 200
        refused = post(team, path(learner, 1), comment="Appeal.")
        assert (refused.status_code, "activate" in refused.json()["detail"]) == (403, True)
    CourseFactory(id=LOOKALIKE)
    assert client_as("instructor", LOOKALIKE).get(f"{ROOT}/{path(learner, 1)}").status_code == 404
    assert client_of(learner).get(f"{ROOT}/{path(learner, 1)}").status_code == 403
    assert not GradeChoice.objects.exists()


def test_a_course_team_that_may_activate_is_held_to_the_policy(
    client_as: Callable[..., APIClient], learner: Any, settings: Any
) -> None:
    """As in switches."""
    settings.ATTEMPTS_ROLES = {"course": {"dean": ("view_attempts", "activate")}}
    dean = client_as("dean")
    assert post(dean, path(learner, 1), comment="Appeal.").status_code == 403
    api.change_policy({"course_team_may_reset": True}, course_key=COURSE, changed_by=None)
    assert post(dean, path(learner, 1), comment="Appeal.").status_code == 201


def test_what_cannot_be_chosen(client: APIClient, learner: Any) -> None:
    """Each says what to do, and nothing is written."""
    assert post(client, path(learner, 1), comment="x" * 256).json()["code"] == "comment_too_long"
    for words in ({}, {"why": "x"}, {"comment": " "}, {"comment": 7}):
        assert post(client, path(learner, 1), **words).status_code == 400, words
    never = enrolled()
    assert post(client, path(never, 1), comment="Appeal.").json()["code"] == "attempt_not_found"
    api.change_policy({"grade_of_record": "best"}, course_key=COURSE, changed_by=None)
    refused = post(client, path(learner, 1), comment="Appeal.")
    assert (refused.status_code, refused.json()["code"]) == (409, "grade_not_chosen")
    assert not GradeChoice.objects.exists()


def test_the_only_attempt_of_somebody_never_reset(client: APIClient) -> None:
    """Is found by learner and course, as everywhere."""
    never = enrolled()
    EnrolmentFactory(user=never, course_id=CourseFactory(id=LOOKALIKE).id)
    address = f"{ROOT}/{path(never, 1)}"
    assert client.get(address).status_code == 404
    found = client.get(address, {"learner": never.username, "course_id": str(COURSE)}).json()
    assert (found["number"], found["grade"], found["choices"]) == (1, None, [])
