"""The banner for the host's own pages: what it says, what it costs, and that no page ever fails for it."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection
from django.template import Context, Template
from django.test import RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from attempts import api
from attempts.models import AttemptContext
from attempts_api import banner
from attempts_api.banner import banner_text
from tests.factories import COURSE, LOOKALIKE, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_logged_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a fresh process."""
    monkeypatch.setattr(banner, "_logged", set())


@pytest.fixture
def retaking(learner: Any, reset: Any) -> Any:
    """A learner in attempt 2 since a day in May."""
    reset(learner)
    AttemptContext.objects.filter(number=2).update(opened_at=datetime(2026, 5, 3, 12, tzinfo=UTC))
    return learner


def rendered(user: Any, course_key: Any = COURSE, tag: str = "{% attempts_banner key %}", **more: Any) -> str:
    """What a template of the host shows."""
    request = RequestFactory().get("/")
    request.user = user
    context = {"key": course_key, "request": request, **more}
    return Template("{% load attempts %}" + tag).render(Context(context))


def test_whoever_is_in_another_attempt_is_told(retaking: Any) -> None:
    """With the day, and a link to her own page."""
    assert banner_text(retaking, COURSE) == banner_text(retaking, str(COURSE)) == "Attempt 2 since May 3, 2026"
    shown = rendered(retaking)
    assert "Attempt 2 since May 3, 2026" in shown
    assert 'href="/attempts/me/"' in shown
    assert (
        rendered(retaking, tag="{% attempts_banner_text key as text %}[{{ text }}]") == "[Attempt 2 since May 3, 2026]"
    )


def test_after_an_undo(retaking: Any, undo: Any) -> None:
    """It is attempt 1 again; when that began may be unknown."""
    undo(retaking)
    assert banner_text(retaking, COURSE).startswith("Attempt 1 since ")
    AttemptContext.objects.filter(number=1).update(opened_at=None)
    assert banner_text(retaking, COURSE) == "Attempt 1"


def test_everybody_else_sees_nothing_at_all(retaking: Any) -> None:
    """Never reset, in another course, not logged in, nobody."""
    assert [rendered(UserFactory()), rendered(retaking, LOOKALIKE), rendered(AnonymousUser()), rendered(None)] == [
        ""
    ] * 4
    assert Template("{% load attempts %}{% attempts_banner key %}").render(Context({"key": COURSE})) == ""


def test_it_takes_one_statement_at_most(retaking: Any) -> None:
    """None for a visitor."""
    for user, statements in ((retaking, 1), (UserFactory(), 1), (AnonymousUser(), 0)):
        with CaptureQueriesContext(connection) as asked:
            rendered(user)
        assert len([query for query in asked if "SELECT" in query["sql"]]) == statements


def test_the_statement_reads_by_an_index(retaking: Any) -> None:
    """Whatever the number of rows."""
    with CaptureQueriesContext(connection) as asked:
        api.active_since(retaking.pk, COURSE)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {asked[0]['sql']}")
            plan = " ".join(str(row) for row in cursor.fetchall())
        assert "SCAN" not in plan


def test_its_language_is_that_of_the_page(retaking: Any) -> None:
    """And the day is written as there."""
    with translation.override("de"):
        assert "3. Mai 2026" in banner_text(retaking, COURSE)


@override_settings(TIME_ZONE="Pacific/Auckland")
def test_its_day_is_that_of_the_page(retaking: Any) -> None:
    """Noon in Greenwich is the next day there."""
    assert banner_text(retaking, COURSE) == "Attempt 2 since May 4, 2026"


@pytest.mark.parametrize(
    "course_key",
    ["nonsense", "", None, 7, "Org/Course/Run", "<script>", "attempt-v1:Org+Course+Run+attempt@1", object()],
)
def test_what_is_no_course(retaking: Any, course_key: Any) -> None:
    """Is none with attempts."""
    assert rendered(retaking, course_key) == ""


def test_a_database_that_is_away(retaking: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Leaves the sentence out, and is logged once, without what it said."""

    def refuse(*_words: Any) -> Any:
        raise DatabaseError("secret row")

    with caplog.at_level(logging.WARNING), connection.execute_wrapper(refuse):
        assert [rendered(retaking) for _ in range(3)] == [""] * 3
    assert caplog.text.count("no banner is shown: DatabaseError") == 1
    assert "secret row" not in caplog.text


def test_a_statement_that_fails_does_not_end_the_hosts_transaction(
    retaking: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where our tables are not migrated yet."""

    def fail(*_words: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM there_is_no_such_table")

    monkeypatch.setattr(api, "active_since", fail)
    assert banner_text(retaking, COURSE) == ""
    retaking.refresh_from_db()


def test_a_site_without_the_console(retaking: Any) -> None:
    """Has the sentence, without a link."""
    with override_settings(ROOT_URLCONF="csrf.urls"):
        shown = rendered(retaking)
    assert "Attempt 2 since" in shown
    assert "href" not in shown
