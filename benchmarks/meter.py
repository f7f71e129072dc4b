"""Clocks, counts of statements, and what several figures come to."""

from __future__ import annotations

import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

_BOUNDARIES = ("BEGIN", "COMMIT")
_WORD = re.compile(r"\s*\(*\s*(\w+)")


@dataclass(frozen=True)
class Spread:
    """Several figures of one kind.

    Attributes:
        median, low, high: the median and the quartiles; all the same of a single figure.
        count: how many there were.
    """

    median: float
    low: float
    high: float
    count: int

    def as_dict(self) -> dict[str, float]:
        """Return it for JSON, rounded to what can be known."""
        return {
            "median": round(self.median, 4),
            "low": round(self.low, 4),
            "high": round(self.high, 4),
            "count": self.count,
        }


def spread(figures: Sequence[float]) -> Spread:
    """Return median and quartiles.

    Raises:
        ValueError: there are no figures.
    """
    if not figures:
        raise ValueError("nothing was measured")
    if len(figures) == 1:
        return Spread(figures[0], figures[0], figures[0], 1)
    low, median, high = statistics.quantiles(figures, n=4, method="inclusive")
    return Spread(median, low, high, len(figures))


def milliseconds(call: Callable[[], Any]) -> float:
    """Return how long a call takes, by the wall clock."""
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


@dataclass
class Statements:
    """Counts the statements of a connection by their first word; BEGIN and COMMIT are left out."""

    words: Counter[str] = field(default_factory=Counter)

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Count a statement and pass it on."""
        # SQLite's BEGIN would be counted, other engines' would not.
        if first_word(sql) not in _BOUNDARIES:
            self.words[first_word(sql)] += 1
        return execute(sql, params, many, context)

    @property
    def total(self) -> int:
        """All of them."""
        return self.words.total()


def first_word(sql: str) -> str:
    """Return what kind of statement it is, in capitals."""
    match = _WORD.match(sql)
    return match[1].upper() if match else ""


@contextmanager
def counted() -> Iterator[Statements]:
    """Count the statements that are issued inside."""
    statements = Statements()
    with connection.execute_wrapper(statements):
        yield statements
