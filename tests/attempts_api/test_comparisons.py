"""Comparisons of attempts over REST."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from attempts import api
from tests.attempts_api.conftest import ROOT
from tests.factories import COURSE, LOOKALIKE, StateFactory, SubsectionGradeFactory, enrolled

pytestmark = pytest.mark.django_db
PROBLEM, SAME = (COURSE.make_usage_key("problem", name) for name in ("one", "same"))


@pytest.fixture
def pair(learner: Any, reset: Any) -> tuple[Any, Any]:
    """Two attempts with a block that differs, one that does not, and a subsection of the first only."""
    state = {"student": learner, "max_grade": 2.0, "state": json.dumps({"student_answers": {"a": "1"}})}
    for score in (1.0, 2.0):
        StateFactory(module_state_key=PROBLEM, grade=score, **state)
        StateFactory(module_state_key=SAME, grade=1.0, **state)
        if score == 1.0:
            SubsectionGradeFactory(user_id=learner.pk)
            reset(learner)
    first, second = api.attempts(learner, COURSE)
    return first, second


def address(first: Any, second: Any) -> str:
    """Where the comparison is."""
    return f"{ROOT}/attempts/{getattr(first, 'uuid', first)}/compare/{getattr(second, 'uuid', second)}/"


def test_a_comparison(client: APIClient, pair: tuple[Any, Any]) -> None:
    """Attempts, grades, subsections, blocks."""
    found = client.get(address(*pair)).json()
    assert [found[side]["number"] for side in ("first", "second")] == [1, 2]
    assert (found["first_grade"], found["second_grade"], found["change"]) == (None, None, None)
    assert [(one["first"]["earned_all"], one["second"], one["change"]) for one in found["subsections"]] == [
        (1.0, None, None)
    ]
    problem, same = found["blocks"]
    assert (problem["block_id"], problem["first"]["score"], problem["second"]["score"]) == (str(PROBLEM), 1.0, 2.0)
    assert (problem["change"], problem["answer_changed"], same["change"]) == (0.5, False, 0.0)
    assert [one["block_id"] for one in client.get(address(*pair), {"changed_only": "true"}).json()["blocks"]] == [
        str(PROBLEM)
    ]
    assert client.get(address(*reversed(pair))).json()["blocks"][0]["change"] == -0.5


def test_attempts_that_cannot_be_compared(client: APIClient, pair: tuple[Any, Any], reset: Any) -> None:
    """Each is the caller's fault, and says which."""
    other = enrolled()
    reset(other)
    answer = client.get(address(pair[0], api.active_attempt(other, COURSE)))
    assert (answer.status_code, answer.json()["code"]) == (400, "not_comparable")
    assert client.get(address(pair[0], pair[0])).json()["code"] == "not_comparable"
    for wrong in (uuid4(), "7"):
        for path in (address(pair[0], wrong), address(wrong, pair[0])):
            assert (client.get(path).status_code, client.get(path).json()["code"]) == (404, "attempt_not_found")
    assert client.get(address(*pair), {"changed": "true"}).status_code == 400


def test_who_may_compare(client_as: Callable[..., APIClient], pair: tuple[Any, Any]) -> None:
    """Whoever may see what is in the attempts of the course; attempts of other courses do not exist for her."""
    assert client_as("data_researcher").get(address(*pair)).status_code == 200
    assert client_as("staff").get(address(*pair)).status_code == 403
    assert client_as("data_researcher", LOOKALIKE).get(address(*pair)).status_code == 404
    assert client_as("beta_testers").get(address(*pair)).status_code == 403


def test_every_look_is_logged(client: APIClient, pair: tuple[Any, Any], caplog: pytest.LogCaptureFixture) -> None:
    """Both attempts, and by whom."""
    caplog.set_level("INFO", "attempts.audit")
    client.get(address(*pair))
    lines = [record.message for record in caplog.records if "resource=comparison" in record.message]
    assert [line.partition(" attempt=")[2] for line in lines] == ["1", "2"]
