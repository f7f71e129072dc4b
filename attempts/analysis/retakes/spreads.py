"""Values, each of one learner, and their quartiles."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from statistics import quantiles

from attempts.data import Spread


class Values:
    """Values in the order in which they came about, whatever the order in which they are added."""

    def __init__(self) -> None:
        self._since = array("q")
        self._values = array("d")

    def add(self, since: int, value: float) -> None:
        """Add a value.

        Args:
            since: the primary key of the attempt that it came about with.
            value: the value.
        """
        self._since.append(since)
        self._values.append(value)

    def spread(self, minimum: int) -> Spread | None:
        """Return how the values are spread; None if there are none.

        Args:
            minimum: only whole groups of so many count, the last ones to come are left out; 0 for all.
        """
        if not minimum:
            return spread(self._values)
        order = sorted(range(len(self._values)), key=self._since.__getitem__)
        return spread([self._values[n] for n in order[: len(order) - len(order) % minimum]])


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
