"""Counts of what no table has, shared by all processes through the cache of the fence.

They are rare, so that a look at the cache costs nothing that matters. A cache that is emptied begins anew at 0, as a
restarted process would; one that is away counts nothing, and keeps nobody from working.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import Any
from urllib.parse import quote

from django.core.cache import caches

from attempts import conf

#: What is counted: each name with the labels that follow it.
REFUSALS = "refusals"  # kind, code
RETRIES = "retries"  # code
FOLLOW_UP_FAILURES = "follow_up_failures"  # follow-up, outcome
_RECOVERED = "attempts.recover.last"
_AWAITED = "attempts.recover.awaited"


def count(name: str, *labels: str) -> None:
    """Count one more."""
    key = _key(name, labels)
    try:
        cache = caches[conf.fence_cache()]
        # Kept until the cache is emptied.
        cache.add(key, 0, None)
        cache.incr(key)
    except Exception:
        # Cache clients raise what they like, and a count is not worth a switch.
        return


def counts(name: str, labels: Collection[tuple[str, ...]]) -> dict[tuple[str, ...], int]:
    """Return what was counted so far for each of ``labels``, 0 where nothing was; one look at the cache."""
    keys = {_key(name, each): each for each in labels}
    found: dict[str, Any] = caches[conf.fence_cache()].get_many(list(keys))
    return {each: int(found.get(key, 0)) for key, each in keys.items()}


def note_recovery() -> None:
    """Note that `recover` has run just now."""
    try:
        caches[conf.fence_cache()].set(_RECOVERED, time.time(), None)
    except Exception:
        # As above: the next run notes it.
        return


def last_recovery() -> float:
    """Return when `recover` ran last, in seconds since the epoch.

    Where the cache knows of no run, it is the moment from which one was looked for in vain.
    """
    cache = caches[conf.fence_cache()]
    found: float | None = cache.get(_RECOVERED)
    if found is None:
        found = cache.get_or_set(_AWAITED, time.time, None)
    return time.time() if found is None else found


def _key(name: str, labels: tuple[str, ...]) -> str:
    return ".".join(["attempts.count", name, *(quote(label, safe="") for label in labels)])
