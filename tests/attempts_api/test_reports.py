"""Reports over REST and from the command line: who gets how much of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from sandbox.student.models import CourseAccessRole
from tests.attempts.test_retakes import learner_with, section
from tests.attempts_api.conftest import ROOT, client_of
from tests.factories import COURSE, LOOKALIKE, CourseFactory, UserFactory

pytestmark = pytest.mark.django_db
ADDRESS = f"{ROOT}/reports/retakes/{COURSE}/"
FILTERS = (
    {"state": "archived"},
    {"number": "2"},
    {"opened_after": "2026-01-01T00:00:00Z"},
    {"opened_before": "2027-01-01T00:00:00Z"},
    {"archived_after": "2026-01-01T00:00:00Z"},
    {"archived_before": "2027-01-01T00:00:00Z"},
    {"passed": "false"},
    {"minimum_grade": "0.1"},
    {"period": "day"},
)


@pytest.fixture(autouse=True)
def retaken() -> None:
    """Twelve learners in their second attempt, one in her third."""
    CourseFactory(id=COURSE)
    CourseFactory(id=LOOKALIKE)
    for _ in range(12):
        learner = learner_with(0.1, 0.6)
        section(learner, 1, 1.0)
        section(learner, None, 3.0)
    learner_with(0.1, 0.2, 0.9)


def test_whoever_may_see_what_is_in_attempts_gets_all_of_it(client_as: Callable[..., APIClient]) -> None:
    """With filters, and groups of one."""
    client = client_as("data_researcher")
    found = client.get(ADDRESS).json()
    assert (found["minimum"], found["learners"], found["retaking"]) == (0, 13, 13)
    assert found["attempts"] == [{"attempts": 2, "learners": 12}, {"attempts": 3, "learners": 1}]
    assert [(one["number"], one["attempts"], one["passed"]) for one in found["numbers"]] == [
        (1, 13, 0),
        (2, 13, 12),
        (3, 1, 1),
    ]
    assert [(one["block_id"].rpartition("@")[2], one["change"]["median"]) for one in found["subsections"]] == [
        ("s1", 0.5)
    ]
    assert found["resets"] == [{"begins": "2026-02-01", "resets": 14, "learners": 13}]
    assert client.get(ADDRESS, {"number": "3"}).json()["learners"] == 1
    assert client.get(ADDRESS, {"period": "day"}).json()["resets"][-1] == {
        "begins": "2026-02-02",
        "resets": 1,
        "learners": 1,
    }
    assert [client.get(ADDRESS, words).status_code for words in FILTERS] == [200] * len(FILTERS)
    assert client.get(f"{ROOT}/reports/retakes/{quote(str(COURSE), safe='')}/").json()["learners"] == 13


@pytest.mark.parametrize("role", ["instructor", "staff", "limited_staff"])
def test_anybody_else_gets_no_small_groups_and_no_filters(client_as: Callable[..., APIClient], role: str) -> None:
    """Nothing about the one learner in her third attempt, whichever way it is asked."""
    client = client_as(role)
    found = client.get(ADDRESS).json()
    assert (found["minimum"], found["learners"], found["retaking"]) == (10, 10, 10)
    assert found["attempts"] == [{"attempts": 2, "learners": 10}]
    assert [(one["number"], one["attempts"], one["passed"]) for one in found["numbers"]] == [(1, 10, 0), (2, 10, 10)]
    assert found["subsections"][0]["change"] == {"count": 10, "lower": 0.5, "median": 0.5, "upper": 0.5}
    for words in FILTERS:
        refused = client.get(ADDRESS, words)
        assert (refused.status_code, "view_attempt_data" in refused.json()["detail"]) == (403, True), words


def test_a_role_for_reports_alone(settings: Any) -> None:
    """As a site gives it to those who may see no learner."""
    settings.ATTEMPTS_ROLES = {"global": {"planner": ("view_reports",)}}
    planner = UserFactory()
    CourseAccessRole.objects.create(user=planner, role="planner")
    client = client_of(planner)
    assert client.get(ADDRESS).json()["minimum"] == 10
    assert client.get(f"{ROOT}/attempts/").status_code == 403


def test_nothing_of_another_course(client_as: Callable[..., APIClient]) -> None:
    """An analyst of one course is nobody in the next; whether there is such a course is not said."""
    client = client_as("data_researcher", LOOKALIKE)
    assert client.get(f"{ROOT}/reports/retakes/{LOOKALIKE}/").json()["learners"] == 0
    for course in (COURSE, "course-v1:No+Such+Course"):
        assert client.get(f"{ROOT}/reports/retakes/{course}/").status_code == 403
    assert client_as("beta_testers").get(ADDRESS).status_code == 403


def test_what_cannot_be_asked(client: APIClient) -> None:
    """Each is the caller's fault."""
    for words in (
        {"learner": "x"},
        {"number": "0"},
        {"period": "year"},
        {"minimum_grade": "nan"},
        {"opened_after": "x"},
    ):
        assert client.get(ADDRESS, words).status_code == 400, words
    for path, code in (("course-v1:No+Such+Course", 404), ("no key", 400), ("Org/Course/Run", 404)):
        assert client.get(f"{ROOT}/reports/retakes/{path}/").status_code == code, path


def test_looks_are_logged_and_statements_few(client: APIClient, caplog: pytest.LogCaptureFixture) -> None:
    """As many for few learners as for many."""
    caplog.set_level("INFO", "attempts.audit")
    client.get(ADDRESS)
    assert [
        record.message
        for record in caplog.records
        if "resource=retakes" in record.message and str(COURSE) in record.message
    ]
    with CaptureQueriesContext(connection) as captured:
        client.get(ADDRESS)
    few = len(captured)
    for _ in range(20):
        section(learner_with(0.1, 0.6), 1, 1.0)
    with CaptureQueriesContext(connection) as captured:
        client.get(ADDRESS)
    assert len(captured) == few


def test_the_command(attempts_command: Callable[..., tuple[int, str, str]]) -> None:
    """In full, narrowed, and for everybody."""
    code, out, _ = attempts_command("report", COURSE)
    assert code == 0
    assert "13 learners who were reset, 13 with more than one attempt" in out
    assert "s1          12        25%, 25%, 25%         75%, 75%, 75%  +50%, +50%, +50%" in out
    data = json.loads(attempts_command("report", COURSE, "--format", "json", "--passed", "false", "--number", 1)[1])
    assert (data["learners"], data["resets"], data["minimum"]) == (13, [], 0)
    since = attempts_command("report", COURSE, "--opened-after", "2026-02-02", "--format", "json")[1]
    assert json.loads(since)["resets"] == [{"begins": "2026-02-01", "resets": 1, "learners": 1}]
    code, out, _ = attempts_command("report", COURSE, "--public")
    assert (code, "Groups of less than 10 learners are left out" in out) == (0, True)
    assert attempts_command("report", COURSE, "--public", "--number", 3)[0] == 2
    assert attempts_command("report", "course-v1:No+Such+Course")[0] == 2
