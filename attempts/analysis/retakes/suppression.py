"""A report for those who may not see what is in an attempt: nothing in it is about few learners."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from attempts.data import (
    AttemptsOfNumber,
    GradesOfRecord,
    LearnersWithAttempts,
    ResetsInPeriod,
    RetakeReport,
    Spread,
    SubsectionChange,
)

T = TypeVar("T", AttemptsOfNumber, LearnersWithAttempts, ResetsInPeriod)
#: Grades and completion come in such steps, days in whole ones.
_STEP, _DAY = 0.05, 1.0


def suppressed(report: RetakeReport, minimum: int) -> RetakeReport:
    """Return a report in which groups of less than some learners are left out.

    A count is a multiple of the minimum: the difference of two of them does not tell the size of a group that is left
    out. Where there are resets, their number is that of the learners.

    Args:
        report: the report, of all attempts at the course, by month, and with that minimum for its quartiles.
        minimum: the least number of learners in a group, from 2.
    """
    least = _Least(minimum)
    return replace(
        report,
        learners=least.floor(report.learners),
        retaking=least.floor(report.retaking),
        attempts=list(least.shown(report.attempts, "learners")),
        # How often one learner was reset is nobody's business.
        resets=[replace(one, resets=one.learners) for one in least.shown(report.resets, "learners")],
        numbers=[least.number(one) for one in least.shown(report.numbers, "attempts")],
        days_between=least.rounded(report.days_between, _DAY),
        of_record=least.of_record(report.of_record) if report.of_record else None,
        subsections=list(least.subsections(report.subsections)),
        minimum=minimum,
    )


class _Least:
    """What is left of a part of a report.

    Args:
        minimum: the least number of learners in a group.
    """

    def __init__(self, minimum: int) -> None:
        self._minimum = minimum

    def floor(self, count: int) -> int:
        return count - count % self._minimum

    def shown(self, groups: Sequence[T], name: str) -> Iterator[T]:
        """The groups that are large enough by the count of that name, which is rounded."""
        for group in groups:
            count = self.floor(getattr(group, name))
            if count:
                changes: Any = {name: count}
                yield replace(group, **changes)

    def number(self, one: AttemptsOfNumber) -> AttemptsOfNumber:
        grade, completion = (self.rounded(found, _STEP) for found in (one.grade, one.completion))
        return replace(one, passed=self.floor(one.passed), grade=grade, completion=completion)

    def of_record(self, one: GradesOfRecord) -> GradesOfRecord:
        return replace(one, passed=self.floor(one.passed), grade=self.rounded(one.grade, _STEP))

    def subsections(self, found: Sequence[SubsectionChange]) -> Iterator[SubsectionChange]:
        for one in found:
            # All three are of the same learners.
            spreads = [self.rounded(spread, _STEP) for spread in (one.first, one.latest, one.change)]
            known = [spread for spread in spreads if spread]
            if known:
                yield SubsectionChange(one.block_key, *known)

    def rounded(self, spread: Spread | None, step: float) -> Spread | None:
        if spread is None or spread.count < self._minimum:
            return None
        quartiles = (_to(value, step) for value in (spread.lower, spread.median, spread.upper))
        return Spread(self.floor(spread.count), *quartiles)


def _to(value: float, step: float) -> float:
    return round(round(value / step) * step, 2)
