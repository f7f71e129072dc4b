"""``manage.py attempts export``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.attempts.exports.reading import rows_in
from tests.factories import COURSE, StateFactory

pytestmark = pytest.mark.django_db


def test_a_course(tmp_path: Path, learner: Any, reset: Any, attempts_command: Any) -> None:
    """What it wrote is on the output, in numbers."""
    StateFactory(student=learner)
    reset(learner)
    code, out, _ = attempts_command("export", tmp_path, "--course", COURSE, "--as", "ndjson")
    assert (code, "states: 1 rows" in out, "operations: 1 rows" in out) == (0, True, True)
    assert [row["attempt_number"] for row in rows_in(tmp_path, "states")] == [1]
    code, out, error = attempts_command("export", tmp_path, "--course", COURSE)
    assert (code, "complete export" in error) == (2, True)


def test_a_learner_with_identities(tmp_path: Path, learner: Any, attempts_command: Any) -> None:
    """In every course; only the datasets that are named."""
    StateFactory(student=learner)
    words = ("--learner", learner.email, "--datasets", "states", "--identities", "--format", "json")
    code, out, _ = attempts_command("export", tmp_path, *words)
    assert (code, json.loads(out)["rows"]) == (0, {"states": 1, "people": 1})
    assert [row["username"] for row in rows_in(tmp_path, "people")] == [learner.username]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "Say of what: --course, --org, --learner or --all."),
        (("--course", "course-v1:No+Such+Course"), "There is no course course-v1:No+Such+Course."),
        (("--course", "Org/Course/Run"), "deprecated course key"),
        (("--org", "Nobody"), "There is no course of the organisation Nobody."),
        (("--learner", "nobody"), "nobody"),
        (("--all", "--database", "elsewhere"), "There is no database elsewhere"),
        (("--all", "--as", "xlsx"), "invalid choice: 'xlsx'"),
        (("--all", "--datasets", "grades"), "invalid choice: 'grades'"),
    ],
)
def test_words_that_make_no_sense(tmp_path: Path, attempts_command: Any, words: tuple[str, ...], sentence: str) -> None:
    """Say what is wrong, and no directory is made."""
    code, _, error = attempts_command("export", tmp_path / "none", *words)
    assert code in (1, 2)
    assert sentence in error
    assert not (tmp_path / "none").exists()
