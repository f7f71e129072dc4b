"""Operations that have ended, added up: by kind and status, how long they took, how many rows they moved.

Nothing is deleted and nothing ended changes, so what was added up once stays right: each look at the table begins where
the last one stopped, and reads so many rows at most. The sums lie in the cache of the fence. If it is emptied, a
site with few operations adds up all of them again; one with many begins at 0, as a restarted process would.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.core.cache import caches
from django.utils import timezone

from attempts import conf
from attempts.models import AttemptOperation, OperationStatus

#: Operations that are read at once at most. With scrapes ten seconds apart it is 300 a second that can be kept up with.
BATCH = 3_000
#: Upper bounds of the histograms, in seconds; what took longer is counted as well.
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
_KEY = "attempts.tally.1"
_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMNS = ("completed_at", "kind", "status", "error_code", "created", "started_at", "rows")


@dataclass
class Histogram:
    """How often something took how long: a count for each of :data:`BUCKETS`, one for what took longer, and the sum."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    seconds: float = 0.0

    def add(self, seconds: float) -> None:
        """Add one; what the clocks of two hosts make negative took no time."""
        seconds = max(0.0, seconds)
        self.counts[bisect_left(BUCKETS, seconds)] += 1
        self.seconds += seconds


@dataclass
class Tally:
    """Sums over operations that have ended.

    Attributes:
        since: when it was begun, in seconds since the epoch.
        upto: operations that ended up to here are in it.
        ended: by kind and status.
        failures: those that failed, by kind and error code.
        durations: from start to end, by kind and status.
        waits: from request to start, by kind.
        rows: rows rewritten, by table and direction (archived, restored).
    """

    since: float
    upto: datetime
    ended: Counter[tuple[str, ...]] = field(default_factory=Counter)
    failures: Counter[tuple[str, ...]] = field(default_factory=Counter)
    durations: dict[tuple[str, ...], Histogram] = field(default_factory=dict)
    waits: dict[tuple[str, ...], Histogram] = field(default_factory=dict)
    rows: Counter[tuple[str, ...]] = field(default_factory=Counter)

    def add(self, row: Sequence[Any]) -> None:
        """Add an operation, as the values of its columns."""
        completed_at, kind, status, error_code, created, started_at, rows = row
        self.ended[kind, status] += 1
        if status == OperationStatus.FAILED:
            self.failures[kind, error_code] += 1
        if started_at is not None:
            # Told by two clocks, which may not agree.
            took = max(0.0, (completed_at - started_at).total_seconds())
            self.durations.setdefault((kind, status), Histogram()).add(took)
            self.waits.setdefault((kind,), Histogram()).add((started_at - created).total_seconds())
        for table, moved in rows.items():
            self.rows[table, "archived"] += moved["archived"]
            self.rows[table, "restored"] += moved["restored"]


def current_tally() -> Tally:
    """Return the sums of now; one statement, three at most where the cache knows of none."""
    cache = caches[conf.fence_cache()]
    settled = timezone.now() - conf.clock_skew() - conf.commit_margin()
    tally = cache.get(_KEY) or _begun(settled)
    rows = _ended_after(tally.upto)
    kept = _whole_moments(rows)
    _add_up_to(tally, [row for row in kept if row[0] <= settled])
    cache.set(_KEY, tally, None)
    # What ended a moment ago is told, but read again: something that ended before it may not be committed yet.
    for row in kept:
        if row[0] > settled:
            tally.add(row)
    return tally


def _begun(settled: datetime) -> Tally:
    """Begin with the first operation of all, or, where there are too many to add up at once, with the next."""
    first = Tally(since=timezone.now().timestamp(), upto=_BEFORE_ALL)
    ended = AttemptOperation.objects.filter(completed_at__isnull=False).order_by("completed_at", "pk")
    if ended.values("pk")[BATCH - 1 : BATCH]:
        first.upto = settled
    return first


def _ended_after(moment: datetime) -> list[Sequence[Any]]:
    rows = AttemptOperation.objects.filter(completed_at__gt=moment).order_by("completed_at", "pk")
    return list(rows.values_list(*_COLUMNS)[:BATCH])


def _whole_moments(rows: list[Sequence[Any]]) -> list[Sequence[Any]]:
    """Leave out the last moment of a full batch: others may have ended in it that the batch has no room for."""
    if len(rows) < BATCH or rows[0][0] == rows[-1][0]:
        return rows
    return [row for row in rows if row[0] < rows[-1][0]]


def _add_up_to(tally: Tally, rows: Iterable[Sequence[Any]]) -> None:
    for row in rows:
        tally.add(row)
        tally.upto = row[0]
