"""What a preview says of what would stay."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from opaque_keys.edx.keys import CourseKey

from attempts import api
from attempts.coverage import DECLARED
from attempts.data import Stays
from tests.factories import COURSE, LOOKALIKE, enrolled

pytestmark = pytest.mark.django_db


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
