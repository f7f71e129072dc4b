"""All numbers of one moment, read at most once in a few seconds, whoever asks and however often."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.cache import caches

from attempts import conf, exceptions
from attempts.data import Workload
from attempts.followups import installed_follow_ups
from attempts.models import OperationKind
from attempts.monitoring.state import read_state
from attempts.monitoring.tally import Tally, current_tally
from attempts.operations import REFUSAL_CODES
from attempts.telemetry import counts
from attempts.telemetry.follow_ups import FAILURES

_KEY = "attempts.snapshot.2"
Counts = dict[tuple[str, ...], int]


@dataclass(frozen=True)
class Snapshot:
    """The numbers, and when they were read (seconds since the epoch)."""

    read_at: float
    state: Workload
    tally: Tally
    refusals: Counts
    retries: Counts
    follow_up_failures: Counts
    recovered_at: float


def snapshot() -> Snapshot:
    """Return the numbers of now, or those of a few seconds ago (``ATTEMPTS_METRICS_MAX_AGE``).

    Raises:
        Exception: whatever database and cache raise when they are away.
    """
    cache, seconds = caches[conf.fence_cache()], conf.metrics_max_age()
    known = cache.get(_KEY) if seconds else None
    # The time is looked at as well: a file or a memory cache of tests does not count seconds as exactly.
    if known is not None and 0 <= time.time() - known.read_at < seconds:
        return known
    fresh = _read()
    if seconds:
        cache.set(_KEY, fresh, seconds)
    return fresh


def _read() -> Snapshot:
    refusals = [(kind.value, code) for kind in OperationKind for code in _refusal_codes()]
    failures = [(name, outcome) for name in installed_follow_ups() for outcome in FAILURES]
    return Snapshot(
        read_at=time.time(),
        state=read_state(),
        tally=current_tally(),
        refusals=counts.counts(counts.REFUSALS, refusals),
        retries=counts.counts(counts.RETRIES, [(code,) for code in REFUSAL_CODES]),
        follow_up_failures=counts.counts(counts.FOLLOW_UP_FAILURES, failures),
        recovered_at=counts.last_recovery(),
    )


def _refusal_codes() -> set[str]:
    return {each.code for base in (exceptions.NotEligible, exceptions.Conflict) for each in _family(base)}


def _family(base: type[exceptions.AttemptsError]) -> Iterator[type[exceptions.AttemptsError]]:
    yield base
    for child in base.__subclasses__():
        yield from _family(child)
