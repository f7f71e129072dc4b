"""The report, counted."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import groupby, pairwise
from typing import NamedTuple

from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from attempts.analysis.retakes.reading import (
    FoundAttempt,
    SubsectionRow,
    active_completions,
    active_grades,
    found_attempts,
    subsection_rows,
)
from attempts.analysis.retakes.spreads import spread
from attempts.analysis.retakes.texts import number_of, plain_block, without_course
from attempts.data import (
    AttemptQuery,
    AttemptsOfNumber,
    GradeRule,
    GradesOfRecord,
    LearnersWithAttempts,
    Period,
    ResetsInPeriod,
    RetakeReport,
    SubsectionChange,
)
from attempts.host.courses import enrolment
from attempts.policies import effective_policies
from attempts.records import chosen_numbers

_DAY = timedelta(days=1)


def retake_report(course_key: CourseKey, query: AttemptQuery, period: Period) -> RetakeReport:
    """Return the report of a course: eight statements at most.

    Memory holds some numbers for each learner who was ever reset and each subsection she came to, and no rows.

    Args:
        course_key: the plain key of the course.
        query: which attempts count; learner, course, organisation and order of it do not.
        period: by what resets are counted.

    Raises:
        CourseNotFound: see there.
    """
    # Nobody has the id 0: only whether there is such a course is asked.
    enrolment(0, course_key)
    rule = effective_policies([course_key])[course_key].grade_of_record
    chosen = chosen_numbers(course_key) if rule == "chosen" else {}
    counts = _Counts(
        period, active_grades(course_key), active_completions(course_key), partial(_counting, rule, chosen)
    )
    for _user_id, attempts in groupby(found_attempts(course_key, query), key=lambda one: one.user_id):
        counts.add(list(attempts))
    return RetakeReport(
        course_key=course_key,
        made_at=timezone.now(),
        learners=sum(counts.learners.values()),
        retaking=sum(learners for attempts, learners in counts.learners.items() if attempts > 1),
        attempts=[LearnersWithAttempts(*one) for one in sorted(counts.learners.items())],
        period=period,
        resets=[
            ResetsInPeriod(begins, n, counts.reset_learners[begins]) for begins, n in sorted(counts.resets.items())
        ],
        numbers=[counts.of_number(number) for number in sorted(counts.attempts)],
        days_between=spread(counts.days),
        days_between_learners=counts.days_learners,
        of_record=GradesOfRecord(rule, counts.passed_of_record, spread(counts.of_record)),
        subsections=list(_subsections(course_key, counts)),
    )


#: Of attempts of one learner that have a grade, with the grade and whether it is passing.
_Graded = list[tuple[FoundAttempt, float, bool]]


def _counting(rule: GradeRule, chosen: Mapping[int, int], graded: _Graded) -> _Graded:
    """Which of some attempts counts, if it is among them; see :mod:`attempts.records.rules`."""
    if rule == "best":
        return [max(graded, key=lambda each: (each[1], -each[0].number))] if graded else []
    if rule == "first":
        return [each for each in graded if each[0].number == 1]
    return [each for each in graded if each[0].number == chosen.get(each[0].user_id, each[0].active_number)]


class _Counts:
    """What is counted of the attempts.

    Attributes:
        learners: learners by number of attempts.
        resets, reset_learners: resets by the begin of their period, and of how many learners they were.
        attempts: attempts by number.
        days, days_learners: days between the begins of attempts, and of how many learners.
        numbers: the numbers of each learner's attempts, by user id.
        active: the number of the active one.
        of_record, passed_of_record: grades that count, and how many of them are passing.
    """

    def __init__(
        self,
        period: Period,
        grades: Mapping[int, tuple[float, bool]],
        completions: Mapping[int, float] | None,
        counting: Callable[[_Graded], _Graded],
    ) -> None:
        self.learners: Counter[int] = Counter()
        self.resets: Counter[date] = Counter()
        self.reset_learners: Counter[date] = Counter()
        self.attempts: Counter[int] = Counter()
        self.days = _numbers()
        self.days_learners = 0
        self.numbers: dict[int, tuple[int, ...]] = {}
        self.active: dict[int, int] = {}
        self._passed: Counter[int] = Counter()
        self._grade: dict[int, array[float]] = defaultdict(_numbers)
        self._completion: dict[int, array[float]] = defaultdict(_numbers)
        self._period = period
        self._active_grades = grades
        self._active_completions = completions
        self._counting = counting
        self.of_record = _numbers()
        self.passed_of_record = 0

    def add(self, attempts: Sequence[FoundAttempt]) -> None:
        """Count the attempts of one learner, by number."""
        learner = attempts[0]
        self.learners[len(attempts)] += 1
        self.numbers[learner.user_id] = tuple(one.number for one in attempts)
        self.active[learner.user_id] = learner.active_number
        graded = [(one, grade, passed) for one in attempts for grade, passed in self._add(one)]
        for _one, grade, passed in self._counting(graded):
            self.of_record.append(grade)
            self.passed_of_record += passed
        begins = [_begin(one.opened_at, self._period) for one in attempts if one.number > 1 and one.opened_at]
        self.resets.update(begins)
        self.reset_learners.update(set(begins))
        days = list(_days_between(attempts))
        self.days.extend(days)
        self.days_learners += bool(days)

    def of_number(self, number: int) -> AttemptsOfNumber:
        """Return what was counted of the attempts with a number."""
        return AttemptsOfNumber(
            number=number,
            attempts=self.attempts[number],
            passed=self._passed[number],
            grade=spread(self._grade[number]),
            completion=spread(self._completion[number]),
        )

    def _add(self, one: FoundAttempt) -> Iterator[tuple[float, bool]]:
        """Count an attempt; yield its grade and whether that is passing, if it has one."""
        self.attempts[one.number] += 1
        grade, passed, completion = one.percent_grade, one.passed, one.completion_ratio
        if one.is_active:
            grade, passed = self._active_grades.get(one.user_id, (None, None))
            completion = None if self._active_completions is None else self._active_completions.get(one.user_id, 0.0)
        self._passed[one.number] += bool(passed)
        if completion is not None:
            self._completion[one.number].append(completion)
        if grade is not None:
            self._grade[one.number].append(grade)
            yield grade, bool(passed)


class _Change(NamedTuple):
    """The parts of the possible points in one subsection, learner by learner."""

    first: array[float]
    latest: array[float]


def _subsections(course_key: CourseKey, counts: _Counts) -> Iterator[SubsectionChange]:
    changes: dict[str, _Change] = defaultdict(lambda: _Change(_numbers(), _numbers()))
    for user_id, rows in groupby(subsection_rows(course_key), key=lambda row: row.user_id):
        for rest, first, latest in _first_and_latest(course_key, counts, user_id, rows):
            changes[rest].first.append(first)
            changes[rest].latest.append(latest)
    for rest, (before, after) in sorted(changes.items()):
        spreads = spread(before), spread(after), spread([b - a for a, b in zip(before, after, strict=True)])
        yield SubsectionChange(plain_block(rest, course_key), *(one for one in spreads if one))


def _first_and_latest(
    course_key: CourseKey, counts: _Counts, user_id: int, rows: Iterator[SubsectionRow]
) -> Iterator[tuple[str, float, float]]:
    """Subsections to which a learner came in several of the attempts that count."""
    wanted, active = counts.numbers.get(user_id, ()), counts.active.get(user_id, 0)
    found: dict[str, dict[int, float]] = defaultdict(dict)
    for row in rows:
        number = number_of(row.course, course_key, active)
        rest, ratio = without_course(row.subsection, row.course, course_key), row.ratio
        if number in wanted and rest is not None and ratio is not None:
            found[rest][number] = ratio
    for rest, ratios in found.items():
        if len(ratios) > 1:
            yield rest, ratios[min(ratios)], ratios[max(ratios)]


def _days_between(attempts: Sequence[FoundAttempt]) -> Iterator[float]:
    for one, following in pairwise(attempts):
        if following.number == one.number + 1 and one.opened_at and following.opened_at:
            yield (following.opened_at - one.opened_at) / _DAY


def _numbers() -> array[float]:
    return array("d")


def _begin(moment: datetime, period: Period) -> date:
    day = moment.astimezone(UTC).date()
    if period == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if period == "month" else day
