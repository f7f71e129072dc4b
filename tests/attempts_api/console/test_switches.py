"""The dialogs of reset, undo and activate."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone, translation

from attempts import api
from attempts.models import AttemptOperation
from attempts_api.console.anchors import course_anchor
from attempts_api.console.learners.advice import REASONS
from attempts_api.console.learners.forms import COMMENT_LENGTH, opening
from tests.attempts_api.console.conftest import PART, browser_of, send
from tests.attempts_api.console.test_learners import SCRIPTS, text_of
from tests.factories import (
    COURSE,
    LOOKALIKE,
    CertificateFactory,
    CourseFactory,
    CourseGradeFactory,
    EnrolmentFactory,
    StateFactory,
    UserFactory,
    enrolled,
)

pytestmark = pytest.mark.django_db
HIDDEN = re.compile(r'<input type="hidden" name="(idempotency_key|latest|to)" value="([^"]*)">')


def path(learner: Any, kind: str = "reset", course_key: Any = COURSE) -> str:
    return reverse("attempts_console:switch", args=[learner.username, course_key, kind])


def opened(browser: Client, learner: Any, kind: str = "reset", **words: Any) -> dict[str, str]:
    """Open a dialog, and return the hidden fields of its form."""
    answer = browser.get(path(learner, kind), words, **PART)
    assert answer.status_code == 200, answer.content.decode()
    return dict(HIDDEN.findall(answer.content.decode()))


def ask(browser: Client, learner: Any, kind: str = "reset", part: bool = True, **words: Any) -> Any:
    """Open a dialog, and send its form."""
    hidden = opened(browser, learner, kind)
    return send(browser, path(learner, kind), part=part, **{**hidden, "why": "illness", **words})


def operations() -> list[tuple[str, str]]:
    return list(AttemptOperation.objects.order_by("pk").values_list("kind", "comment"))


# ---------------------------------------------------------------------------------------------------------------------
# What is shown first


def test_what_a_reset_does_is_said_first(support: Client, learner: Any) -> None:
    """In sentences, with the number of rows; by table where somebody wants to know; nothing is written."""
    StateFactory.create_batch(3, student=learner)
    page = support.get(path(learner), **PART)
    told = text_of(page)
    assert "Attempt 1 is archived whole, with 3 records" in told
    assert "Attempt 2 becomes active: the learner sees a fresh course, with no answers" in told
    assert "The learner is told by e-mail." in told
    assert "Block states 3 0" in told
    assert "The learner stays enrolled." in told
    assert f">Reset {learner.username} in About Run</button>" in page.content.decode()
    assert operations() == []


def test_the_dialog_is_a_part_with_a_title_a_place_for_errors_and_a_way_out(support: Client, learner: Any) -> None:
    """And without script a page with a heading and a link back."""
    part = support.get(path(learner), **PART).content.decode()
    assert "<html" not in part
    assert '<h2 id="dialog-title"' in part
    assert '<div class="console-alert" role="alert"></div>' in part
    assert "data-close" in part
    page = support.get(path(learner)).content.decode()
    assert f'<h1 dir="auto">Reset {learner.username} in About Run</h1>' in page
    assert "hx-post" not in page
    assert f'href="/attempts/learners/{learner.username}/#{course_anchor(COURSE)}"' in page


def test_undo_and_activate_name_what_becomes_active_and_what_is_archived(
    support: Client, learner: Any, reset: Any
) -> None:
    """With what comes back."""
    StateFactory.create_batch(2, student=learner)
    uuid = reset(learner).from_uuid
    for kind, words in (("undo", {}), ("activate", {"to": uuid})):
        told = text_of(support.get(path(learner, kind), words, **PART))
        assert "Attempt 2 is archived whole, with 0 records" in told
        assert "Attempt 1 becomes active again, with 2 records" in told
    assert f"Activate attempt 1 of {learner.username} in About Run" in told


def test_the_way_back_says_what_it_takes_back(
    support: Client, learner: Any, reset: Any, undo: Any, activate: Any
) -> None:
    """Beside the result and in the dialog, so that a reset, an undo and an activation are told apart."""
    name = learner.username
    told = [
        (lambda: reset(learner), f"Undo the reset of {name} in About Run", 1),
        (lambda: undo(learner), f"Take back the undo for {name} in About Run", 2),
        (lambda: activate(learner, 2), f"Take back the activation for {name} in About Run", 1),
    ]
    for switch, words, number in told:
        switch()
        page = support.get(reverse("attempts_console:learner", args=[name]))
        assert [words in text_of(page) for _switch, words, _number in told].count(True) == 1
        assert words in text_of(page)
        dialog = support.get(path(learner, "undo"), **PART).content.decode()
        assert dialog.count(f"{words}: back to attempt {number}<") == 2
    api.request_reset(learner, COURSE, requested_by=support.user)
    AttemptOperation.objects.filter(status="enqueued").update(
        status="failed", in_flight=None, completed_at=timezone.now()
    )
    assert words in text_of(support.get(reverse("attempts_console:learner", args=[name])))


@pytest.mark.parametrize(
    ("rule", "sentence", "box"),
    [
        ("block", "The learner has a certificate. Nothing is done to it: if you go on, it stays valid.", True),
        ("keep", "The certificate stays valid, as the policy says", False),
    ],
)
def test_a_certificate(support: Client, learner: Any, policy: Any, rule: str, sentence: str, box: bool) -> None:
    """What becomes of it is said only if there is one."""
    policy.certificates = rule
    policy.save()
    assert "certificate" not in text_of(support.get(path(learner), **PART)).replace("Renewal of a certificate", "")
    CertificateFactory(user=learner)
    page = support.get(path(learner), **PART)
    assert sentence in text_of(page)
    assert ('value="certificate_issued"' in page.content.decode()) is box


def test_gates_schedules_and_team_work_are_told_where_they_are(support: Client, learner: Any, policy: Any) -> None:
    """And only there."""
    sentences = ("The personal schedule", "personal schedule starts today", "Gated content", "with a team")
    assert not any(sentence in text_of(support.get(path(learner), **PART)) for sentence in sentences)
    enrolment = EnrolmentFactory._meta.model.objects.get(user=learner)
    apps.get_model("schedules.Schedule").objects.create(enrollment=enrolment, start_date=timezone.now())
    assert "personal schedule starts today" in text_of(support.get(path(learner), **PART))
    policy.schedule = "keep"
    policy.save()
    assert "The personal schedule stays as it is, as the policy says." in text_of(support.get(path(learner), **PART))


def test_reasons_against_it_are_shown_at_once(support: Client, learner: Any, policy: Any) -> None:
    """Those that support may override as boxes to tick, each named; without them no request."""
    CertificateFactory(user=learner)
    CourseGradeFactory(user_id=learner.pk, passing=True)
    page = support.get(path(learner), **PART).content.decode()
    assert set(re.findall(r'name="override" value="(\w+)"', page)) == {"certificate_issued", "learner_passing"}
    answer = ask(support, learner)
    assert answer.status_code == 422
    assert "certificate" in text_of(answer)
    assert "passing grade" in text_of(answer)
    assert operations() == []
    answer = ask(support, learner, override=["certificate_issued", "learner_passing"])
    assert answer.status_code == 200
    assert operations() == [("reset", "Illness")]


def test_what_nobody_can_override_has_no_form(support: Client, learner: Any, policy: Any) -> None:
    """But says what to do."""
    policy.active = False
    policy.save()
    page = support.get(path(learner), **PART)
    assert "This cannot be done now:" in text_of(page)
    assert "Ask whoever manages the policy" in text_of(page)
    assert "<form" not in page.content.decode()


def test_whoever_may_not_override_is_told_who_can_help(
    browser_as: Callable[..., Client], learner: Any, policy: Any, reset: Any
) -> None:
    """An instructor's own is new work only; a forged box is refused."""
    policy.course_team_may_reset = True
    policy.save()
    team = browser_as("instructor")
    CertificateFactory(user=learner)
    page = team.get(path(learner), **PART)
    assert "<form" not in page.content.decode()
    assert "support can go on in spite of it" in text_of(page)
    answer = send(
        team, path(learner), why="illness", override=["certificate_issued"], latest="", idempotency_key=uuid4()
    )
    assert answer.status_code == 403
    assert operations() == []


def test_every_reason_has_something_to_do() -> None:
    """Those of the table of reasons."""
    import csv
    from pathlib import Path

    with (Path(__file__).parents[3] / "docs/reasons.csv").open() as file:
        assert {row["code"] for row in csv.DictReader(file)} == set(REASONS)


# ---------------------------------------------------------------------------------------------------------------------
# The request


def test_a_script_gets_the_row_and_the_dialog_closes(support: Client, learner: Any) -> None:
    """What is said aloud names the learner and the course; the focus goes to the status."""
    answer = ask(support, learner, text="  Flu,\r\n three weeks ")
    assert answer.status_code == 200
    assert "The reset waits for a worker." in text_of(answer)
    assert "data-live" in answer.content.decode()
    assert json.loads(answer["HX-Trigger"]) == {
        "console:close": "",
        "console:say": f"Asked for: reset of {learner.username} in About Run.",
    }
    assert json.loads(answer["HX-Trigger-After-Swap"]) == {"console:focus": f"{course_anchor(COURSE)}-status"}
    operation = AttemptOperation.objects.get()
    assert (operation.comment, operation.requested_by, operation.client) == (
        "Illness: Flu, three weeks",
        support.user,
        "console",
    )


def test_a_browser_is_sent_to_the_page(support: Client, learner: Any) -> None:
    """With 303, so that going back and loading again ask for nothing."""
    answer = ask(support, learner, part=False)
    assert answer.status_code == 303
    assert answer["Location"] == f"/attempts/learners/{learner.username}/#{course_anchor(COURSE)}"


@pytest.mark.parametrize("part", [True, False])
def test_a_form_sent_twice_asks_once(support: Client, learner: Any, run: Any, part: bool) -> None:
    """At once, and after the first has ended; with other words it is refused."""
    words = {**opened(support, learner), "why": "illness"}
    for _ in range(2):
        assert send(support, path(learner), part=part, **words).status_code in (200, 303)
    run(api.operation(AttemptOperation.objects.get().uuid))
    assert send(support, path(learner), part=part, **words).status_code in (200, 303)
    answer = send(support, path(learner), part=part, **{**words, "text": "more"})
    assert answer.status_code == 409
    assert "This form was sent before" in text_of(answer)
    assert operations() == [("reset", "Illness")]


@pytest.mark.parametrize("part", [True, False])
def test_what_has_come_up_since_is_told_in_the_readers_language(support: Client, learner: Any, part: bool) -> None:
    """Whether or not a script has sent the form."""
    words = {**opened(support, learner), "why": "illness"}
    CourseGradeFactory(user_id=learner.pk, letter_grade="A", passed_timestamp=timezone.now())
    support.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"
    answer = send(support, path(learner), part=part, **words)
    assert "Die lernende Person hat in Versuch 1 bestanden." in text_of(answer)
    assert "passing" not in text_of(answer)
    assert operations() == []


@pytest.mark.parametrize("part", [True, False])
def test_two_agents_on_one_learner(support: Client, learner: Any, run: Any, part: bool) -> None:
    """The second saw what is not so any more: she is told who was first, and nothing is done."""
    other = browser_of(UserFactory(username="other", is_staff=True))
    first, second = ({**opened(browser, learner), "why": "illness"} for browser in (other, support))
    send(other, path(learner), **first)
    answer = send(support, path(learner), part=part, **second)
    assert answer.status_code == 409
    assert "is not finished" in text_of(answer)
    run(api.operation(AttemptOperation.objects.get().uuid))
    answer = send(support, path(learner), part=part, **second, text="Her own words")
    assert answer.status_code == 409
    assert "Meanwhile other has asked for a switch" in text_of(answer)
    assert part or "Her own words</textarea>" in answer.content.decode()
    assert len(operations()) == 1
    assert api.active_attempt(learner, COURSE).number == 2


def test_two_courses_do_not_mix(support: Client, learner: Any, run: Any) -> None:
    """Each dialog is about its own."""
    EnrolmentFactory(user=learner, course=CourseFactory(id=LOOKALIKE))
    here, there = (support.get(path(learner, course_key=key), **PART).content.decode() for key in (COURSE, LOOKALIKE))
    words = {**dict(HIDDEN.findall(there)), "why": "test"}
    answer = send(support, path(learner, course_key=LOOKALIKE), **words)
    assert course_anchor(LOOKALIKE) in answer.content.decode()
    assert course_anchor(COURSE) not in answer.content.decode()
    send(support, path(learner), **dict(HIDDEN.findall(here)), why="illness")
    found = {str(row.course_key): row.comment for row in AttemptOperation.objects.all()}
    assert found == {str(COURSE): "Illness", str(LOOKALIKE): "Test"}


@pytest.mark.parametrize("part", [True, False])
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"why": ""}, "Choose a reason."),
        ({"why": "because"}, "Choose a reason of the list."),
        ({"why": "other", "text": ""}, "Say in your words what it is."),
        ({"why": "other", "text": "x" * (COMMENT_LENGTH + 1)}, "Shorten it by 1 character: 255 are kept"),
        ({"why": "illness", "text": "x" * COMMENT_LENGTH}, "Shorten it by 9 characters"),
        ({"idempotency_key": "x"}, "This form is not whole."),
        ({"latest": "x"}, "This form is not whole."),
    ],
)
def test_a_reason_is_needed(support: Client, learner: Any, words: Any, sentence: str, part: bool) -> None:
    """And is short enough; without script the form is shown again, with what was written."""
    answer = ask(support, learner, part=part, **{"text": "Hers", **words})
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    if part:
        assert "<form" not in answer.content.decode()
    else:
        assert f"{words.get('text', 'Hers')}</textarea>" in answer.content.decode()
    assert operations() == []


@pytest.mark.parametrize(
    ("why", "text"), [("other", "😀" * COMMENT_LENGTH), ("illness", "é" * (COMMENT_LENGTH - len("Illness: ")))]
)
def test_as_much_as_fits_is_kept_whole(support: Client, learner: Any, why: str, text: str) -> None:
    """Characters are counted, not bytes."""
    assert ask(support, learner, why=why, text=text).status_code == 200
    comment = AttemptOperation.objects.get().comment
    assert (len(comment), comment.endswith(text)) == (COMMENT_LENGTH, True)


def test_the_reason_is_stored_in_the_language_of_the_site() -> None:
    """Whatever language the agent reads."""
    with translation.override("de"):
        assert opening("illness") == "Illness: "
    with override_settings(LANGUAGE_CODE="de"), translation.override("en"):
        assert opening("other") == ""


@pytest.mark.parametrize("text", SCRIPTS)
def test_a_script_in_a_reason_is_text(support: Client, learner: Any, text: str) -> None:
    """In the row, in the dialog that is shown again, and on the page."""
    pages = [ask(support, learner, text=text), ask(support, learner, part=False, why="", text=text)]
    pages.append(support.get(reverse("attempts_console:learner", args=[learner.username])))
    for page in pages:
        assert "alert(1)" in page.content.decode()
        assert "<script>alert" not in page.content.decode()
        assert "<img" not in page.content.decode()


def test_undo_and_activate_by_their_dialogs(support: Client, learner: Any, reset: Any, run: Any) -> None:
    """And back again."""
    first = reset(learner).from_uuid
    assert ask(support, learner, "undo").status_code == 200
    run(api.operation(AttemptOperation.objects.last().uuid))
    assert api.active_attempt(learner, COURSE).number == 1
    second = next(one.uuid for one in api.attempts(learner, COURSE) if one.number == 2)
    for uuid in (second, first):
        hidden = opened(support, learner, "activate", to=uuid)
        assert send(support, path(learner, "activate"), **hidden, why="mistake").status_code == 200
        run(api.operation(AttemptOperation.objects.last().uuid))
        assert api.active_attempt(learner, COURSE).uuid == uuid


@pytest.mark.parametrize("to", ["", "x", "4d335262-7914-456e-8d63-20971514ac5a"])
def test_an_attempt_that_is_none_is_not_activated(support: Client, learner: Any, to: str) -> None:
    """It is not there."""
    assert support.get(path(learner, "activate"), {"to": to}, **PART).status_code == 404
    answer = send(support, path(learner, "activate"), why="test", to=to, latest="", idempotency_key=uuid4())
    assert answer.status_code in (404, 422)
    assert operations() == []


@pytest.mark.parametrize("kind", ["delete", "Reset", "x"])
def test_there_are_three_kinds(support: Client, learner: Any, kind: str) -> None:
    """No other has a page."""
    assert support.get(path(learner, kind)).status_code == 404


# ---------------------------------------------------------------------------------------------------------------------
# Who may


@pytest.mark.parametrize(
    ("role", "kind", "status"),
    [
        ("instructor", "reset", 200),
        ("instructor", "undo", 200),
        ("instructor", "activate", 403),
        ("staff", "reset", 403),
        ("data_researcher", "undo", 403),
        ("beta_testers", "reset", 403),
    ],
)
def test_roles_in_a_course(
    browser_as: Callable[..., Client], learner: Any, policy: Any, reset: Any, role: str, kind: str, status: int
) -> None:
    """As for the API; a form that is made up is refused as the dialog is."""
    policy.course_team_may_reset = True
    policy.save()
    uuid = reset(learner).from_uuid
    team = browser_as(role)
    assert team.get(path(learner, kind), {"to": uuid}, **PART).status_code == status
    before = AttemptOperation.objects.count()
    words = {"why": "test", "to": uuid, "idempotency_key": uuid4(), "latest": AttemptOperation.objects.last().uuid}
    assert send(team, path(learner, kind), **words).status_code == status
    assert AttemptOperation.objects.count() - before == (status == 200)


def test_a_learner_of_another_course_is_nobody(browser_as: Callable[..., Client], policy: Any) -> None:
    """To an instructor here; there she has no permission, whoever it is about."""
    policy.course_team_may_reset = True
    policy.save()
    team, stranger = browser_as("instructor"), enrolled(LOOKALIKE)
    assert team.get(path(stranger), **PART).status_code == 404
    assert team.get(path(stranger, course_key=LOOKALIKE), **PART).status_code == 403


def test_a_form_without_the_token_writes_nothing(support: Client, learner: Any) -> None:
    """Whoever sends it; somebody who is logged out is told that instead."""
    words = {**opened(support, learner), "why": "illness"}
    answer = support.post(path(learner), words, **PART)
    assert answer.status_code == 403
    assert "This page is older than your login." in text_of(answer)
    answer = Client(enforce_csrf_checks=True).post(path(learner), words, **PART)
    assert answer.status_code == 401
    assert "You are logged out." in text_of(answer)
    assert operations() == []


def test_an_operation_in_flight_is_told_in_the_dialog(support: Client, learner: Any) -> None:
    """Before anybody writes a reason."""
    api.request_reset(learner, COURSE, requested_by=None)
    assert "Another switch of this learner at this course has not ended." in text_of(support.get(path(learner), **PART))


def test_whoever_asks_too_often_is_told_when_to_ask_again(support: Client, learner: Any, settings: Any) -> None:
    """As over REST; nothing more is asked for."""
    settings.ATTEMPTS_API_THROTTLE_RATES = {"switch": "1/min"}
    words = {"why": "illness", "text": "", "latest": "", "to": ""}
    answers = [send(support, path(learner), **words, idempotency_key=uuid4()) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert 0 < int(answers[1]["Retry-After"]) <= 60
    assert AttemptOperation.objects.count() == 1
