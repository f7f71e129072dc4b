"""Courses as those who look after them see them, and their learners with several attempts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from opaque_keys.edx.keys import CourseKey

from attempts.data.people import LearnerData


@dataclass(frozen=True)
class CourseData:
    """A course of the host.

    Attributes:
        course_key: its plain key.
        display_name: its name, or its key if it has none.
        start, end: its dates (UTC), None where it has none.
    """

    course_key: CourseKey
    display_name: str
    start: datetime | None
    end: datetime | None


@dataclass(frozen=True)
class CourseFigures:
    """How much there is at a course; nothing is counted beyond ``most``.

    Attributes:
        attempts: attempts that have a row: those of learners who were ever reset.
        in_flight: operations that have not ended.
        failed: operations that failed.
        most: where counting stops; a figure that is more than this stands for any number above it.
    """

    attempts: int
    in_flight: int
    failed: int
    most: int


@dataclass(frozen=True)
class RetakingLearner:
    """A learner who has several attempts at a course.

    Attributes:
        learner: who.
        attempts: how many.
        active_number: which of them is active.
        last_opened_at: when the newest of them was opened, which is when the learner was last reset (UTC).
    """

    learner: LearnerData
    attempts: int
    active_number: int
    last_opened_at: datetime | None
