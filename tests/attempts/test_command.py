"""The command line: what it prints, and its exit codes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from attempts import api
from tests.factories import COURSE, CourseGradeFactory, StateFactory, UserFactory

pytestmark = pytest.mark.django_db
Run = Callable[..., tuple[int, str, str]]


def test_reset_show_undo_verify(learner: Any, attempts_command: Run) -> None:
    """The usual day of a support agent."""
    StateFactory(student=learner)
    support = UserFactory(username="support")
    code, out, _ = attempts_command("reset", learner.username, COURSE, "--actor", "support", "--comment", "Ill.")
    assert (code, "enqueued" in out) == (0, True)
    code, out, _ = attempts_command("recover", "--older-than", 0)
    assert (code, "attempt 1 → 2" in out) == (0, True)
    code, out, _ = attempts_command("show", learner.email, COURSE)
    assert code == 0
    assert [line.split()[:2] for line in out.splitlines()[1:]] == [["1", "archived"], ["2", "active"]]
    code, out, _ = attempts_command("undo", learner.username, COURSE, "--format", "json")
    asked = json.loads(out)
    assert (code, asked["kind"], asked["status"], asked["requested_by"]) == (0, "undo", "enqueued", None)
    attempts_command("recover", "--older-than", 0)
    assert api.active_attempt(learner, COURSE).number == 1
    assert attempts_command("verify", learner.username, COURSE)[:2] == (0, "All invariants hold.\n")
    assert attempts_command("verify")[0] == 0
    assert support.pk


def test_preview_says_what_would_move(learner: Any, attempts_command: Run) -> None:
    """And exits 1 if it would be refused."""
    StateFactory.create_batch(3, student=learner)
    code, out, _ = attempts_command("preview", learner.username, COURSE)
    assert code == 0
    assert "attempt 1 → 2" in out
    assert next(line for line in out.splitlines() if "studentmodule" in line).split()[1:] == ["3", "0", "0"]
    assert "blockcompletion" not in out
    assert re.search(r"nothing in \d+ other stores", out)
    assert re.search(r"student_courseenrollment +1 +The learner stays enrolled\.", out)
    CourseGradeFactory(user_id=learner.pk, passing=True)
    code, out, error = attempts_command("preview", learner.username, COURSE)
    assert (code, "learner_passing" in out, error) == (1, True, "A reset would be refused.")


def test_recover_says_what_could_not_be_done(learner: Any, attempts_command: Run) -> None:
    """Exit code 1, after the others were carried out."""
    attempts_command("reset", learner.username, COURSE)
    CourseGradeFactory(user_id=learner.pk, passing=True)
    code, out, error = attempts_command("recover", "--older-than", 0)
    assert (code, "learner_passing" in out, error) == (1, True, "1 of 1 operations are not complete.")


def test_every_reason_is_printed(learner: Any, attempts_command: Run, reset: Any) -> None:
    """One line each, with its code."""
    reset(learner)
    StateFactory(student=learner)
    CourseGradeFactory(user_id=learner.pk, passing=True)
    code, out, error = attempts_command("undo", learner.username, COURSE, "--format", "json")
    assert code == 1
    assert "learner_passing: " in error
    assert "worked_since: " in error
    data = json.loads(out)
    assert (data["code"], [reason["code"] for reason in data["reasons"]]) == (
        "not_eligible",
        ["learner_passing", "worked_since"],
    )
    words = ("--override", "worked_since", "--override", "learner_passing")
    assert attempts_command("undo", learner.username, COURSE, *words)[0] == 0


def test_activate_by_number_and_uuid(learner: Any, attempts_command: Run, reset: Any) -> None:
    """Either will do; anything else is wrong usage."""
    reset(learner)
    first = api.attempts(learner, COURSE)[0]
    assert attempts_command("preview", learner.username, COURSE, "--kind", "activate", "--to", first.uuid)[0] == 0
    assert attempts_command("activate", learner.username, COURSE, first.uuid)[0] == 0
    attempts_command("recover", "--older-than", 0)
    assert api.active_attempt(learner, COURSE).number == 1
    assert attempts_command("activate", learner.username, COURSE, 2)[0] == 0


def test_waiting_ends_with_the_operation(learner: Any, attempts_command: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Done: 0. Failed: 1. Nobody there: 1, with what to do."""
    code, _, error = attempts_command("reset", learner.username, COURSE, "--wait", "--timeout", "0")
    assert code == 1
    assert "recover" in error
    CourseGradeFactory(user_id=learner.pk, passing=True)
    monkeypatch.setattr("attempts.management.subcommands.switches.time.sleep", lambda _: api.recover(older_than=None))
    attempts_command("recover", "--older-than", 0)
    monkeypatch.setattr(
        "attempts.management.subcommands.switches.time.sleep", lambda _: attempts_command("recover", "--older-than", 0)
    )
    code, out, _ = attempts_command("reset", learner.username, COURSE, "--wait", "--override", "learner_passing")
    assert (code, "complete" in out) == (0, True)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("reset", "nobody", COURSE), "learner_not_found"),
        (("reset", "LEARNER", "course-v1:Org+Course+Other"), "course_not_found"),
        (("reset", "LEARNER", "Org/Course/Run"), "deprecated_course_key"),
        (("show", "LEARNER", "nonsense"), "invalid_course_key"),
        (("reset", "LEARNER", COURSE, "--comment", "x" * 256), "comment_too_long"),
        (("reset", "LEARNER", COURSE, "--override", "x"), "unknown_override"),
        (("reset", "LEARNER", COURSE, "--actor", "nobody"), "learner_not_found"),
        (("activate", "LEARNER", COURSE, "9"), "attempt_not_found"),
        (("preview", "LEARNER", COURSE, "--kind", "activate"), "--to ATTEMPT"),
        (("preview", "LEARNER", COURSE, "--to", "1"), "--kind activate"),
    ],
)
def test_wrong_usage_exits_2(learner: Any, attempts_command: Run, words: tuple[Any, ...], code: str) -> None:
    """Naming what is wrong."""
    words = tuple(learner.username if word == "LEARNER" else word for word in words)
    returned, _, error = attempts_command(*words)
    assert (returned, code in error) == (2, True)


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("destroy",),
        ("reset", "x"),
        ("activate", "x", "y", "z"),
        ("recover", "--older-than", "x"),
        ("recover", "--older-than", "1e12"),
    ],
)
def test_words_that_argparse_refuses(attempts_command: Run, words: tuple[str, ...]) -> None:
    """They never reach attempts."""
    with pytest.raises(CommandError):
        call_command("attempts", *words)


def test_verify_says_which_row_is_broken(learner: Any, attempts_command: Run, reset: Any) -> None:
    """A row moved by hand, as a bug or a stale save would."""
    row = StateFactory(student=learner)
    reset(learner)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE courseware_studentmodule SET course_id = %s WHERE id = %s", [str(COURSE), row.pk])
    for words in (("verify", learner.username, COURSE), ("verify", learner.username), ("verify",)):
        code, out, error = attempts_command(*words)
        assert code == 1
        assert f"Row {row.pk} of courseware_studentmodule" in out
        assert error == "2 invariants are broken."
    data = json.loads(attempts_command("verify", "--format", "json")[1])
    assert {found["code"] for found in data} == {"wrong_key", "rows_missing"}
