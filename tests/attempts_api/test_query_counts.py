"""How many statements a list takes: the same for few rows and for many, and no more than is said here."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from opaque_keys.edx.keys import CourseKey
from rest_framework.test import APIClient

from attempts import api
from attempts.models import AttemptContext, AttemptOperation, LearnerCourse
from sandbox.grades.models import PersistentSubsectionGradeOverride
from sandbox.student.models import CourseAccessRole
from tests.attempts_api.conftest import ROOT, client_of
from tests.factories import (
    COURSE,
    CompletionFactory,
    CourseFactory,
    CourseGradeFactory,
    EnrolmentFactory,
    PolicyFactory,
    StateFactory,
    SubsectionGradeFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
FEW, MANY = 3, 60
FEW_COURSES, MANY_COURSES = 2, 12
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
_CONTROL = re.compile(r"SAVEPOINT|RELEASE|ROLLBACK", re.IGNORECASE)
#: Makes so many of something, in all.
Make = Callable[[int], Any]


def key(number: int) -> CourseKey:
    """The key of a course; there are two in an organisation."""
    return CourseKey.from_string(f"course-v1:Org{number // 2}+Course+Run{number}")


def statements(client: APIClient, path: str) -> tuple[Any, list[str]]:
    """What is answered, and what the database is asked for it; transaction control apart."""
    address = path if path.startswith("/") else f"{ROOT}/{path}"
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    assert answer.status_code == 200, answer.json()
    return answer.json(), [query["sql"] for query in captured if not _CONTROL.match(query["sql"])]


def check(few: list[str], many: list[str], budget: int) -> None:
    """The numbers are equal, and within the budget."""
    assert len(few) == len(many) <= budget, "\n".join(["few:", *few, "many:", *many])


# ---------------------------------------------------------------------------------------------------------------------
# A learner in her courses


@pytest.fixture
def student(policy: Any) -> Any:
    return UserFactory(username="student", email="student@example.com")


@pytest.fixture
def team(db: None) -> Any:
    return UserFactory(username="team")


@pytest.fixture
def courses(student: Any, team: Any, reset: Any, undo: Any) -> Make:
    """The learner has four attempts in each, and an operation that waits; there is a policy and a team."""
    made = 0

    def make(number: int) -> None:
        nonlocal made
        for one in range(made, number):
            EnrolmentFactory(user=student, course=CourseFactory(id=key(one)))
            PolicyFactory(course_key=str(key(one)), active=None, resets_limited=None, require_not_passing=False)
            StateFactory.create_batch(2, student=student, course_id=key(one))
            for switch in (reset, reset, undo, reset):
                switch(student, key(one))
            CourseGradeFactory(user_id=student.pk, course_id=key(one))
            api.request_reset(student, key(one), requested_by=student)
            CourseAccessRole.objects.create(user=team, role="instructor", org=key(one).org, course_id=key(one))
        made = number

    return make


#: Enrolments with their courses; attempts; policies; completed operations; course grades; certificates; anonymous ids;
#: keys too long to be rewritten; whether keys are in place; the last operations; what comes after them.
STANDINGS = 11
#: Roles of the caller, on the whole site and in courses.
ROLES = 2
LEARNER = [
    # The learner, by what she is called and by her id.
    ("support", "learners/student/", 2 + STANDINGS),
    # The same, and her enrolments once more: whether she may be seen at all.
    ("team", "learners/student/", ROLES + 3 + STANDINGS),
    ("student", "me/attempts/", STANDINGS),
    # As the first.
    ("support", "/support/course_reset/student", 2 + STANDINGS),
]
LISTS = [
    # The page.
    ("support", "attempts/", 1),
    ("team", "attempts/", ROLES + 1),
    ("team", "attempts/?ordering=-archived_at", ROLES + 1),
    # The learner, the keys of her identity rows, the page.
    ("support", "attempts/?learner=student", 3),
    # The learner, her enrolments, the keys of her identity rows, the page.
    ("team", "attempts/?learner=student", ROLES + 4),
    # The page, and what comes after the operations on it.
    ("support", "operations/", 2),
    ("team", "operations/", ROLES + 2),
    ("team", "operations/?ordering=-completed_at", ROLES + 2),
    # The learner, the requester, the page, what comes after.
    ("support", "operations/?learner=student&requested_by=student", 4),
    # The learner, her enrolments, the page, what comes after.
    ("team", "operations/?learner=student", ROLES + 4),
]


def test_a_learner_in_her_courses(client: APIClient, student: Any, team: Any, courses: Make) -> None:
    """Two courses and twelve: where she stands in them, and what of her is in lists, on the page after the first."""
    callers = {"support": client, "team": client_of(team), "student": client_of(student)}
    found: dict[tuple[str, str], list[list[str]]] = {(caller, path): [] for caller, path, _ in LEARNER + LISTS}
    for number in (FEW_COURSES, MANY_COURSES):
        courses(number)
        for caller, path, _ in LEARNER:
            body, asked = statements(callers[caller], path)
            assert len(body if isinstance(body, list) else body["courses"]) == number
            found[caller, path].append(asked)
        for caller, path, _ in LISTS:
            first, _asked = statements(callers[caller], f"{path}{'&' if '?' in path else '?'}page_size=1")
            second = first["next"].removeprefix("http://testserver").replace("page_size=1", "page_size=50")
            page, asked = statements(callers[caller], second)
            assert len(page["results"]) >= number - 1
            found[caller, path].append(asked)
    for caller, path, budget in LEARNER + LISTS:
        check(*found[caller, path], budget)


# ---------------------------------------------------------------------------------------------------------------------
# Everybody's


@pytest.fixture
def everybody() -> Make:
    """Learners with an archived attempt and an operation each, of requesters of their own."""

    def make(number: int) -> None:
        for _ in range(number - AttemptContext.objects.count()):
            user, course_key = UserFactory(), CourseFactory(id=key(AttemptContext.objects.count() % 5)).id
            where = {"course_key": course_key, "org": course_key.org}
            identity = LearnerCourse.objects.create(user=user, course_key=course_key, active_number=2)
            attempt = AttemptContext.objects.create(
                learner_course=identity, number=1, uuid=uuid4(), archived_at=NOON, percent_grade=0.5, **where
            )
            ends = {"from_attempt": attempt, "to_attempt": attempt, "completed_at": NOON, "in_flight": None}
            done = {"kind": "reset", "status": "complete", "learner": user, **where, **ends}
            first = AttemptOperation.objects.create(**done)
            AttemptOperation.objects.create(**done, requested_by=UserFactory(), undoes=first)

    return make


@pytest.mark.parametrize(("path", "budget"), [("attempts/", 1), ("operations/", 2)])
def test_everybody(client: APIClient, everybody: Make, path: str, budget: int) -> None:
    """Three learners and sixty; the page, and what comes after operations."""
    found = []
    for number in (FEW, MANY):
        everybody(number)
        page, asked = statements(client, f"{path}?page_size=1000")
        assert len(page["results"]) in (number, 2 * number)
        found.append(asked)
    check(*found, budget)


# ---------------------------------------------------------------------------------------------------------------------
# What is in an attempt


@pytest.fixture
def work(learner: Any) -> Make:
    """Rows of the learner's work, a grade in two set by hand."""

    def make(number: int) -> None:
        for one in range(PersistentSubsectionGradeOverride.objects.count(), number):
            StateFactory(student=learner)
            CompletionFactory(user=learner)
            grade = SubsectionGradeFactory(user_id=learner.pk)
            PersistentSubsectionGradeOverride.objects.create(grade=grade, earned_all_override=one)

    return make


#: The attempt; which one is active; whether keys are in place; the page, and before it the course grade.
CONTENTS = [("states", 4), ("grades", 5), ("completion", 4)]


@pytest.mark.parametrize("caller", ["support", "team"])
@pytest.mark.parametrize(("resource", "budget"), CONTENTS)
def test_an_attempt(
    client: APIClient,
    team: Any,
    learner: Any,
    reset: Any,
    undo: Any,
    work: Make,
    resource: str,
    budget: int,
    caller: str,
) -> None:
    """Three rows and sixty, active and archived."""
    CourseAccessRole.objects.create(user=team, role="data_researcher", org=COURSE.org, course_id=COURSE)
    caller_client = {"support": client, "team": client_of(team)}[caller]
    CourseGradeFactory(user_id=learner.pk)
    found = []
    for number in (FEW, MANY):
        work(number)
        for switch in (reset, undo):
            switch(learner)
            uuid = api.attempts(learner, COURSE)[0].uuid
            page, asked = statements(caller_client, f"attempts/{uuid}/{resource}/?page_size=1000")
            assert len(page["results"]) == number
            found.append(asked)
    # The roles are asked for where she may look, and for what she may see there.
    budget += 2 * ROLES if caller == "team" else 0
    check(found[0], found[2], budget)
    check(found[1], found[3], budget)


# ---------------------------------------------------------------------------------------------------------------------
# Policies


@pytest.fixture
def policies(policy: Any) -> Make:
    """The instance's, and those of courses and organisations."""

    def make(number: int) -> None:
        for one in range(type(policy).objects.count(), number):
            PolicyFactory(**({"course_key": str(key(one))} if one % 2 else {"org": f"Org{one}"}))

    return make


@pytest.fixture
def changes(policy: Any) -> Make:
    """Changes of the instance's policy, each by somebody else."""

    def make(number: int) -> None:
        for one in range(type(policy).history.count(), number):
            api.change_policy({"max_resets": one + 1}, changed_by=UserFactory())

    return make


@pytest.mark.parametrize(
    ("fixture", "path", "budget"), [("policies", "policies/", 1), ("changes", "policies/instance/history/", 1)]
)
def test_policies(client: APIClient, request: pytest.FixtureRequest, fixture: str, path: str, budget: int) -> None:
    """Three and sixty; the page alone."""
    make, found = request.getfixturevalue(fixture), []
    for number in (FEW, MANY):
        make(number)
        page, asked = statements(client, f"{path}?page_size=1000")
        assert len(page["results"]) == number
        found.append(asked)
    check(*found, budget)
