"""What is counted of the attempts at a course, learner by learner."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from statistics import median

from attempts.analysis.retakes.reading import FoundAttempt
from attempts.analysis.retakes.spreads import Values
from attempts.data import AttemptsOfNumber, GradeRule, Period
from attempts.records import counting_number

_DAY = timedelta(days=1)


class Counts:
    """What is counted of the attempts.

    Attributes:
        learners: learners by number of attempts.
        resets, reset_learners: resets by the begin of their period, and of how many learners they were.
        attempts: attempts by number.
        days: of each learner, the days from one attempt to the next; the median if she has several.
        numbers: the numbers of each learner's attempts, by user id.
        active: the number of the active one.
        latest: the primary key of the latest one.
        of_record, passed_of_record: grades that count, and how many of them are passing.
    """

    def __init__(
        self,
        period: Period,
        grades: Mapping[int, tuple[float, bool]],
        completions: Mapping[int, float] | None,
        rule: GradeRule,
        chosen: Mapping[int, int],
    ) -> None:
        self.learners: Counter[int] = Counter()
        self.resets: Counter[date] = Counter()
        self.reset_learners: Counter[date] = Counter()
        self.attempts: Counter[int] = Counter()
        self.days = Values()
        self.numbers: dict[int, tuple[int, ...]] = {}
        self.active: dict[int, int] = {}
        self.latest: dict[int, int] = {}
        self.of_record = Values()
        self.passed_of_record = 0
        self._passed: Counter[int] = Counter()
        self._grade: dict[int, Values] = defaultdict(Values)
        self._completion: dict[int, Values] = defaultdict(Values)
        self._period = period
        self._active_grades = grades
        self._active_completions = completions
        self._rule = rule
        self._chosen = chosen

    def add(self, attempts: Sequence[FoundAttempt]) -> None:
        """Count the attempts of one learner, by number."""
        learner, latest = attempts[0], attempts[-1]
        self.learners[len(attempts)] += 1
        self.numbers[learner.user_id] = tuple(one.number for one in attempts)
        self.active[learner.user_id] = learner.active_number
        self.latest[learner.user_id] = latest.pk
        graded = {one.number: (one.pk, grade, passed) for one in attempts for grade, passed in self._add(one)}
        percents = {number: grade for number, (_pk, grade, _passed) in graded.items()}
        counts = counting_number(self._rule, percents, learner.active_number, self._chosen.get(learner.user_id))
        if counts in graded:
            pk, grade, passed = graded[counts]
            self.of_record.add(pk, grade)
            self.passed_of_record += passed
        begins = [_begin(one.opened_at, self._period) for one in attempts if one.number > 1 and one.opened_at]
        self.resets.update(begins)
        self.reset_learners.update(set(begins))
        days = list(_days_between(attempts))
        if days:
            self.days.add(latest.pk, median(days))

    def of_number(self, number: int, minimum: int) -> AttemptsOfNumber:
        """Return what was counted of the attempts with a number; quartiles as :meth:`Values.spread` has them."""
        return AttemptsOfNumber(
            number=number,
            attempts=self.attempts[number],
            passed=self._passed[number],
            grade=self._grade[number].spread(minimum),
            completion=self._completion[number].spread(minimum),
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
            self._completion[one.number].add(one.pk, completion)
        if grade is not None:
            self._grade[one.number].add(one.pk, grade)
            yield grade, bool(passed)


def _days_between(attempts: Sequence[FoundAttempt]) -> Iterator[float]:
    for one, following in pairwise(attempts):
        if following.number == one.number + 1 and one.opened_at and following.opened_at:
            yield (following.opened_at - one.opened_at) / _DAY


def _begin(moment: datetime, period: Period) -> date:
    day = moment.astimezone(UTC).date()
    if period == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if period == "month" else day
