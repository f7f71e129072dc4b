"""What the commands tell programs: all that REST tells of the same value."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from attempts import api
from tests.attempts_api.conftest import ROOT, post
from tests.factories import COURSE, CourseGradeFactory, StateFactory, SubsectionGradeFactory

pytestmark = pytest.mark.django_db
SUBSECTION = COURSE.make_usage_key("sequential", "week")
Json = Callable[..., Any]
#: Words of REST that the commands say otherwise.
NAMES = {"course_id": "course_key", "block_id": "block_key"}
#: Addresses, and when the question was asked.
OF_THE_FACE = ("url", "made_at")


@pytest.fixture
def told(attempts_command: Callable[..., tuple[int, str, str]]) -> Json:
    """What a command prints for programs."""

    def run(*words: Any) -> Any:
        return json.loads(attempts_command(*words, "--format", "json")[1])

    return run


@pytest.fixture
def twice(learner: Any, reset: Any) -> Any:
    """A learner with two attempts that differ."""
    for score in (1.0, 2.0):
        StateFactory(student=learner, module_state_key=COURSE.make_usage_key("problem", "p"), grade=score, max_grade=2)
        SubsectionGradeFactory(user_id=learner.pk, usage_key=SUBSECTION, earned_graded=score)
        CourseGradeFactory(user_id=learner.pk, percent_grade=score / 10)
        if score == 1.0:
            reset(learner)
    return learner


def agrees(over_rest: Any, by_command: Any, where: str = "$") -> None:
    """Whatever REST says, the command says the same."""
    if isinstance(over_rest, dict):
        for name, value in over_rest.items():
            if name not in OF_THE_FACE:
                agrees(value, by_command[NAMES.get(name, name)], f"{where}.{name}")
    elif isinstance(over_rest, list):
        assert len(over_rest) == len(by_command), where
        for number, (mine, other) in enumerate(zip(over_rest, by_command, strict=True)):
            agrees(mine, other, f"{where}[{number}]")
    else:
        assert over_rest == by_command, where


def test_a_comparison(client: APIClient, twice: Any, told: Json) -> None:
    """With the changes, which follow from the rest."""
    first, second = api.attempts(twice, COURSE)
    over_rest = client.get(f"{ROOT}/attempts/{first.uuid}/compare/{second.uuid}/").json()
    by_command = told("compare", twice.username, COURSE)
    agrees(over_rest, by_command)
    changes = [by_command["change"], *(by_command[name][0]["change"] for name in ("subsections", "blocks"))]
    assert changes == pytest.approx([0.1, 0.5, 0.5])


def test_a_report(client: APIClient, twice: Any, told: Json) -> None:
    """All of it."""
    agrees(client.get(f"{ROOT}/reports/retakes/{COURSE}/").json(), told("report", COURSE))


def test_a_preview(client: APIClient, twice: Any, told: Json) -> None:
    """REST has what stands against it one level higher."""
    over_rest = post(client, "operations/preview/", kind="undo", learner=twice.username, course_id=str(COURSE)).json()
    by_command = told("preview", twice.username, COURSE, "--kind", "undo")
    agrees(over_rest, {**by_command["eligibility"], **by_command})
    assert by_command["eligibility"]["eligible"] is False


def test_attempts(client: APIClient, twice: Any, told: Json) -> None:
    """Newest first over REST."""
    over_rest = client.get(f"{ROOT}/attempts/", {"learner": twice.username}).json()["results"]
    agrees(over_rest[::-1], told("show", twice.username, COURSE))


def test_a_grade_of_record(client: APIClient, twice: Any, told: Json) -> None:
    """REST has the list of choices too."""
    attempt = api.active_attempt(twice, COURSE)
    over_rest = client.get(f"{ROOT}/attempts/{attempt.uuid}/grade-of-record/").json()
    del over_rest["choices"]
    agrees(over_rest, told("grade", twice.username, COURSE))
