"""The threat model, ``docs/threats.csv``: each threat has an answer, and each answer names what shows it."""

from __future__ import annotations

import ast
import csv
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.test_hazards import find, told

ROOT = Path(__file__).parents[2]
REGISTER = ROOT / "docs" / "threats.csv"
PAGE = ROOT / "docs" / "security.rst"
ANSWERS = ("met", "duty", "none")


class Row(NamedTuple):
    """A threat."""

    who: str
    threat: str
    answer: str
    how: str
    left: str
    tests: tuple[str, ...]


@cache
def register() -> tuple[Row, ...]:
    """Return the rows of the threat model."""
    with REGISTER.open(newline="") as file:
        reader = csv.reader(file)
        assert next(reader) == ["who", "threat", "answer", "how", "what is left", "tests"]
        return tuple(Row(*words, tuple(filter(None, map(str.strip, tests.split(";"))))) for *words, tests in reader)


def test_every_row_is_whole() -> None:
    """Somebody whom the page introduces, a threat and an answer as sentences; no threat twice."""
    page = PAGE.read_text()
    problems = []
    for row in register():
        if f"\n{row.who}\n" not in page:
            problems.append(f"'{row.threat}': the page does not say who '{row.who}' is.")
        if row.answer not in ANSWERS:
            problems.append(f"'{row.threat}': '{row.answer}' is no answer; write one of {', '.join(ANSWERS)}.")
        if not all(text.endswith(".") for text in (row.threat, row.how, row.left) if text) or not row.how:
            problems.append(f"'{row.threat}': write threat, answer and what is left as sentences.")
    problems += [
        f"'{one}' is there twice." for one, times in Counter(row.threat for row in register()).items() if times > 1
    ]
    assert not problems, told(problems)


def test_every_test_that_is_named_is_there() -> None:
    """What is met, or an operator's duty, names at least one test; nothing else does."""
    problems = [f"'{row.threat}': there is no {name}." for row in register() for name in row.tests if not find(name)]
    problems += [
        f"'{row.threat}' is '{row.answer}': {'name a test that tries it' if not row.tests else 'that has no tests'}."
        for row in register()
        if bool(row.tests) != (row.answer in ("met", "duty"))
    ]
    assert not problems, told(problems)


def test_every_attack_is_in_the_model() -> None:
    """A test of this folder is named by a row, unless it is about the means of others."""
    named = {name for row in register() for name in row.tests}
    folder = Path(__file__).parent
    tests = {
        f"tests/security/{file.name}::{one.name}"
        for file in folder.glob("test_*.py")
        if file != Path(__file__)
        for one in ast.parse(file.read_text()).body
        if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")
    }
    forgotten = sorted(tests - named - MEANS)
    assert not forgotten, told([f"{name}: name it in docs/threats.csv." for name in forgotten])
    assert tests >= MEANS


#: They show that the other tests try what they mean to try.
MEANS = {
    f"tests/security/{name}"
    for name in (
        "test_admin.py::test_models_are_there_to_be_attacked",
        "test_secrets.py::test_addresses_that_can_be_read_stay_as_they_are",
        "test_secrets.py::test_the_shipped_settings_have_no_password_in_an_address",
        "test_sandbox.py::test_the_secret_that_is_shipped_is_the_one_that_is_looked_for",
        "test_words.py::test_what_is_plain_is_printed_as_it_is",
    )
}
