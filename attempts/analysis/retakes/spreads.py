"""Quartiles."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import quantiles

from attempts.data import Spread


def spread(values: Sequence[float]) -> Spread | None:
    """Return how values are spread; None if there are none.

    Between two values quartiles are interpolated with the least and the greatest value as the ends, as spreadsheets,
    NumPy and ``PERCENTILE_CONT`` of databases do.
    """
    if not values:
        return None
    if len(values) == 1:
        return Spread(1, values[0], values[0], values[0])
    lower, median, upper = quantiles(values, n=4, method="inclusive")
    return Spread(len(values), lower, median, upper)
