"""The register of hazards, ``docs/hazards.csv``: each is answered, and each answer names what shows it.

A test that shows something about a section says so: by its name (``test_behaviour_1_6_…``), or by ``Behaviour 1.6`` in
its docstring or that of its class or module.
"""

from __future__ import annotations

import ast
import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

import pytest

from attempts import exceptions

ROOT = Path(__file__).parents[1]
REGISTER = ROOT / "docs" / "hazards.csv"
#: What is known of the platform, for who has it.
FACTS = ROOT.parent / "shared/platform/behaviour.md"
ANSWERS = ("met", "refused", "told", "none")

Definition = ast.FunctionDef | ast.ClassDef | ast.Module
_NUMBER = r"\d+(?:{dot}\d+)?"
_IN_NAMES = re.compile(
    r"behaviour_((?:{n}|archive|keep|keys)(?:_and_{n})*)(?=_|$)".format(n=_NUMBER.format(dot="_")),
)
_IN_DOCSTRINGS = re.compile(r"\bBehaviour ({n}(?:(?:, | and ){n})*)".format(n=_NUMBER.format(dot=r"\.")))


@dataclass(frozen=True)
class Row:
    """A hazard."""

    section: str
    title: str
    hazard: str
    answer: str
    tests: tuple[str, ...]
    pages: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return f"{self.section} '{self.hazard}'"


@cache
def register() -> tuple[Row, ...]:
    """Return the rows of the register."""
    with REGISTER.open(newline="") as file:
        reader = csv.DictReader(file)
        assert reader.fieldnames == ["section", "hazard", "answer", "tests"]
        return tuple(_row(**found) for found in reader)


def _row(section: str, hazard: str, answer: str, tests: str) -> Row:
    number, _, title = section.partition(" ")
    named = [name.strip() for name in tests.split(";") if name.strip()]
    pages = [name.partition(": ") for name in named if name.startswith("docs/")]
    return Row(
        section=number.strip(":").lower(),
        title=title,
        hazard=hazard,
        answer=answer,
        tests=tuple(name for name in named if not name.startswith("docs/")),
        pages=tuple((page, phrase) for page, _, phrase in pages),
    )


@cache
def module(path: str) -> ast.Module | None:
    """Return what is in a file of tests."""
    file = ROOT / path
    return ast.parse(file.read_text()) if path.startswith("tests/") and file.is_file() else None


def find(name: str) -> list[Definition]:
    """Return a test with all it is in, outermost first; nothing if it is not there."""
    path, *parts = name.split("::")
    if not parts or (found := module(path)) is None:
        return []
    way: list[Definition] = [found]
    for part in parts:
        inner = (one for one in way[-1].body if isinstance(one, ast.FunctionDef | ast.ClassDef) and one.name == part)
        if (one := next(inner, None)) is None:
            return []
        way.append(one)
    last = way[-1]
    return way if isinstance(last, ast.ClassDef) or last.name.startswith("test_") else []


def sections(*way: Definition) -> set[str]:
    """Return the sections that a test says it is about, from all it is in."""
    found = set()
    for one in way:
        if isinstance(one, ast.FunctionDef):
            for text in _IN_NAMES.findall(one.name):
                found |= {number.replace("_", ".") for number in text.split("_and_")}
        for text in _IN_DOCSTRINGS.findall(" ".join((ast.get_docstring(one) or "").split())):
            found |= set(re.split(", | and ", text))
    return found


def named_by_section() -> Iterator[tuple[str, set[str]]]:
    """Yield each test with a section in its name, and its sections."""
    for file in sorted((ROOT / "tests").rglob("*.py")):
        path = str(file.relative_to(ROOT))
        tree = module(path)
        assert tree is not None
        for outer in (tree, *(one for one in tree.body if isinstance(one, ast.ClassDef))):
            within = f"{path}::{outer.name}" if isinstance(outer, ast.ClassDef) else path
            for one in outer.body:
                if isinstance(one, ast.FunctionDef) and one.name.startswith("test_behaviour_"):
                    yield f"{within}::{one.name}", sections(one)


def told(problems: list[str]) -> str:
    """Return problems as one text."""
    return "\n".join(["", *problems])


def test_sections_of_names_and_docstrings() -> None:
    """What the other tests here go by."""

    def said(source: str) -> set[str]:
        return sections(*ast.parse(source).body[:1])

    assert said("def test_behaviour_1_6_two_at_once(): ...") == {"1.6"}
    assert said("def test_behaviour_10_a_row(): ...") == {"10"}
    assert said("def test_behaviour_6_and_10_late(): ...") == {"6", "10"}
    assert said("def test_behaviour_keep_all(): ...") == {"keep"}
    assert said("def test_a_row_is_kept(): 'About behaviour 1.6.'") == set()
    assert said("def test_behaviour_3(): 'Behaviour 1.8, 2.1\\n and 11. Behaviour 4.5: x.'") == {
        *("3", "1.8", "2.1", "11", "4.5"),
    }
    for name in (
        "tests/test_hazards.py",
        "tests/test_hazards.py::nobody",
        "tests/test_hazards.py::told",
        "docs/x.py::y",
    ):
        assert find(name) == []


def test_the_register_is_in_order() -> None:
    """Rows of a section stand together under one title; every row has an answer and a sentence."""
    problems = []
    for row in register():
        if row.answer not in ANSWERS:
            problems.append(f"{row}: '{row.answer}' is no answer; write one of {', '.join(ANSWERS)}.")
        if not row.title or not row.hazard.endswith("."):
            problems.append(f"{row}: give the section a title, and write the hazard as a sentence.")
    order = [section for section, _ in groupby(row.section for row in register())]
    titles = {(row.section, row.title) for row in register()}
    problems += [f"Section {one}: put its rows together." for one in sorted(set(order)) if order.count(one) > 1]
    if len(titles) > len(set(order)):
        problems.append("A section has two titles; write one.")
    said = Counter(map(str, register()))
    problems += [f"{row}: it is there twice." for row, times in said.items() if times > 1]
    assert not problems, told(problems)


def test_what_each_answer_needs() -> None:
    """Tests for what is met or refused, a known reason for what is refused, a page for what can only be told."""
    known = {getattr(error, "code", "") for error in vars(exceptions).values()}
    problems = []
    for row in register():
        if row.answer in ("met", "refused") and not row.tests:
            problems.append(f"{row}: name a test that shows it, or answer 'told' and name the page.")
        if row.answer == "refused" and not known & set(re.findall("``(.+?)``", row.hazard)):
            problems.append(f"{row}: say in the hazard by which code (of attempts/exceptions/) it is refused.")
        if (row.answer == "told") != bool(row.pages):
            problems.append(f"{row}: a page (docs/….rst: words of it) is for what is 'told', which needs one.")
        if row.answer == "none" and (row.tests or row.hazard.count(". ") != 1):
            problems.append(f"{row}: 'none' names no tests; say in a second sentence why it is no hazard.")
    assert not problems, told(problems)


def test_every_test_that_is_named_is_there() -> None:
    """By path, class and function. What a class inherits is named where it is defined."""
    named = [(row, name) for row in register() for name in row.tests]
    missing = [f"{row}: there is no {name}; name a test that shows it." for row, name in named if not find(name)]
    assert not missing, told(missing)


def test_a_test_of_each_row_says_its_section() -> None:
    """So that whoever reads the test finds the hazard, and the other way round."""
    problems = [
        f"{row}: write 'Behaviour {row.section}.' into the docstring of {row.tests[0]} if that shows it."
        for row in register()
        if row.tests and not any(row.section in sections(*find(name)) for name in row.tests)
    ]
    assert not problems, told(problems)


def test_what_is_told_is_said() -> None:
    """In these words, on that page."""
    problems = []
    for row in register():
        for page, phrase in row.pages:
            file = ROOT / page
            text = " ".join(file.read_text().split()) if file.is_file() else ""
            if not phrase or phrase not in text:
                problems.append(f"{row}: {page} does not say '{phrase}'; write it there, or name what it says.")
    assert not problems, told(problems)


def test_no_test_of_a_hazard_is_forgotten() -> None:
    """A test with a section in its name is in the register, in each of its sections, by itself or with its class."""
    named = {(row.section, name) for row in register() for name in row.tests}
    forgotten = [
        f"{name}: put it into docs/hazards.csv, in a row of section {section}."
        for name, about in named_by_section()
        for section in sorted(about)
        if not {(section, name), (section, name.rpartition("::")[0])} & named
    ]
    assert not forgotten, told(forgotten)


@pytest.mark.skipif(not FACTS.is_file(), reason="what is known of the platform is not on this machine")
def test_every_section_of_what_is_known_has_a_row() -> None:
    """At least one, even if it is no hazard for us; and no row is of a section that is not there."""
    text = FACTS.read_text()
    numbers = re.findall(r"^#{2,3} (\d+(?:\.\d+)?)", text, re.MULTILINE)
    assert len(numbers) > 30
    parted = {number.partition(".")[0] for number in numbers if "." in number}
    wanted = [number for number in numbers if number not in parted]
    there = {row.section for row in register() if row.section[0].isdigit()}
    problems = [
        f"Section {number}: say in docs/hazards.csv what could go wrong, or that nothing can."
        for number in wanted
        if number not in there
    ]
    problems += [
        f"Section {number} of docs/hazards.csv is not known; give its rows another." for number in there - {*wanted}
    ]
    assert not problems, told(problems)
