"""Attempts, and what they came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from opaque_keys.edx.keys import CourseKey

from attempts.data.people import LearnerData
from attempts.data.words import AttemptState


@dataclass(frozen=True)
class AttemptSummary:
    """What an attempt came to when it was last archived.

    Attributes:
        percent_grade: course grade from 0.0 to 1.0, None if there was none.
        letter_grade: the letter of that grade, empty if failing or none.
        passed: whether the grade was passing, None if there was none.
        completed_blocks: blocks completed.
        completion_ratio: completed by completable blocks, 0.0 to 1.0, None if the host cannot tell.
        rows: rows by table.
    """

    percent_grade: float | None
    letter_grade: str
    passed: bool | None
    completed_blocks: int
    completion_ratio: float | None
    rows: Mapping[str, int]


@dataclass(frozen=True)
class ProofData:
    """What the last trial of bringing an archived attempt back has shown.

    Attributes:
        checked_at: when it was tried last (UTC).
        restorable: whether every row came back as it is archived.
        problem: what stands against it, as a sentence; empty if nothing does.
        made_at: when the checksums that rows are compared with were made (UTC), after the attempt was archived.
        changed: tables whose rows were written since then.
    """

    checked_at: datetime
    restorable: bool
    problem: str
    made_at: datetime
    changed: tuple[str, ...]


@dataclass(frozen=True)
class AttemptData:
    """One attempt of a learner at a course.

    Attributes:
        uuid: the same before and after the attempt has a row; serves as xAPI ``registration``.
        learner: whose it is.
        course_key: the plain key of the course.
        number: from 1.
        state: ``active`` or ``archived``, at the time of asking.
        opened_at: when it began (UTC); of attempt 1 the time of enrolment, None if unknown.
        archived_at: when it was archived (UTC), None while it is active.
        summary: frozen when it was archived, None while it is active.
        proof: the last trial of bringing it back; None while it is active, and until it was first tried.
        is_recorded: whether it has a row. The only attempt of a learner never reset has none: it is implicit.
    """

    uuid: UUID
    learner: LearnerData
    course_key: CourseKey
    number: int
    state: AttemptState
    opened_at: datetime | None
    archived_at: datetime | None
    summary: AttemptSummary | None
    proof: ProofData | None = None
    is_recorded: bool = True

    @property
    def is_active(self) -> bool:
        """Whether this was the active attempt at the time of asking."""
        return self.state == "active"
