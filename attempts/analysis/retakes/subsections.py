"""What became of the subsections of a course, from the first attempt to the latest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from opaque_keys.edx.keys import CourseKey

from attempts.analysis.retakes.counting import Counts
from attempts.analysis.retakes.reading import SubsectionRow, subsection_rows
from attempts.analysis.retakes.spreads import Values
from attempts.analysis.retakes.texts import number_of, plain_block, without_course
from attempts.data import SubsectionChange


class _Change(NamedTuple):
    """The parts of the possible points in one subsection, learner by learner."""

    first: Values
    latest: Values
    change: Values


def subsection_changes(course_key: CourseKey, counts: Counts, minimum: int) -> Iterator[SubsectionChange]:
    """Yield what became of each subsection, by key.

    Args:
        course_key: the plain key of the course.
        counts: knows the attempts that were asked for.
        minimum: as in :meth:`Values.spread`.
    """
    changes: dict[str, _Change] = defaultdict(lambda: _Change(Values(), Values(), Values()))
    for user_id, rows in groupby(subsection_rows(course_key), key=lambda row: row.user_id):
        for rest, first, latest in _first_and_latest(course_key, counts, user_id, rows):
            for values, value in zip(changes[rest], (first, latest, latest - first), strict=True):
                values.add(counts.latest[user_id], value)
    for rest, found in sorted(changes.items()):
        block_key = plain_block(rest, course_key)
        spreads = [one for values in found if (one := values.spread(minimum))]
        if block_key and spreads:
            yield SubsectionChange(block_key, *spreads)


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
