"""Finding a learner, and her page."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from attempts import api
from attempts.models import AttemptOperation
from attempts_api.console.anchors import course_anchor
from attempts_api.console.live import WAITS
from sandbox.course_overviews.models import CourseOverview
from tests.attempts_api.console.conftest import PART, browser_of
from tests.factories import (
    COURSE,
    LOOKALIKE,
    CompletionFactory,
    CourseFactory,
    CourseGradeFactory,
    EnrolmentFactory,
    StateFactory,
    UserFactory,
    enrolled,
)

pytestmark = pytest.mark.django_db
SCRIPTS = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>')


def address(name: str, *args: Any) -> str:
    return reverse(f"attempts_console:{name}", args=args)


def text_of(answer: Any) -> str:
    """What a person reads."""
    page = re.sub(r"</(?:td|th|p|li|h\d|summary)>", " ", answer.content.decode())
    page = re.sub(r"<[^>]+>", "", page)
    return " ".join(page.replace("&#x27;", "'").split())


def search(browser: Client, text: str, **headers: Any) -> Any:
    return browser.get(address("learners"), {"q": text}, **headers)


# ---------------------------------------------------------------------------------------------------------------------
# Search


@pytest.mark.parametrize("text", ["student", "student@example.com", " STUDENT@example.com "])
def test_a_whole_name_leads_to_the_page(support: Client, text: str) -> None:
    """Username or e-mail address; the page's address has the username."""
    UserFactory(username="student", email="student@example.com")
    answer = search(support, text)
    assert (answer.status_code, answer["Location"]) == (302, "/attempts/learners/student/")


def test_the_uuid_of_an_attempt_leads_to_its_course(support: Client, learner: Any, reset: Any) -> None:
    """On the learner's page, where the timeline of that course is unfolded."""
    uuid = reset(learner).from_uuid
    answer = search(support, str(uuid))
    assert answer["Location"] == f"/attempts/learners/{learner.username}/?attempt={uuid}#{course_anchor(COURSE)}"
    page = support.get(answer["Location"]).content.decode()
    assert f'<details id="{course_anchor(COURSE)}-attempts" open>' in page
    assert f"Attempt 1 of <bdi>{learner.username}</bdi>" in search(support, str(uuid), **PART).content.decode()


@pytest.mark.parametrize("text", ["nobody", "4d335262-7914-456e-8d63-20971514ac5a", "%", "a\x00b", "x" * 300, *SCRIPTS])
@pytest.mark.parametrize("headers", [{}, PART], ids=["page", "part"])
def test_whoever_is_not_found_is_told_what_to_search_by(support: Client, text: str, headers: Any) -> None:
    """In a sentence; what was typed is text."""
    UserFactory(username="student")
    answer = search(support, text, **headers)
    assert answer.status_code == 200
    assert "Search by username or its beginning, by e-mail address, or by the uuid" in text_of(answer)
    assert "<script>alert" not in answer.content.decode()
    assert "<img" not in answer.content.decode()


def test_suggestions_while_somebody_types(support: Client) -> None:
    """By the beginning of username or address; eight, and that there are more; read aloud."""
    for number in range(9):
        UserFactory(username=f"anna{number}", email=f"zoe{number}@example.com")
    UserFactory(username="hanna")
    for text in ("anna", "ANNA", "zoe"):
        answer = search(support, text, **PART)
        found = re.findall(r"/attempts/learners/(\w+)/", answer.content.decode())
        assert found == [f"anna{number}" for number in range(8)] or text == "ANNA"
        assert "<html" not in answer.content.decode()
    assert "There are more; type on." in text_of(search(support, "anna", **PART))
    assert search(support, "anna1", **PART)["HX-Trigger"] == '{"console:say": "1 suggestion"}'
    assert "anna1" in text_of(search(support, "anna"))


def test_nothing_typed_is_nothing_suggested(support: Client) -> None:
    """And nothing said."""
    UserFactory(username="student")
    answer = search(support, " ", **PART)
    assert (answer.content.decode().strip(), "HX-Trigger" in answer.headers) == ("", False)
    assert support.get(address("learners")).status_code == 200


def test_a_course_team_finds_its_own_learners_and_no_addresses(browser_as: Callable[..., Client], policy: Any) -> None:
    """Also those who have left; neither address nor anybody else."""
    team = browser_as("staff")
    hers = enrolled(COURSE, username="anna1", email="secret@example.com")
    left = EnrolmentFactory(user=UserFactory(username="anna2"), course=CourseFactory(), is_active=False).user
    other = enrolled(LOOKALIKE, username="anna3")
    UserFactory(username="anna4")
    found = search(team, "anna", **PART).content.decode()
    assert re.findall(r"/attempts/learners/(\w+)/", found) == [hers.username, left.username]
    assert "secret@" not in found
    assert "/attempts/learners/" not in search(team, "secret", **PART).content.decode()
    page = team.get(address("learner", hers.username))
    assert page.status_code == 200
    assert "secret@" not in page.content.decode()
    answers = [team.get(address("learner", name)) for name in (other.username, "nobody")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert text_of(answers[0]).replace(other.username, "X") == text_of(answers[1]).replace("nobody", "X")


def test_a_uuid_of_another_course_is_not_found(browser_as: Callable[..., Client], reset: Any, policy: Any) -> None:
    """As one that does not exist."""
    uuid = reset(enrolled(LOOKALIKE), LOOKALIKE).from_uuid
    assert "Nobody is found" in text_of(search(browser_as("staff"), str(uuid)))


@pytest.mark.parametrize("path", ["learners/", "learners/student/", "learners/student/courses/course-v1:O+C+R/"])
def test_who_may_look_nowhere_opens_nothing(path: str) -> None:
    """And has no entry in the menu, nor the search on the first page."""
    browser = browser_of(UserFactory())
    answer = browser.get(f"/attempts/{path}")
    assert answer.status_code == 403
    assert "This needs the permission view_attempts." in text_of(answer)
    first = browser.get("/attempts/").content.decode()
    assert "learners/" not in first


def test_the_first_page_has_the_search(support: Client) -> None:
    """For those who may look somewhere; the menu has the entry."""
    first = support.get("/attempts/").content.decode()
    assert 'role="search"' in first
    assert '<a class="nav-link" href="/attempts/learners/"' in first


# ---------------------------------------------------------------------------------------------------------------------
# The page


def test_her_courses(support: Client, learner: Any, reset: Any) -> None:
    """Name and key, status, resets left, and a button that says what it does."""
    EnrolmentFactory(user=learner, course=CourseFactory(id=LOOKALIKE, display_name="Another"))
    page = text_of(support.get(address("learner", learner.username)))
    assert learner.email in page
    assert str(COURSE) in page
    assert "Can be reset. No limit" in page
    assert f"Reset {learner.username} in About Run" in page
    assert f"Reset {learner.username} in Another" in page
    assert "1 attempt at Another" in page


def test_a_name_with_all_signs_that_names_may_have(support: Client, policy: Any) -> None:
    """Leads to the page, and to her course."""
    learner = enrolled(COURSE, username="anna.b+c@example-1_x")
    assert support.get(address("learner", learner.username)).status_code == 200
    answer = support.get(address("learner-course", learner.username, COURSE), **PART)
    assert answer.status_code == 200


def test_an_address_with_an_e_mail_leads_to_the_one_with_the_username(support: Client) -> None:
    """Addresses are kept in logs and histories."""
    UserFactory(username="student", email="student@example.com")
    answer = support.get(address("learner", "student@example.com"))
    assert (answer.status_code, answer["Location"]) == (302, "/attempts/learners/student/")


def test_the_timeline(support: Client, learner: Any, run: Any, undo: Any) -> None:
    """Number, dates, who, why, grade and completion; the active attempt is marked."""
    agent = UserFactory(username="agent")
    CourseGradeFactory(user_id=learner.pk)
    StateFactory(student=learner)
    CompletionFactory.create_batch(2, user=learner)
    run(api.request_reset(learner, COURSE, requested_by=agent, comment="Illness: flu"))
    undo(learner, comment="Mistake")
    page = support.get(address("learner", learner.username)).content.decode()
    pattern = r"<li[^>]*>\s*<p class=\"mb-1\"><strong><a [^>]+>Attempt (\d)<.*?</strong>(.*?)</ul>"
    first, second = re.findall(pattern, page, re.S)
    told = " ".join(re.sub(r"<[^>]+>", "", second[1]).split())
    assert (first[0], second[0]) == ("2", "1")
    assert told.startswith("Active Began with the enrolment at")
    assert "Active again by an undo at" in told
    assert told.endswith("Grade: 30%, not passed. 2 blocks completed.")
    archived = " ".join(re.sub(r"<[^>]+>", "", first[1]).split())
    assert archived.startswith("Archived Opened by a reset at")
    assert "By agent: Illness: flu" in archived
    assert "Archived by an undo at" in archived
    assert "By the system: Mistake" in archived
    assert archived.endswith("Grade: none. 0 blocks completed.")


def test_attempts_beyond_a_page_of_operations_have_their_stories(support: Client, learner: Any, reset: Any) -> None:
    """Who and why of each, however many there are."""
    for number in range(55):
        reset(learner, comment=f"Reason {number}.")
    page = support.get(address("learner", learner.username)).content.decode()
    assert [number for number in range(55) if f"Reason {number}." not in page] == []


@pytest.mark.parametrize("text", SCRIPTS)
def test_what_people_wrote_is_text(support: Client, learner: Any, reset: Any, text: str) -> None:
    """Names of courses and learners, reasons, errors."""
    get_user_model().objects.filter(pk=learner.pk).update(first_name=text, last_name=text)
    CourseOverview.objects.update(display_name=text)
    reset(learner, comment=text)
    AttemptOperation.objects.update(status="failed", error=text, error_code="internal_error")
    page = support.get(address("learner", learner.username)).content.decode()
    assert "<script>alert" not in page
    assert "<img" not in page
    assert page.count("alert(1)") >= 4


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("internal_error", "the log of the worker has the details"),
        ("database_unavailable", "Ask again in a few minutes"),
        ("learner_passing", "Ask the course team"),
        ("something_new", "Tell the operators the number of the operation"),
    ],
)
def test_an_operation_that_failed_says_what_to_do(
    support: Client, learner: Any, reset: Any, code: str, advice: str
) -> None:
    """With the sentence of what went wrong, and its number."""
    uuid = reset(learner, comment="Illness").uuid
    AttemptOperation.objects.update(status="failed", error="It went wrong.", error_code=code)
    page = text_of(support.get(address("learner", learner.username)))
    assert "Failed The reset failed at" in page
    assert "It went wrong." in page
    assert advice in page.partition("What to do:")[2]
    assert str(uuid) in page


def test_every_reason_against_a_reset_is_a_sentence_with_what_to_do(support: Client, policy: Any) -> None:
    """Nobody who may not be reset has a button for it."""
    policy.active = False
    policy.save()
    learner = enrolled()
    page = text_of(support.get(address("learner", learner.username)))
    assert "Against a reset: Resets are not switched on for this course." in page
    assert "Ask whoever manages the policy" in page
    assert f"Reset {learner.username}" not in page


@pytest.mark.parametrize("team_may", [True, False])
def test_a_course_team_has_the_buttons_that_the_policy_allows(
    browser_as: Callable[..., Client], learner: Any, policy: Any, reset: Any, team_may: bool
) -> None:
    """Reset and undo for its instructors, activate for nobody of it."""
    policy.course_team_may_reset = team_may
    policy.save()
    reset(learner)
    page = text_of(browser_as("instructor").get(address("learner", learner.username)))
    assert (f"Reset {learner.username}" in page) is team_may
    assert ("Undo the reset of" in page) is team_may
    assert "Activate attempt" not in page
    staff = text_of(browser_as("staff").get(address("learner", learner.username)))
    assert f"Reset {learner.username}" not in staff


def test_who_looked_is_logged(support: Client, learner: Any, caplog: Any) -> None:
    """The page, the row, and whoever was suggested."""
    caplog.set_level(logging.INFO, "attempts.audit")
    support.get(address("learner", learner.username))
    support.get(address("learner-course", learner.username, COURSE), **PART)
    search(support, learner.username[:-1], **PART)
    lines = [record.getMessage() for record in caplog.records if record.name == "attempts.audit"]
    assert len(lines) == 3
    assert all(str(learner.pk) in line for line in lines)


# ---------------------------------------------------------------------------------------------------------------------
# The row


def test_a_row_asks_again_until_the_operation_has_ended(support: Client, learner: Any, run: Any) -> None:
    """Later each time; one asks at a time; what has ended is said, and has an undo beside it."""
    path = address("learner-course", learner.username, COURSE)
    operation = api.request_reset(learner, COURSE, requested_by=support.user, comment="Illness")
    for asked, wait in enumerate([*WAITS, WAITS[-1]]):
        row = support.get(path, {"look": asked}, **PART).content.decode()
        assert f'hx-trigger="load delay:{wait}s, again"' in row
        assert f"?look={asked + 1}" in row
        assert 'hx-sync="#courses:queue all"' in row
        assert "Reset<span" not in row
    assert "Nothing is lost" in row
    run(operation)
    answer = support.get(path, {"look": 3}, **PART)
    row = answer.content.decode()
    assert "data-live" not in row
    assert re.search(r"Reset done at .*>Undo the reset<span", row, re.S)
    assert "It is done: attempt 2" in answer["HX-Trigger"]


def test_a_row_for_a_browser_is_the_page(support: Client, learner: Any) -> None:
    """At the course."""
    answer = support.get(address("learner-course", learner.username, COURSE))
    assert answer["Location"] == f"/attempts/learners/{learner.username}/#{course_anchor(COURSE)}"


@pytest.mark.parametrize("asked", ["", "-1", "x", "9" * 400, "²"])
def test_a_count_that_is_none_counts_as_the_first(support: Client, learner: Any, asked: str) -> None:
    """Nothing breaks by it."""
    path = address("learner-course", learner.username, COURSE)
    assert support.get(path, {"look": asked}, **PART).status_code == 200


@pytest.mark.parametrize("key", ["course-v1:O+C+R", "garbage", str(LOOKALIKE)])
def test_a_row_of_a_course_that_she_never_took(support: Client, learner: Any, key: str) -> None:
    """Is not there, or its key is wrong."""
    assert support.get(address("learner-course", learner.username, key), **PART).status_code in (400, 404)


def test_a_row_of_a_course_that_the_team_does_not_look_after(browser_as: Callable[..., Client], policy: Any) -> None:
    """Is not there, whether or not the learner is."""
    learner = enrolled(LOOKALIKE)
    team = browser_as("staff")
    answers = [team.get(address("learner-course", name, LOOKALIKE), **PART) for name in (learner.username, "nobody")]
    assert [answer.status_code for answer in answers] == [404, 404]
