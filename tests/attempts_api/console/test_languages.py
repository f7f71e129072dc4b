"""The console in another language than English, and texts that no language would change."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone, translation

import attempts_api
from attempts import api
from attempts.coverage import DECLARED
from attempts.data import Reason
from attempts.exceptions import Vetoed
from attempts.models import AttemptContext
from attempts_api.console.sentences import in_words
from tests.attempts_api.console.conftest import PART, browser_of, send
from tests.factories import COURSE, CertificateFactory, CourseGradeFactory, StateFactory

TEMPLATES = sorted((Path(attempts_api.__file__).parent / "console").rglob("*.html"))


def read(browser: Client, path: str, **headers: str) -> str:
    """What a German reads of a page, with single blanks."""
    answer = browser.get(path, HTTP_ACCEPT_LANGUAGE="de-AT,de;q=0.9,en;q=0.5", **headers)
    assert answer.status_code == 200, answer.content.decode()
    page = answer.content.decode()
    assert headers or '<html lang="de" dir="ltr">' in page
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).replace("\xa0", " ").split())


@pytest.mark.django_db
def test_the_first_page_in_german(support: Client) -> None:
    """With the menu."""
    page = read(support, "/attempts/")
    assert "Lernende finden" in page
    assert "Angemeldet als support" in page


@pytest.mark.django_db
def test_the_page_of_a_learner_in_german(support: Client, learner: Any, run: Callable[..., Any]) -> None:
    """Days and numbers too, and the dialog."""
    CourseGradeFactory(user_id=learner.pk)
    run(api.request_reset(learner, COURSE, requested_by=support.user, comment="Krank"))
    AttemptContext.objects.filter(number=2).update(opened_at=datetime(2026, 5, 3, 12, tzinfo=UTC))
    page = read(support, f"/attempts/learners/{learner.username}/")
    assert "Kann zurückgesetzt werden." in page
    assert "2 Versuche" in page
    assert "Note: 30 %, nicht bestanden." in page
    dialog = read(support, f"/attempts/learners/{learner.username}/courses/{COURSE}/reset/", **PART)
    assert "Versuch 3 wird aktiv: Die lernende Person sieht einen frischen Kurs" in dialog


@pytest.mark.django_db
def test_what_stands_against_a_switch_in_german(support: Client, learner: Any, run: Callable[..., Any]) -> None:
    """Reasons with their numbers, what moves, and what is refused; what others have written stays as it is."""
    StateFactory(student=learner)
    run(api.request_reset(learner, COURSE, requested_by=support.user, comment="Sick"))
    StateFactory(student=learner)
    page = f"/attempts/learners/{learner.username}/"
    undo = read(support, f"{page}courses/{COURSE}/undo/", **PART)
    assert "In Versuch 2 wurde gearbeitet (1 Einträge)." in undo
    assert "Zustände von Bausteinen 1 1" in undo
    CourseGradeFactory(user_id=learner.pk, letter_grade="A", passed_timestamp=timezone.now())
    assert "Die lernende Person hat in Versuch 2 bestanden." in read(support, page)
    answer = support.get(f"/attempts/courses/{COURSE}x/", HTTP_ACCEPT_LANGUAGE="de")
    assert (answer.status_code, f"Es gibt keinen Kurs {COURSE}x." in unescape(answer.content.decode())) == (404, True)


@pytest.mark.django_db
def test_what_stays_in_german(support: Client, learner: Any, policy: Any) -> None:
    """Each reason that a table is declared with, and what a policy says; a label of the host's is the host's."""
    CertificateFactory(user=learner)
    policy.certificates = "keep"
    policy.save()
    apps.get_model("agreements.IntegritySignature").objects.create(user=learner, course_key=COURSE)
    dialog = read(support, f"/attempts/learners/{learner.username}/courses/{COURSE}/reset/", **PART)
    for words in (
        "Einschreibung (1): Die lernende Person bleibt eingeschrieben.",
        "Zertifikat (1): Das Zertifikat (Status: downloadable) bleibt bestehen, wie die Richtlinie es sagt.",
        "Integrity signature (1): Was für einen Kurs versprochen wurde, gilt weiter.",
    ):
        assert words in dialog, dialog
    kept = {one.reason for one in DECLARED.values() if one.answer == "kept"}
    with translation.override("de"):
        assert [reason for reason in kept if translation.gettext(reason) == reason] == []


def test_a_reason_of_the_sites_own_says_what_the_site_said() -> None:
    """Per cent signs in it are no places for values."""
    reason = Reason("own", "100 % of it: %(rule)s", overridable=True)
    with translation.override("de"):
        assert in_words(reason) == "100 % of it: %(rule)s"
        assert in_words(Vetoed("own", "100 %s")) == "Eine Regel dieser Site (own) lehnt den Wechsel ab: 100 %s"
        assert in_words(Vetoed("", " ")) == "Eine Regel dieser Site lehnt den Wechsel ab."


@pytest.mark.django_db
def test_the_own_page_in_german(learner: Any, reset: Callable[..., Any]) -> None:
    """Learners are addressed as staff are."""
    api.change_policy({"learner_may_reset": True}, changed_by=None)
    CourseGradeFactory(user_id=learner.pk)
    reset(learner)
    AttemptContext.objects.filter(number=2).update(opened_at=datetime(2026, 5, 3, 12, tzinfo=UTC))
    page = read(browser_of(learner), "/attempts/me/")
    assert "Was Sie in früheren Versuchen getan haben, bleibt erhalten." in page
    assert "Versuch 2 seit 3. Mai 2026" in page
    assert "30 %" in page


@pytest.mark.django_db
def test_errors_in_german(support: Client, learner: Any) -> None:
    """What the console itself refuses."""
    path = f"/attempts/me/courses/{COURSE}/reset/"
    browser = browser_of(learner)
    browser.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"
    assert "Das Formular ist nicht vollständig. Öffnen Sie es neu." in send(browser, path).content.decode()
    answer = support.get("/attempts/nowhere/", HTTP_ACCEPT_LANGUAGE="de")
    assert "Diese Seite gibt es nicht." in answer.content.decode()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_no_text_is_bare(template: Path) -> None:
    """Neither between tags nor in what is read out; commands are in no language."""
    page = re.sub(r"{%\s*blocktranslate.*?endblocktranslate\s*%}", "", template.read_text(), flags=re.DOTALL)
    page = re.sub(r"<code>.*?</code>", "", re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", "", page, flags=re.DOTALL))
    read_out = re.findall(r'\b(?:aria-label|alt|placeholder|title)="([^"]*)"', page)
    assert not re.findall(r"[^\W\d_]+", " ".join([re.sub(r"<[^>]*>", " ", page), *read_out]))
