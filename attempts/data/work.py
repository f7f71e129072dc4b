"""What a learner did in an attempt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from opaque_keys.edx.keys import UsageKey


@dataclass(frozen=True)
class BlockState:
    """A learner's state of one block in one attempt.

    Attributes:
        block_key: the plain key of the block, or of an aside of it.
        block_type: its type.
        state: the saved fields; None if the block was only opened, or if what is stored is not the JSON of fields.
        unreadable: what is stored, if that is so; else None.
        score, max_score: raw points, None where the block has none.
        created, modified: times (UTC).
    """

    block_key: UsageKey
    block_type: str
    state: Mapping[str, Any] | None
    score: float | None
    max_score: float | None
    created: datetime
    modified: datetime
    unreadable: str | None = None


@dataclass(frozen=True)
class GradeOverride:
    """A grade that staff set by hand; points, None where not overridden."""

    earned_all: float | None
    possible_all: float | None
    earned_graded: float | None
    possible_graded: float | None
    reason: str | None


@dataclass(frozen=True)
class SubsectionGrade:
    """A learner's grade in one subsection, in points.

    ``override`` is what staff set by hand in place of the computed points, if they did.
    """

    block_key: UsageKey
    earned_all: float
    possible_all: float
    earned_graded: float
    possible_graded: float
    first_attempted: datetime | None
    modified: datetime
    override: GradeOverride | None

    @property
    def ratio(self) -> float | None:
        """Points earned by points possible, 0.0 to 1.0: graded ones if there are any, and what staff set before all.

        None where no points can be earned.
        """
        return part_of(self.points())

    def points(self) -> tuple[float, float]:
        """Return points earned and possible: graded ones if there are any, and what staff set before all."""
        graded, every = (
            (self._points(f"earned_{kind}"), self._points(f"possible_{kind}")) for kind in ("graded", "all")
        )
        return graded if graded[1] else every

    def _points(self, name: str) -> float:
        set_by_hand = getattr(self.override, name, None)
        return getattr(self, name) if set_by_hand is None else set_by_hand


def part_of(*points: tuple[float, float]) -> float | None:
    """Return points earned by points possible, of the first pair of them with any possible; None without."""
    return next((earned / possible for earned, possible in points if possible), None)


@dataclass(frozen=True)
class CourseGrade:
    """A learner's course grade: 0.0 to 1.0, its letter (empty if failing) and when it was first a passing one."""

    percent_grade: float
    letter_grade: str
    passed: bool
    passed_timestamp: datetime | None
    modified: datetime


@dataclass(frozen=True)
class Grades:
    """The grades of one attempt.

    Attributes:
        course: the course grade, None if there is none.
        subsections: the subsection grades with what staff set by hand; read once, streamed.
    """

    course: CourseGrade | None
    subsections: Iterator[SubsectionGrade]


@dataclass(frozen=True)
class BlockCompletion:
    """How far a learner completed one block: 0.0 to 1.0."""

    block_key: UsageKey
    block_type: str
    completion: float
    created: datetime
    modified: datetime
