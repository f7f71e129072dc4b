"""What is held on a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from attempts.data.attempts import AttemptData
from attempts.data.people import LearnerData
from attempts.data.work import BlockCompletion, BlockState, CourseGrade, SubsectionGrade


@dataclass(frozen=True)
class PersonalRow:
    """A row of ours that has to do with a person.

    Attributes:
        table: the table.
        capacity: ``learner`` if the row is about her, ``actor`` if she made or changed it.
        values: the row by column. Where a column names a user: ``self``, ``somebody else`` or None.
    """

    table: str
    capacity: Literal["learner", "actor"]
    values: Mapping[str, Any]


@dataclass(frozen=True)
class AttemptWork:
    """What a learner did in one attempt; it lies in the host's own tables.

    Attributes:
        attempt: the attempt.
        states, completion: by block.
        course_grade: the grade of the course, None if there is none.
        subsection_grades: with what staff set by hand.
    """

    attempt: AttemptData
    states: Sequence[BlockState]
    completion: Sequence[BlockCompletion]
    course_grade: CourseGrade | None
    subsection_grades: Sequence[SubsectionGrade]


@dataclass(frozen=True)
class PersonalData:
    """All that we hold on a person.

    Attributes:
        person: who it is.
        rows: every row of ours that has to do with her, by table.
        work: what she did, attempt by attempt; None if it was not asked for.
    """

    person: LearnerData
    rows: Sequence[PersonalRow]
    work: Sequence[AttemptWork] | None
