"""What all attempts at a course say together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from opaque_keys.edx.keys import CourseKey, UsageKey

from attempts.data.records import GradeRule

Period = Literal["day", "week", "month"]


@dataclass(frozen=True)
class Spread:
    """How values are spread.

    Attributes:
        count: how many there are.
        lower, median, upper: their quartiles; between two values as far as is needed, as most tools do by default.
    """

    count: int
    lower: float
    median: float
    upper: float


@dataclass(frozen=True)
class AttemptsOfNumber:
    """All attempts with one number.

    Attributes:
        number: the number, from 1.
        attempts: how many there are.
        passed: how many of them have a passing grade.
        grade: course grades, 0.0 to 1.0: of archived attempts as frozen, of active ones as they are now. None if there
            is none.
        completion: completed by completable blocks, likewise; None if the host cannot tell.
    """

    number: int
    attempts: int
    passed: int
    grade: Spread | None
    completion: Spread | None


@dataclass(frozen=True)
class LearnersWithAttempts:
    """How many learners have so many attempts."""

    attempts: int
    learners: int


@dataclass(frozen=True)
class ResetsInPeriod:
    """Attempts but the first that were opened in a period, which began on that day (UTC), and of how many learners."""

    begins: date
    resets: int
    learners: int


@dataclass(frozen=True)
class SubsectionChange:
    """What became of one subsection, of learners who came to it in several attempts.

    Attributes:
        block_key: the plain key of the subsection.
        first: the part of the possible points that they had in the first of these attempts.
        latest: and in the latest.
        change: the one less the other, each learner's own.
    """

    block_key: UsageKey
    first: Spread
    latest: Spread
    change: Spread


@dataclass(frozen=True)
class GradesOfRecord:
    """The grades that count: by which rule, how many of them are passing, and how they are spread."""

    rule: GradeRule
    passed: int
    grade: Spread | None


@dataclass(frozen=True)
class RetakeReport:
    """Learners who take a course again, and how they fare.

    Attributes:
        course_key: the plain key of the course.
        made_at: when this was found out (UTC).
        learners: learners with attempts that were asked for. The one attempt of a learner never reset is implicit and
            not among them.
        retaking: those with more than one.
        attempts: how many learners have how many, by number of attempts.
        period: day, week (from Monday) or month.
        resets: resets by period, the first period first; periods without any are left out.
        numbers: attempts by their number.
        days_between: days from the begin of one attempt to that of the next, of each learner the median; None if no
            such pair was asked for.
        of_record: the grades that count, one of each learner; None if only some attempts were asked for.
        subsections: by key.
        minimum: the least number of learners in a group that is shown, 0 if all are. If there is one, counts are
            rounded down to multiples of it, quartiles are rounded, and no filter was allowed.
    """

    course_key: CourseKey
    made_at: datetime
    learners: int
    retaking: int
    attempts: Sequence[LearnersWithAttempts]
    period: Period
    resets: Sequence[ResetsInPeriod]
    numbers: Sequence[AttemptsOfNumber]
    days_between: Spread | None
    of_record: GradesOfRecord | None
    subsections: Sequence[SubsectionChange]
    minimum: int = 0
