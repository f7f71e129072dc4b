"""Which follow-ups there are: those of the settings, then those that other apps bring by entry point."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from functools import cache, partial
from importlib.metadata import entry_points
from typing import Any

from django.utils.module_loading import import_string

from attempts import conf
from attempts.followups.base import FollowUp
from attempts.models.followups import NAME_LENGTH

log = logging.getLogger(__name__)

#: Entry points of this group name a follow-up or a list of them.
ENTRY_POINT_GROUP = "attempts.follow_ups"
#: Ten years, in seconds.
_LONGEST_DELAY = 315_360_000


@cache
def installed_follow_ups() -> dict[str, FollowUp]:
    """Return the follow-ups of this site by name, in the order in which they are begun.

    One that cannot be loaded is left out, and the log says so: it must not keep learners from being reset. The system
    check ``attempts.E006`` says it at start.
    """
    found, wrong = _load()
    for fault in wrong:
        log.error("attempts: a follow-up is left out: %s", fault)
    return found


def faults() -> list[str]:
    """Return what is wrong with the follow-ups of this site, a sentence each."""
    return _load()[1]


def _load() -> tuple[dict[str, FollowUp], list[str]]:
    found: dict[str, FollowUp] = {}
    wrong: list[str] = []
    for path, load in _named():
        try:
            loaded = load()
            for one in loaded if isinstance(loaded, list | tuple) else (loaded,):
                fault = _fault(one, found)
                if fault:
                    wrong.append(f"{path}: {fault}")
                else:
                    found[one.name] = one
        except Exception as error:
            # Whatever the module of another app does when it is imported.
            wrong.append(f"{path}: {type(error).__name__}: {error}")
    return found, wrong


def _named() -> Iterator[tuple[str, Callable[[], Any]]]:
    for path in conf.follow_up_paths():
        yield path, partial(import_string, path)
    for entry_point in sorted(entry_points(group=ENTRY_POINT_GROUP)):
        yield entry_point.value, entry_point.load


def _fault(one: Any, found: dict[str, FollowUp]) -> str | None:
    if isinstance(one, type) or not isinstance(one, FollowUp):
        return "it is no follow-up, which has name, delay, immediate and run()"
    if not (isinstance(one.name, str) and 1 <= len(one.name) <= NAME_LENGTH):
        return f"its name must have 1 to {NAME_LENGTH} characters"
    if one.name in found:
        return f"there is another one named {one.name!r}"
    return None if 0 <= one.delay <= _LONGEST_DELAY else f"its delay must be 0 to {_LONGEST_DELAY} seconds"


conf.when_changed(installed_follow_ups.cache_clear, "ATTEMPTS_FOLLOW_UPS", *conf.HOST_SETTINGS)
