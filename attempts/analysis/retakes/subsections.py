"""What became of the subsections of a course, from the first attempt to the latest."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from opaque_keys.edx.keys import CourseKey

from attempts.analysis.retakes.counting import Counts
from attempts.analysis.retakes.reading import SubsectionRow, subsection_rows
from attempts.analysis.retakes.spreads import spread
from attempts.analysis.retakes.texts import number_of, plain_block, without_course
from attempts.data import SubsectionChange


class _Change(NamedTuple):
    """The parts of the possible points in one subsection, learner by learner."""

    first: array[float]
    latest: array[float]


def subsection_changes(course_key: CourseKey, counts: Counts) -> Iterator[SubsectionChange]:
    """Yield what became of each subsection, by key.

    Args:
        course_key: the plain key of the course.
        counts: knows the attempts that were asked for.
    """
    changes: dict[str, _Change] = defaultdict(lambda: _Change(array("d"), array("d")))
    for user_id, rows in groupby(subsection_rows(course_key), key=lambda row: row.user_id):
        for rest, first, latest in _first_and_latest(course_key, counts, user_id, rows):
            changes[rest].first.append(first)
            changes[rest].latest.append(latest)
    for rest, (before, after) in sorted(changes.items()):
        spreads = spread(before), spread(after), spread([b - a for a, b in zip(before, after, strict=True)])
        yield SubsectionChange(plain_block(rest, course_key), *(one for one in spreads if one))


def _first_and_latest(
    course_key: CourseKey, counts: Counts, user_id: int, rows: Iterator[SubsectionRow]
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
