"""Which attempt of a learner is active, as the shared cache remembers it, for whoever only says so.

A switch takes what is remembered away before it begins and again after its commit, for longer than work that read the
old attempt can take to bring it back.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import router, transaction
from opaque_keys.edx.keys import CourseKey

from attempts.fence.marks import shared_cache
from attempts.fence.work import current_unit
from attempts.models import LearnerCourse
from attempts.uuids import attempt_uuid

log = logging.getLogger(__name__)

#: Seconds for which what was read is believed, and for which nothing is remembered after a switch.
_SECONDS_TO_LIVE = 300
#: What is remembered while nobody may remember anything.
_MOVING = "moving"


@dataclass(frozen=True)
class Pointer:
    """The attempt that is active.

    Attributes:
        number: its number, from 1.
        uuid: its uuid.
        switched_at: when the latest switch was, in seconds since the epoch by the clock of the database; None for a
            learner who was never reset.
    """

    number: int
    uuid: UUID
    switched_at: float | None


def announce_move(user_id: int, course_key: CourseKey) -> None:
    """Let nobody remember which attempt of a learner is active, from now until well after the commit."""
    _forget(user_id, course_key)
    using = router.db_for_write(LearnerCourse)
    transaction.on_commit(lambda: _forget(user_id, course_key), using=using, robust=True)


def remembered(user_id: int, course_key: CourseKey, read: Callable[[], Pointer]) -> Pointer:
    """Return which attempt is active; one look at the cache.

    Args:
        user_id: the learner.
        course_key: the plain key of the course.
        read: asks the database, if the cache does not know or is not shared.
    """
    cache = shared_cache()
    key = _key(user_id, course_key)
    known = _look(cache, key)
    if isinstance(known, tuple):
        number, uuid, switched_at = known
        return Pointer(number, UUID(uuid), switched_at)
    found = read()
    if known is None and _may_remember():
        _remember(cache, key, found)
    return found


def _may_remember() -> bool:
    """Whether what is read now was true not long ago: a transaction may show what there was when it began."""
    unit = current_unit()
    return unit is not None and unit.seconds() < _SECONDS_TO_LIVE


def _forget(user_id: int, course_key: CourseKey) -> None:
    cache = shared_cache()
    try:
        if cache is not None:
            cache.set(_key(user_id, course_key), _MOVING, _SECONDS_TO_LIVE)
    except Exception as error:
        # Cache clients raise what they like. The switch goes on: what is remembered ends by itself.
        log.warning("attempts: the cache cannot be written, events may name the attempt before: %s", error)


def _look(cache: Any, key: str) -> Any:
    try:
        # Without a cache that all processes see, nothing may be remembered.
        return cache.get(key) if cache is not None else _MOVING
    except Exception as error:
        log.warning("attempts: the cache cannot be read, the database is asked about every event: %s", error)
        return _MOVING


def _remember(cache: Any, key: str, pointer: Pointer) -> None:
    """Unless a switch was announced meanwhile."""
    try:
        cache.add(key, (pointer.number, str(pointer.uuid), pointer.switched_at), _SECONDS_TO_LIVE)
    except Exception as error:
        log.warning("attempts: the cache cannot be written: %s", error)


def _key(user_id: int, course_key: CourseKey) -> str:
    # The first attempt's uuid stands for the two: keys of caches are short, and take few letters.
    return f"attempts.active.{attempt_uuid(user_id, course_key, 1)}"
