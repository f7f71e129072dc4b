"""The arithmetic of grades, after the platform's graders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import floor
from typing import Any


def weighted(earned: float, possible: float, weight: float | None) -> tuple[float, float]:
    """Return the points earned and possible once a problem's raw score is scaled to its weight.

    Args:
        earned: Raw points.
        possible: Raw points that could be had.
        weight: Points that the problem is worth, None for its raw points.
    """
    if weight is None or possible == 0:
        return earned, possible
    return earned * weight / possible, weight


def fraction(earned: float, possible: float) -> float:
    """Return a subsection's grade, from 0.0, rounded to two places as the platform does; 0.0 if nothing is possible."""
    return round(earned / possible, 2) if possible > 0 else 0.0


def assignment_average(fractions: Sequence[float], min_count: int, drop_count: int) -> float:
    """Return the average of an assignment type's grades.

    Args:
        fractions: Grades of the subsections of that type, from 0.0 to 1.0.
        min_count: Number of grades to expect; missing ones count 0.0.
        drop_count: How many of the lowest grades to leave out.
    """
    padded = [*fractions, *[0.0] * (min_count - len(fractions))]
    counted = len(padded) - drop_count
    if counted <= 0:
        return 0.0
    return sum(sorted(padded, reverse=True)[:counted]) / counted


def course_fraction(grader: Sequence[Mapping[str, Any]], by_type: Mapping[str, Sequence[float]]) -> float:
    """Return a course grade, from 0.0 to 1.0 in steps of 0.01.

    Args:
        grader: Assignment types with type, min_count, drop_count and weight.
        by_type: Assignment type to the grades of its subsections.
    """
    total = sum(
        entry["weight"]
        * assignment_average(by_type.get(entry["type"], ()), entry.get("min_count", 1), entry.get("drop_count", 0))
        for entry in grader
    )
    # The platform adds a twentieth of a percent before it rounds half up.
    return floor(total * 100 + 0.05 + 0.5) / 100


def letter(cutoffs: Mapping[str, float], percent: float) -> str:
    """Return the best letter that a course grade (0.0 to 1.0) earns, "" if it is not passing."""
    earned = [name for name, cutoff in cutoffs.items() if percent >= cutoff]
    return max(earned, key=lambda name: cutoffs[name], default="")
