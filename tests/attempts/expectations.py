"""What the sample queries of the data dictionary should find, computed without SQL, by the API."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from statistics import fmean
from typing import Any

from attempts import api
from attempts.data import AttemptData
from attempts.models import AttemptOperation
from tests.factories import COURSE

Rows = list[tuple[Any, ...]]


def _all(learners: Sequence[Any]) -> Iterator[AttemptData]:
    """Every attempt at the course."""
    for learner in learners:
        yield from api.attempts(learner, COURSE)


def _recorded(learners: Sequence[Any]) -> Iterator[list[AttemptData]]:
    """The attempts of each learner who was ever reset."""
    for learner in learners:
        found = list(api.attempts(learner, COURSE))
        if found[0].is_recorded:
            yield found


def took_again(learners: Sequence[Any]) -> Rows:
    return [
        (one[0].learner.id, len(one), next(attempt.number for attempt in one if attempt.is_active))
        for one in _recorded(learners)
        if len(one) > 1
    ]


def attempts_per_learner(_learners: Sequence[Any]) -> Rows:
    return [(one.attempts, one.learners) for one in api.retake_report(COURSE).attempts]


def grade_by_number(learners: Sequence[Any]) -> Rows:
    found = defaultdict(list)
    for attempt in _all(learners):
        if grade := api.grades(attempt).course:
            found[attempt.number].append(grade)
    return [
        (number, len(grades), fmean(one.percent_grade for one in grades), sum(one.passed for one in grades))
        for number, grades in found.items()
    ]


def subsections_improved(learners: Sequence[Any]) -> Rows:
    changes = defaultdict(list)
    for learner in learners:
        ratios = defaultdict(list)
        for attempt in api.attempts(learner, COURSE):
            for one in api.grades(attempt).subsections:
                if (one.first_attempted or one.override) and one.ratio is not None:
                    ratios[str(one.block_key)].append(one.ratio)
        for block_key, found in ratios.items():
            if len(found) > 1:
                changes[block_key].append(found[-1] - found[0])
    return [(key, len(found), fmean(found), sum(one > 0 for one in found)) for key, found in changes.items()]


def blocks_changed(learners: Sequence[Any]) -> Rows:
    first, second = api.attempts(learners[-1], COURSE)[:2]
    pairs = [(str(one.block_key), one.first, one.second) for one in api.compare(first, second).blocks]
    return [
        (key, one.score, one.max_score, two.score, two.max_score)
        for key, one, two in pairs
        if one and two and None not in (one.score, two.score) and one.score != two.score
    ]


def answered_then(learners: Sequence[Any]) -> Rows:
    return [
        (attempt.number, str(one.block_key), one.score, one.max_score, one.state)
        for attempt in api.attempts(learners[-1], COURSE)
        if not attempt.is_active
        for one in api.states(attempt)
        if one.block_type == "problem"
    ]


def resets_by_month(_learners: Sequence[Any]) -> Rows:
    return [(f"{one.begins:%Y-%m}", one.resets, one.learners) for one in api.retake_report(COURSE).resets]


def days_between(learners: Sequence[Any]) -> Rows:
    return [
        (one.learner.id, following.number, (following.opened_at - one.opened_at) / timedelta(days=1))
        for found in _recorded(learners)
        for one, following in pairwise(found)
        if one.opened_at and following.opened_at
    ]


def blocks_completed(learners: Sequence[Any]) -> Rows:
    found = Counter(
        (attempt.learner.id, attempt.number)
        for attempt in _all(learners)
        for one in api.completion(attempt)
        if one.completion == 1.0
    )
    return [(*whose, blocks) for whose, blocks in found.items()]


def who_undid_what(_learners: Sequence[Any]) -> Rows:
    return [
        (
            one.learner_id,
            one.requested_by_id,
            one.undoes.kind,
            one.undoes.requested_by_id,
            one.undoes.to_attempt.number,
            one.to_attempt.number,
        )
        for one in AttemptOperation.objects.filter(kind="undo", course_key=COURSE).select_related("undoes")
    ]


EXPECTED: dict[str, Callable[[Sequence[Any]], Rows]] = {
    one.__name__: one
    for one in (
        took_again,
        attempts_per_learner,
        grade_by_number,
        subsections_improved,
        blocks_changed,
        answered_then,
        resets_by_month,
        days_between,
        blocks_completed,
        who_undid_what,
    )
}
