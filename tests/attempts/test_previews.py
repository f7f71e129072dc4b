"""What a preview says of what would stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext_lazy, override
from opaque_keys.edx.keys import CourseKey

from attempts import api
from attempts.coverage import DECLARED, keeping
from attempts.data import Stays, TableCoverage
from tests.factories import COURSE, LOOKALIKE, enrolled

pytestmark = pytest.mark.django_db
BLOCK = COURSE.make_usage_key("vertical", "b")


def sign(learner: Any, course_key: CourseKey = COURSE) -> None:
    """Promise to be honest in a course."""
    apps.get_model("agreements.IntegritySignature").objects.create(user=learner, course_key=course_key)


def be_there(learner: Any, day: int) -> None:
    """Have been there on a day."""
    apps.get_model("course_goals.UserActivity").objects.create(
        user=learner, course_key=COURSE, date=f"2026-01-{day:02}"
    )


def test_kept_tables_are_named_with_rows_and_reason(learner: Any) -> None:
    """The learner's own, in this course; not others', nor hers in a course whose key looks alike."""
    sign(learner)
    for day in (1, 2):
        be_there(learner, day)
    sign(learner, LOOKALIKE)
    sign(enrolled())
    assert api.preview(learner, COURSE).stays[1:] == (
        Stays("agreements_integritysignature", "Integrity signature", 1, "What was promised for a course holds on."),
        Stays("course_goals_useractivity", "User activity", 2, "On which days somebody was there stays true."),
    )


def test_what_is_counted_once_is_told_once(learner: Any) -> None:
    """The enrolment has a sentence of its own, and comes first, whether or not its table is declared kept."""
    tables = [stays.table for stays in api.preview(learner, COURSE).stays]
    assert tables[0] == "student_courseenrollment"
    assert len(tables) == len(set(tables))
    assert {DECLARED[table].answer for table in tables} <= {"kept", "refused"}


@pytest.fixture
def audited(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[TableCoverage], None]]:
    """Have the audit find a kept table, before all others."""

    def find(one: TableCoverage) -> None:
        monkeypatch.setattr(keeping, "audit_host", lambda: [one])
        keeping._kept_tables.cache_clear()

    yield find
    keeping._kept_tables.cache_clear()


def test_a_table_whose_first_key_is_a_block_s(learner: Any, audited: Callable[[TableCoverage], None]) -> None:
    """The audit is content with any; the learner's rows are counted by the course all the same."""
    bookmarks = apps.get_model("bookmarks.Bookmark")
    cached = apps.get_model("bookmarks.XBlockCache").objects.create(usage_key=BLOCK, course_key=COURSE)
    bookmarks.objects.create(user=learner, course_key=COURSE, usage_key=BLOCK, _path=[], xblock_cache=cached)
    audited(TableCoverage("bookmarks_bookmark", "bookmarks.Bookmark", "user_id", "usage_key", "kept", "Why."))
    assert api.preview(learner, COURSE).stays[1:] == (Stays("bookmarks_bookmark", "Bookmark", 1, "Why."),)


def test_a_table_with_keys_of_blocks_only_is_left_out(
    learner: Any, audited: Callable[[TableCoverage], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing in it is a course, so nothing is asked."""
    meta = apps.get_model("bookmarks.Bookmark")._meta
    fields = tuple(field for field in meta.concrete_fields if field.name != "course_key")
    monkeypatch.setitem(vars(meta), "concrete_fields", fields)
    audited(TableCoverage("bookmarks_bookmark", "bookmarks.Bookmark", "user_id", "usage_key", "kept", "Why."))
    assert len(api.preview(learner, COURSE).stays) == 1


def test_a_table_that_django_does_not_manage_is_left_out(
    learner: Any, audited: Callable[[TableCoverage], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may not be there, as the view of a database that this site has not made."""
    monkeypatch.setattr(apps.get_model("agreements.IntegritySignature")._meta, "managed", False)
    sign(learner)
    audited(
        TableCoverage(
            "agreements_integritysignature", "agreements.IntegritySignature", "user_id", "course_key", "kept", "Why."
        )
    )
    assert len(api.preview(learner, COURSE).stays) == 1


class Elsewhere:
    """A router that keeps the first of the kept tables in a database of its own."""

    def db_for_write(self, model: Any, **_hints: Any) -> str | None:
        """Say where."""
        return "elsewhere" if model._meta.label == "agreements.IntegritySignature" else None


def test_a_kept_table_in_another_database_is_left_out(learner: Any, settings: Any) -> None:
    """The others are not."""
    be_there(learner, 1)
    settings.DATABASE_ROUTERS = [Elsewhere()]
    assert [stays.table for stays in api.preview(learner, COURSE).stays[1:]] == ["course_goals_useractivity"]


@pytest.fixture
def translated(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A model with a name that Django itself has in German."""
    meta = apps.get_model("agreements.IntegritySignature")._meta
    monkeypatch.setattr(meta, "verbose_name", gettext_lazy("Delete"))
    vars(meta).pop("verbose_name_raw", None)
    keeping._kept_tables.cache_clear()
    yield
    vars(meta).pop("verbose_name_raw", None)
    keeping._kept_tables.cache_clear()


@pytest.mark.usefixtures("translated")
def test_names_of_kept_tables_are_in_one_language(learner: Any) -> None:
    """They are read once, and whoever asks first does not choose it for the others."""
    sign(learner)
    with override("de"):
        assert api.preview(learner, COURSE).stays[1].label == "Delete"


def test_it_takes_one_statement(learner: Any, reset: Any) -> None:
    """Whatever there is, of whichever kind of switch."""
    reset(learner)
    counts = []
    for day in (1, 2, 3):
        with CaptureQueriesContext(connection) as seen:
            api.preview(learner, COURSE, kind="undo")
        counts.append(sum("course_goals_useractivity" in query["sql"] for query in seen.captured_queries))
        be_there(learner, day)
    assert counts == [1, 1, 1]
