"""Grades of record: which of a learner's grades at a course counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from attempts.data.words import Origin

GradeRule = Literal["latest", "best", "first", "chosen"]


@dataclass(frozen=True)
class GradeData:
    """A course grade: 0.0 to 1.0, its letter (empty if failing), and whether it is a passing one."""

    percent_grade: float
    letter_grade: str
    passed: bool

    @classmethod
    def of(cls, percent_grade: float, letter_grade: str) -> GradeData:
        """Return a grade of the host's: it gives a letter to passing grades only."""
        return cls(percent_grade, letter_grade, bool(letter_grade))


@dataclass(frozen=True)
class GradeChoiceData:
    """One time that somebody chose the attempt whose grade counts.

    Attributes:
        number, uuid: the attempt.
        chosen_by: username, None for the system.
        chosen_at: when (UTC).
        comment: why.
    """

    number: int
    uuid: UUID
    chosen_by: str | None
    chosen_at: datetime
    comment: str


@dataclass(frozen=True)
class GradeOfRecord:
    """The grade that counts for a learner at a course. It is reported, and never written to the host.

    Attributes:
        rule: ``latest`` (the active attempt, whose grade is the host's own), ``best``, ``first``, or ``chosen``, which
            is ``latest`` until somebody chooses.
        origin: where the rule comes from.
        number, uuid: the attempt; None if the rule is ``best`` and no attempt has a grade.
        grade: its grade, of an archived attempt as it was frozen; None if it has none.
        choice: who chose it and when, None unless somebody did and the rule says that it holds.
    """

    rule: GradeRule
    origin: Origin
    number: int | None
    uuid: UUID | None
    grade: GradeData | None
    choice: GradeChoiceData | None
