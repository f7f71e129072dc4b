"""A learner's own page: what she sees, what she may ask for, and what she may not."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from opaque_keys.edx.keys import CourseKey

from attempts import api
from attempts.models import AttemptOperation
from sandbox.student.models import CourseEnrollment
from tests.attempts_api.console.conftest import PART, browser_of, send
from tests.factories import (
    COURSE,
    LOOKALIKE,
    CertificateFactory,
    CourseFactory,
    CourseGradeFactory,
    EnrolmentFactory,
    UserFactory,
    enrolled,
)

pytestmark = pytest.mark.django_db
ME = "/attempts/me/"
HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>']


@pytest.fixture
def own(learner: Any) -> Client:
    """The learner's browser, in a course whose policy lets learners start afresh."""
    api.change_policy({"learner_may_reset": True}, changed_by=None)
    return browser_of(learner)


def switch(kind: str = "reset", course_key: Any = COURSE) -> str:
    """The address of a switch."""
    return f"{ME}courses/{course_key}/{kind}/"


def page(browser: Client, path: str = ME, **headers: Any) -> str:
    """What a page says."""
    answer = browser.get(path, **headers)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def text(html: str) -> str:
    """What is read of it, with single blanks."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def ask(browser: Client, kind: str = "reset", **words: Any) -> Any:
    """Send the form of the dialog."""
    return send(browser, switch(kind), **{"idempotency_key": str(uuid4()), "comment": "", **words})


def carry_out(run: Callable[..., Any]) -> Any:
    """Have a worker do the newest operation."""
    return run(api.operation(AttemptOperation.objects.latest("pk").uuid))


def test_a_fresh_start_and_taking_it_back(own: Client, run: Any) -> None:
    """By the dialog: asked, followed, seen, taken back."""
    CourseGradeFactory(user_id=own.user.pk)
    shown = page(own)
    assert "Attempt 1 since" in text(shown)
    assert "Grade so far: 30%, which is not passing yet." in text(shown)
    assert switch() in shown
    assert switch("undo") not in shown
    dialog = page(own, switch(), **PART)
    assert "<html" not in dialog
    assert "Your work so far is kept as attempt 1" in text(dialog)
    assert "The grade that counts is that of the attempt you are in." in text(dialog)
    key = re.search(r'name="idempotency_key" value="([^"]+)"', dialog)[1]
    answer = ask(own, idempotency_key=key, comment="I was ill.")
    assert answer.status_code == 200
    assert "console:close" in answer["HX-Trigger"]
    assert "Your fresh start is being prepared." in answer.content.decode()
    assert switch() not in answer.content.decode()
    operation = carry_out(run)
    row = AttemptOperation.objects.get()
    assert (row.requested_by, row.role, row.client, row.comment) == (own.user, "learner", "console", "I was ill.")
    live = own.get(f"{ME}courses/{COURSE}/?look=1", **PART)
    assert "data-live" not in live.content.decode()
    assert "you are in attempt 2 now" in live["HX-Trigger"]
    assert (operation.from_number, operation.to_number) == (1, 2)
    shown = text(page(own))
    assert "Attempt 2 since" in shown
    assert "30%" in shown
    back = page(own, switch("undo"), **PART)
    assert "You go back to attempt 1" in text(back)
    assert "What you have done since is kept as attempt 2." in text(back)
    assert ask(own, "undo").status_code == 200
    carry_out(run)
    assert "Attempt 1 since" in text(page(own))


def test_the_part_that_waits_looks_again_later_each_time(own: Client, run: Any) -> None:
    """As the server says; never more often than each second, and not for ever."""
    ask(own)
    asked = [own.get(f"{ME}courses/{COURSE}/?look={count}", **PART).content.decode() for count in (0, 1, 5, 99, "x")]
    assert [re.search(r"delay:(\d+)s", part)[1] for part in asked] == ["1", "2", "10", "10", "1"]
    assert "?look=2" in asked[1]
    assert own.get(f"{ME}courses/{COURSE}/").status_code == 303


def test_without_script(own: Client) -> None:
    """A page that asks, a form that goes back to the page, and a reload that sends nothing again."""
    asking = page(own, switch())
    assert "<h1>Start afresh</h1>" in asking
    assert "hx-post" not in asking
    answer = send(own, switch(), part=False, idempotency_key=str(uuid4()), comment="")
    assert answer.status_code == 303
    assert answer["Location"].startswith(f"{ME}#course-")
    assert "data-live" in page(own, ME)


def test_twice_is_once(own: Client) -> None:
    """A double click, and the form that the back button brings back."""
    key = str(uuid4())
    assert [ask(own, idempotency_key=key).status_code for _ in range(3)] == [200, 200, 200]
    assert AttemptOperation.objects.count() == 1
    assert ask(own).status_code == 409
    assert ask(own, "undo", idempotency_key=key).status_code == 409


@pytest.mark.parametrize("key", ["", "not a key", "<script>"])
def test_a_form_that_nobody_was_shown(own: Client, key: str) -> None:
    """Has no key."""
    assert ask(own, idempotency_key=key).status_code == 400
    assert not AttemptOperation.objects.exists()


def test_a_form_of_another_site(own: Client) -> None:
    """Has no token."""
    assert own.post(switch(), {"idempotency_key": str(uuid4())}).status_code == 403


@pytest.mark.parametrize(("comment", "status"), [("x" * 256, 400), ("a\x00b", 400), ("x" * 255, 200)])
def test_words_that_do_not_fit(own: Client, comment: str, status: int) -> None:
    """Are the caller's fault."""
    assert ask(own, comment=comment).status_code == status


def test_where_the_policy_does_not_let_her(learner: Any) -> None:
    """No button; the address by hand is refused, with whom to ask."""
    browser = browser_of(learner)
    shown = page(browser)
    assert switch() not in shown
    assert "ask the course team or the support of this site" in shown
    for kind in ("reset", "undo"):
        refused = browser.get(switch(kind), **PART)
        assert refused.status_code == 403
        assert "ask the course team" in refused.content.decode()
        assert ask(browser, kind).status_code == 403
    assert not AttemptOperation.objects.exists()


def test_what_stands_against_it_is_said_in_words_for_learners(own: Client) -> None:
    """Before, in the dialog, and if somebody sends the form all the same."""
    api.change_policy({"max_resets": 0}, changed_by=None)
    CertificateFactory(user=own.user)
    told = [text(page(own)), text(page(own, switch(), **PART))]
    refused = ask(own)
    assert refused.status_code == 422
    for said in (*told, text(refused.content.decode())):
        assert "You have used all the fresh starts that this course allows." in said
        assert "You hold a certificate for this course" in said
        assert "The learner" not in said
    assert 'name="idempotency_key"' not in page(own, switch(), **PART)


def test_a_reset_that_she_took_back_counts(own: Client, run: Any) -> None:
    """And the page says so, though support could still reset her."""
    api.change_policy({"max_resets": 1}, changed_by=None)
    for kind in ("reset", "undo"):
        ask(own, kind)
        carry_out(run)
    assert "You have used all the fresh starts" in page(own)
    assert ask(own).status_code == 422


def test_how_many_fresh_starts_are_left(own: Client, reset: Any, run: Any) -> None:
    """On the page and in the dialog; what she took back counts, and what staff have done. No limit, no word."""
    api.change_policy({"max_resets": None}, changed_by=None)
    assert "left" not in text(page(own)) + text(page(own, switch(), **PART))
    api.change_policy({"max_resets": 3}, changed_by=None)
    assert "You have 3 of 3 fresh starts left." in text(page(own))
    for kind in ("reset", "undo"):
        ask(own, kind)
        carry_out(run)
    assert "You have 2 of 3 fresh starts left." in text(page(own))
    for _one in range(2):
        reset(own.user)
    assert "You have 1 of 3 fresh starts left." in text(page(own))
    dialog = text(page(own, switch(), **PART))
    assert "You have 1 of 3 fresh starts left. This takes one of them, even if you take it back." in dialog


def test_what_staff_did_only_staff_take_back(own: Client, reset: Any) -> None:
    """There is no button, and the form is refused."""
    reset(own.user)
    assert switch("undo") not in page(own)
    assert "by others" in text(page(own, switch("undo"), **PART)) + text(ask(own, "undo").content.decode())
    assert ask(own, "undo").status_code == 422


def test_an_operation_that_failed_says_that_nothing_changed(own: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """And she may try again."""
    ask(own)
    row = AttemptOperation.objects.get()
    row.status, row.in_flight, row.error_code = "failed", None, "unexpected"
    row.save()
    shown = page(own)
    assert "nothing was changed by it" in shown
    assert switch() in shown


def test_grades_that_count(own: Client, run: Any) -> None:
    """Where an earlier attempt's grade counts, the page says so."""
    api.change_policy({"grade_of_record": "best"}, changed_by=None)
    CourseGradeFactory(user_id=own.user.pk)
    assert "The best grade of all your attempts is the one that counts." in text(page(own, switch(), **PART))
    ask(own)
    carry_out(run)
    assert "The grade that counts is that of attempt 1: 30%." in text(page(own))


@pytest.mark.parametrize(
    "path",
    [
        f"courses/{LOOKALIKE}/",
        f"courses/{LOOKALIKE}/reset/",
        f"courses/{COURSE}/activate/",
        f"courses/{COURSE}/delete/",
        "courses/no-key/reset/",
        "courses/Org/reset/",
    ],
)
def test_addresses_that_are_none_of_hers(own: Client, path: str) -> None:
    """Are not there, whether or not there is such a course."""
    CourseFactory(id=LOOKALIKE)
    assert own.get(f"{ME}{path}", **PART).status_code in (400, 404)


def test_nobody_else_is_on_it(own: Client, reset: Any) -> None:
    """Whoever else has been reset in the course."""
    other = enrolled(username="somebodyelse")
    reset(other)
    assert "somebodyelse" not in page(own)
    assert "Attempt 1 since" in text(page(own))


def test_an_enrolment_that_has_ended(own: Client) -> None:
    """Is still a course of hers, in which she cannot start afresh."""
    CourseEnrollment.objects.update(is_active=False)
    shown = page(own)
    assert "You are not enrolled in this course now." in shown
    assert switch() not in shown


@pytest.mark.parametrize("written", HOSTILE)
def test_what_people_write_is_text(own: Client, run: Any, written: str) -> None:
    """The course's name, and what she wrote herself."""
    CourseFactory._meta.model.objects.update(display_name=written)
    ask(own, comment=written)
    for path, headers in ((ME, {}), (f"{ME}courses/{COURSE}/", PART), (switch(), PART), (switch(), {})):
        shown = page(own, path, **headers)
        assert written not in shown
        assert "<img" not in shown


def test_a_visitor_has_to_log_in(db: None) -> None:
    """Nothing is shown of anybody."""
    for path in ("", f"courses/{COURSE}/", f"courses/{COURSE}/reset/"):
        assert Client().get(f"{ME}{path}").status_code == 302


def test_few_courses_or_many_take_as_many_statements(own: Client, reset: Any) -> None:
    """On each page of the list; its weight is bounded too."""
    found = []
    for number in (2, 30):
        for one in range(CourseEnrollment.objects.filter(user=own.user).count(), number):
            key = CourseKey.from_string(f"course-v1:Org+Course{one:02}+Run")
            EnrolmentFactory(user=own.user, course=CourseFactory(id=key))
            for _ in range(3):
                reset(own.user, key)
        with CaptureQueriesContext(connection) as asked:
            shown = page(own)
        found.append(len([query for query in asked if "SAVEPOINT" not in query["sql"]]))
    assert found[0] == found[1] <= 2 + 2 + 11
    assert shown.count('class="card mb-4"') == 20
    assert len(shown.encode()) < 100_000
    assert 'href="?page=2"' in shown
    assert page(own, f"{ME}?page=2").count('class="card mb-4"') == 10
    assert page(own, f"{ME}?page=nonsense").count('class="card mb-4"') == 20


def test_somebody_without_a_course(db: None) -> None:
    """Is told so."""
    assert "You have not been in any course yet." in page(browser_of(UserFactory()))
