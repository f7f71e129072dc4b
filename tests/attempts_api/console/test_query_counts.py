"""How many statements the pages of the console take: the same for few rows and many; and how long the largest takes."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest
from completion.models import BlockCompletion
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from opaque_keys.edx.keys import CourseKey

from attempts.models import LearnerCourse
from sandbox.student.models import CourseAccessRole
from tests.attempts_api.console.conftest import PART, browser_of
from tests.attempts_api.test_query_counts import check
from tests.factories import (
    CompletionFactory,
    CourseFactory,
    CourseGradeFactory,
    EnrolmentFactory,
    StateFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
#: Milliseconds of work that the server has for the page of somebody with 200 courses and 50 attempts at one of them.
BOUND = 300.0


def key(number: int) -> CourseKey:
    return CourseKey.from_string(f"course-v1:Org{number // 2}+Course+Run{number}")


@pytest.fixture
def courses(policy: Any, reset: Any, undo: Any) -> Callable[[int], Any]:
    """Takes a learner into so many courses, in all; in each she has three attempts, and somebody is of its team."""
    policy.course_team_may_reset = True
    policy.save()
    learner = UserFactory(username="student")
    team = UserFactory(username="team")
    made = 0

    def make(number: int) -> Any:
        nonlocal made
        for one in range(made, number):
            EnrolmentFactory(user=learner, course=CourseFactory(id=key(one)))
            StateFactory(student=learner, course_id=key(one))
            for switch in (reset, reset, undo):
                switch(learner, key(one), comment="Illness")
            CourseAccessRole.objects.create(user=team, role="instructor", org=key(one).org, course_id=key(one))
        made = number
        return learner

    return make


def statements(browser: Client, name: str, *args: Any, **words: Any) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        answer = browser.get(reverse(f"attempts_console:{name}", args=args), words, **PART)
    assert answer.status_code == 200
    return [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]


#: The session and its user come first; then the learner, her standings (11), by what attempts began and ended, and what
#: is completed in the active ones.
PAGES = [
    ("learner", ("student",), {}, 17, 29),
    ("learner-course", ("student", key(0)), {}, 18, 29),
    ("switch", ("student", key(0), "reset"), {}, 23, 39),
    ("learners", (), {"q": "stud"}, 8, 12),
]


@pytest.mark.parametrize(("name", "args", "words", "support_s", "team_s"), PAGES)
def test_few_and_many_courses(
    support: Client, courses: Any, name: str, args: Any, words: Any, support_s: int, team_s: int
) -> None:
    """Two courses with three attempts, and nine; for support, and for a team that looks after all of them."""
    found: dict[str, list[list[str]]] = {"support": [], "team": []}
    for number in (2, 9):
        courses(number)
        team = browser_of(CourseAccessRole.objects.first().user)
        for browser in (support, team):
            browser.get(reverse("attempts_console:learners"))
            found["support" if browser is support else "team"].append(statements(browser, name, *args, **words))
    check(*found["support"], support_s)
    check(*found["team"], team_s)


def test_few_and_many_attempts(support: Client, courses: Any, reset: Any) -> None:
    """Three attempts at a course, and thirty."""
    learner = courses(1)
    few = statements(support, "learner", "student")
    for _ in range(27):
        reset(learner, key(0))
    check(few, statements(support, "learner", "student"), 17)


@pytest.mark.slow
@pytest.mark.timed
def test_the_page_of_somebody_with_many_courses_is_quick(
    support: Client, policy: Any, reset: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """200 courses, 50 attempts at one of them: the median of seven, from the request to the whole response.

    On SQLite all the work is this process's own, whose time does not grow when others are busy; the time that passed is
    printed beside it.
    """
    learner = UserFactory(username="student")
    for number in range(200):
        EnrolmentFactory(user=learner, course=CourseFactory(id=key(number)))
        CourseGradeFactory(user_id=learner.pk, course_id=key(number))
        BlockCompletion.objects.bulk_create(CompletionFactory.build_batch(30, user=learner, context_key=key(number)))
    for number in range(49):
        reset(learner, key(0), comment=f"Illness: number {number}", override=["learner_passing"])
    assert LearnerCourse.objects.get().active_number == 50
    address = reverse("attempts_console:learner", args=["student"])
    support.get(address)
    times = []
    for _ in range(7):
        began = time.perf_counter(), time.process_time()
        answer = support.get(address)
        times.append((1000 * (time.perf_counter() - began[0]), 1000 * (time.process_time() - began[1])))
    assert answer.content.decode().count("<tbody") == 200
    assert answer.content.decode().count(">Attempt ") == 249
    passed, worked = (statistics.median(some) for some in zip(*times, strict=True))
    with capsys.disabled():
        told = f"{worked:.0f} ms of work, {passed:.0f} ms passed"
        sys.stdout.write(f"\nlearner page, 200 courses, 50 attempts, {connection.vendor}: {told}\n")
    assert connection.vendor != "sqlite" or worked <= BOUND
