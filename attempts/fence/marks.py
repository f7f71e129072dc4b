"""The shared mark: when a switch was last asked for or made. One look at it settles nearly every save."""

from __future__ import annotations

import logging
import time
from typing import Any

from django.core.cache import caches
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.locmem import LocMemCache
from django.db import router, transaction

from attempts import conf
from attempts.fence.work import began, current_unit
from attempts.models import AttemptOperation

log = logging.getLogger(__name__)

_KEY = "attempts.latest_switch"
#: Seconds since the epoch that say that there was none.
_NEVER = 0.0
#: How long a mark is believed before the database is asked again: a cache that took an older value back heals by it.
_SECONDS_TO_LIVE = 300
#: Caches that other processes cannot see.
_PRIVATE = (LocMemCache, DummyCache)


def announce_switch() -> None:
    """Mark that attempts are being switched, and once more when the transaction commits.

    Before anything is rewritten, so that whoever saves from here on looks at the database; after the commit, because
    the first mark may have been evicted, and for the time by which later work is told apart from earlier.
    """
    _mark()
    transaction.on_commit(_committed, using=router.db_for_write(AttemptOperation), robust=True)


def announce_request() -> None:
    """Mark that a switch is asked for: what is inserted from now on holds it off until it can be seen."""
    _mark()


def switched_meanwhile() -> bool:
    """Tell whether anybody's attempts may have been switched since the work that runs here began."""
    return latest_switch() + conf.clock_skew().total_seconds() >= began()


def latest_switch() -> float:
    """Return when the latest switch of the site was, in seconds since the epoch by the clock of whoever made it.

    One look at the cache; one statement where the cache does not know or is not shared.
    """
    cache = shared_cache()
    mark = _read(cache)
    if mark is None:
        mark = _from_database()
        _prime(cache, mark)
    return mark


def is_shared() -> bool:
    """Tell whether the cache for the mark can be seen by other processes."""
    return shared_cache() is not None


def shared_cache() -> Any:
    """Return the cache that all processes of the LMS see; None if the one that is named cannot be seen by others."""
    cache = caches[conf.fence_cache()]
    return None if isinstance(cache, _PRIVATE) else cache


def _read(cache: Any) -> float | None:
    try:
        return cache.get(_KEY) if cache is not None else None
    except Exception as error:
        # Cache clients raise what they like.
        log.warning("attempts: the cache cannot be read, the database is asked about every save: %s", error)
        return None


def _prime(cache: Any, mark: float) -> None:
    """Say what the database said, unless somebody has marked a switch meanwhile."""
    try:
        if cache is not None:
            cache.add(_KEY, mark, _SECONDS_TO_LIVE)
    except Exception as error:
        log.warning("attempts: the cache cannot be written: %s", error)


def _mark() -> None:
    cache = shared_cache()
    try:
        if cache is not None:
            cache.set(_KEY, time.time(), _SECONDS_TO_LIVE)
    except Exception as error:
        # The switch goes on: where this host alone has lost the cache, the sweep finds what crossed.
        log.warning("attempts: the cache cannot be written, a write that crosses this switch may be missed: %s", error)


def _committed() -> None:
    _mark()
    unit = current_unit()
    while unit is not None:
        # Where tasks are run at once, the request that waits for this one knows as well.
        unit.renew()
        unit = unit.outer


def _from_database() -> float:
    ended = AttemptOperation.objects.using(router.db_for_write(AttemptOperation)).filter(completed_at__isnull=False)
    # Failed ones too: one index holds the answer, and a look in vain is cheap.
    latest = ended.order_by("-completed_at", "-id").values_list("completed_at", flat=True).first()
    return latest.timestamp() if latest else _NEVER
