"""The pages of courses: who may see which, what is on them, and that nothing is run that somebody wrote."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from opaque_keys.edx.keys import CourseKey

from attempts import api
from attempts.models import AttemptOperation
from sandbox.course_overviews.models import CourseOverview
from sandbox.student.models import CourseAccessRole
from tests.attempts_api.console.conftest import PART, browser_of
from tests.factories import COURSE, LOOKALIKE, CourseFactory, UserFactory, enrolled

pytestmark = pytest.mark.django_db
ROOT = "/attempts/courses/"
HERE = f"{ROOT}{COURSE}/"
PAGES = ("", "learners/", "operations/", "policy/", "policy/history/", "report/")
NASTY = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>')


def text_of(answer: Any) -> str:
    return answer.content.decode()


def fail(uuid: Any, error: str = "The database refused every try.") -> None:
    AttemptOperation.objects.filter(uuid=uuid).update(
        status="failed", in_flight=None, error_code="write_conflict", error=error
    )


@pytest.fixture
def operations(learner: Any, reset: Any) -> None:
    """A learner reset once, one whose reset waits, and one whose reset failed."""
    reset(learner)
    waiting = enrolled(COURSE, username="waiting")
    api.request_reset(waiting, COURSE, requested_by=waiting, comment="Was ill")
    failed = enrolled(COURSE, username="failing")
    fail(api.request_reset(failed, COURSE, requested_by=None).uuid)


# ---------------------------------------------------------------------------------------------------------------------
# Who may see what


@pytest.mark.parametrize("role", ["instructor", "staff", "data_researcher"])
def test_a_course_team_sees_its_course_and_no_other(browser_as: Callable[..., Client], role: str) -> None:
    """Whether there is such another course is not said."""
    CourseFactory(), CourseFactory(id=LOOKALIKE)
    browser = browser_as(role)
    for page in PAGES:
        assert browser.get(f"{HERE}{page}").status_code == 200, page
        refused = {browser.get(f"{ROOT}{key}/{page}").status_code for key in (LOOKALIKE, "course-v1:No+Such+Course")}
        assert refused == {403}, page
    listed = text_of(browser.get(ROOT))
    assert f"{COURSE}</code>" in listed
    assert f"{LOOKALIKE}</code>" not in listed
    for path in ("instance/", "orgs/Org/", "orgs/Org/history/", "instance/history/"):
        assert browser.get(f"/attempts/policies/{path}").status_code == 403, path


def test_whoever_has_no_role_sees_nothing(db: None) -> None:
    """Not by the menu, and not by the address."""
    CourseFactory()
    browser = browser_of(UserFactory())
    assert ROOT not in text_of(browser.get("/attempts/"))
    for path in (ROOT, *(f"{HERE}{page}" for page in PAGES), "/attempts/policies/instance/"):
        assert browser.get(path).status_code == 403, path
        assert "This needs the permission" in text_of(browser.get(path))


def test_whoever_is_not_logged_in_is_asked_to(db: None) -> None:
    """At every page."""
    for path in (ROOT, *(f"{HERE}{page}" for page in PAGES)):
        assert Client().get(path).status_code == 302


def test_a_course_that_is_not_there(support: Client) -> None:
    """And what is no key at all."""
    for page in PAGES:
        assert support.get(f"{ROOT}course-v1:No+Such+Course/{page}").status_code in (
            404,
            200 if "history" in page else 404,
        )
        assert support.get(f"{ROOT}nonsense/{page}").status_code == 400
    assert support.get(f"{ROOT}Org/Course/Run/").status_code == 404


def test_the_menu_has_courses(support: Client) -> None:
    """For those who may look into some."""
    assert f'href="{ROOT}"' in text_of(support.get("/attempts/"))


# ---------------------------------------------------------------------------------------------------------------------
# The list


def test_the_list_with_what_there_is(support: Client, operations: None) -> None:
    """Recorded attempts, operations in flight and failed."""
    CourseFactory(id=LOOKALIKE)
    rows = re.findall(
        r"<code class=\"small\">(.*?)</code>.*?<td[^>]*>(.*?)</td>\s*<td[^>]*>(.*?)</td>\s*<td[^>]*>(.*?)</td>",
        text_of(support.get(ROOT)),
        re.S,
    )
    assert rows == [(str(COURSE), "2", "1", "1"), (str(LOOKALIKE), "0", "0", "0")]


def test_search_and_pages(support: Client) -> None:
    """By name and key; a script gets the list alone."""
    for number in range(30):
        CourseFactory(id=CourseKey.from_string(f"course-v1:Org+Course+Run{number:02}"))
    first = text_of(support.get(ROOT))
    assert (first.count('scope="row"'), "Next page" in first) == (25, True)
    following = re.search(r'href="([^"]*cursor=[^"]*)"', first)
    assert following
    part = support.get(following[1].replace("&amp;", "&"), **PART)
    assert text_of(part).count('scope="row"') == 5
    assert "<html" not in text_of(part)
    assert text_of(support.get(ROOT, {"q": "ABOUT run07"})).count('scope="row"') == 1
    assert "No course that you may look into" in text_of(support.get(ROOT, {"q": "%"}))
    for words in ({"cursor": "x"}, {"nonsense": "1"}, {"q": "\0"}):
        assert support.get(ROOT, words).status_code == 400, words


# ---------------------------------------------------------------------------------------------------------------------
# One course


def test_what_is_on_the_page(support: Client, operations: None, learner: Any) -> None:
    """Policy with where it comes from, operations with since when and what went wrong, learners."""
    page = text_of(support.get(HERE))
    assert "from the policy of the whole site" in page
    assert "by default" in page
    assert "Waits for a worker" in page
    assert "Was ill" in page
    assert "The database refused every try." in page
    assert "What to do:" in page
    learners = page[page.index('id="learners"') :]
    assert re.search(rf"<bdi>{learner.username}</bdi></a></th>\s*<td[^>]*>2</td>\s*<td[^>]*>2</td>", learners)
    assert "waiting" not in learners


def test_operations_in_flight_are_asked_for_again(support: Client, operations: None) -> None:
    """Later each time, on the same page of the list, and not once none is left; other lists stay as they are."""
    looks = [
        re.findall(r'hx-get="([^"]*look=\d+)" hx-trigger="load delay:(\d+)s', text_of(support.get(path, **headers)))
        for path, headers in (
            (HERE, {}),
            (f"{HERE}operations/?look=4", PART),
            (f"{HERE}operations/?status=failed", {}),
        )
    ]
    path = f"{HERE}operations/?status=in_flight&amp;look="
    assert looks == [[(f"{path}1", "1")], [(f"{path}5", "8")], []]
    AttemptOperation.objects.filter(status="enqueued").update(status="failed", in_flight=None)
    assert "data-live" not in text_of(support.get(f"{HERE}operations/", {"look": "5"}, **PART))


def test_lists_of_operations(support: Client, operations: None, learner: Any) -> None:
    """Each kind by itself, and all."""
    for status, names in (
        ("in_flight", {"waiting"}),
        ("failed", {"failing"}),
        ("complete", {learner.username}),
        ("all", {"waiting", "failing", learner.username}),
    ):
        part = text_of(support.get(f"{HERE}operations/", {"status": status}, **PART))
        assert set(re.findall(r'<th scope="row"><a href="[^"]*"><bdi>(.*?)</bdi>', part)) == names
    assert support.get(f"{HERE}operations/", {"status": "nonsense"}).status_code == 400
    assert "waiting" in text_of(support.get(f"{HERE}operations/"))


def test_lists_of_learners(support: Client, reset: Any, undo: Any, learner: Any) -> None:
    """By number and state; what cannot be is said."""
    reset(learner)
    other = enrolled(COURSE, username="other")
    for switch in (reset, reset, undo):
        switch(other)
    for words, names in (
        ({}, {learner.username, "other"}),
        ({"number": "3"}, {"other"}),
        ({"number": "2", "state": "active"}, {learner.username, "other"}),
        ({"state": "archived"}, {"other"}),
        ({"number": "3", "state": "active"}, set()),
        ({"number": "", "state": ""}, {learner.username, "other"}),
    ):
        part = text_of(support.get(f"{HERE}learners/", words, **PART))
        assert set(re.findall(r'<th scope="row"><a href="[^"]*"><bdi>(.*?)</bdi>', part)) == names, words
    for words in ({"number": "0"}, {"number": "x"}, {"state": "x"}, {"number": str(2**31)}):
        assert support.get(f"{HERE}learners/", words).status_code == 400, words


@pytest.mark.parametrize("nasty", NASTY)
def test_nothing_that_somebody_wrote_is_run(support: Client, policy: Any, reset: Any, nasty: str) -> None:
    """Names of courses, learners and staff, comments, errors, words of the query."""
    learner = enrolled(COURSE, username=nasty[:30])
    CourseOverview.objects.filter(pk=COURSE).update(display_name=nasty)
    reset(learner)
    staff = UserFactory(username=f"x{nasty[:30]}")
    fail(api.request_reset(learner, COURSE, requested_by=staff, comment=nasty).uuid, error=nasty)
    api.request_reset(learner, COURSE, requested_by=staff, comment=nasty)
    api.change_policy({"max_resets": 7}, changed_by=staff, course_key=COURSE)
    paths = [ROOT, f"{ROOT}?q={nasty}", *(f"{HERE}{page}" for page in PAGES), f"{HERE}operations/?status=failed"]
    paths += [f"{HERE}report/?number={nasty}", f"{HERE}learners/?state={nasty}", f"{ROOT}{nasty}/policy/"]
    for path in paths:
        for asked in ({}, PART):
            page = text_of(support.get(path, **asked))
            assert nasty[:25] not in page, path
            assert not re.search(r"<script(?![^>]*\bsrc=)|<img|\sstyle=", page), path


def test_looks_are_logged(support: Client, operations: None, learner: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Who looked at which learners."""
    with caplog.at_level(logging.INFO, "attempts.audit"):
        support.get(HERE)
    told = [record.getMessage() for record in caplog.records if record.name == "attempts.audit"]
    assert [re.search(r"resource=(\w+)", line)[1] for line in told] == ["attempts", "operations", "operations"]  # type: ignore[index]
    assert f"learners={learner.pk} " in f"{told[0]} "
    assert all(f"course_id={COURSE}" in line and "client=console" in line for line in told)


# ---------------------------------------------------------------------------------------------------------------------
# How much it takes

#: Statements for support, and for the course team, whose roles are asked for by the page, its menu and its tabs. Two of
#: them are for the session and its user.
BUDGETS = {
    ROOT: (4, 10),
    HERE: (12, 21),
    f"{HERE}learners/": (5, 14),
    f"{HERE}operations/": (5, 14),
    f"{HERE}policy/": (9, 25),
    f"{HERE}policy/history/": (5, 16),
    f"{HERE}report/": (11, 21),
}


def test_a_constant_number_of_statements(
    support: Client, browser_as: Callable[..., Client], policy: Any, reset: Any
) -> None:
    """For few learners, operations, changes and courses as for many."""
    browsers = [support, browser_as("instructor")]
    found: dict[tuple[str, int], list[int]] = {}
    for one in range(11):
        # A history that goes on takes one statement more: what was before the last change on the page.
        api.change_policy({"max_resets": one}, changed_by=None, course_key=COURSE)
    for number in (2, 14):
        for one in range(number):
            learner = enrolled(COURSE)
            reset(learner)
            reset(learner)
            operation = api.request_reset(learner, COURSE, requested_by=UserFactory())
            if one % 2:
                fail(operation.uuid)
            api.change_policy({"max_resets": 50 + number + one}, changed_by=UserFactory(), course_key=COURSE)
            course = CourseFactory(id=CourseKey.from_string(f"course-v1:Org{number}+Course+Run{one}"))
            CourseAccessRole.objects.create(
                user=browsers[1].user,
                role="instructor",
                org=course.id.org,
                course_id=course.id,  # type: ignore[attr-defined]
            )
        for path in BUDGETS:
            for place, browser in enumerate(browsers):
                with CaptureQueriesContext(connection) as captured:
                    assert browser.get(path).status_code == 200
                asked = [one["sql"] for one in captured if not re.match("SAVEPOINT|RELEASE", one["sql"])]
                found.setdefault((path, place), []).append(len(asked))
    assert {key: few for key, (few, many) in found.items() if few != many} == {}, found
    assert {key: counts[0] for key, counts in found.items() if counts[0] > BUDGETS[key[0]][key[1]]} == {}
