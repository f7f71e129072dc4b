"""Units of work: when the request or task that runs here began."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from attempts import conf


@dataclass
class Unit:
    """A request or a run of a task.

    Attributes:
        outer: the unit it runs in, as an eager task does; None for most.
        began: when it began, in seconds since the epoch by this host's clock.
        after_commit: whether it began after the commit of the switch it may be late for, not only after its end.
        known: what was found out in it and holds until it has carried out a switch.
        _ticks: the same moment by a clock that only goes forward.
    """

    outer: Unit | None
    began: float = field(default_factory=time.time)
    after_commit: bool = False
    known: dict[Any, Any] = field(default_factory=dict)
    _ticks: float = field(default_factory=time.monotonic)

    def seconds(self) -> float:
        """Return for how long it has been running."""
        return time.monotonic() - self._ticks

    def renew(self) -> None:
        """Let it begin now: it has just carried out a switch, so it knows."""
        self.began, self.after_commit, self._ticks = time.time(), True, time.monotonic()
        self.known.clear()


# A context variable: each thread, greenlet and asyncio task has its own; the latter inherit that of their maker.
_current: ContextVar[Unit | None] = ContextVar("attempts_unit_of_work", default=None)


def current_unit() -> Unit | None:
    """Return the unit of work that runs here; None in commands, shells and threads that a request started."""
    return _current.get()


def began() -> float:
    """Return when the work that runs here began, at the earliest; seconds since the epoch by this host's clock."""
    unit = _current.get()
    return unit.began if unit else time.time() - conf.longest_work().total_seconds()


def begin() -> None:
    """Begin a unit of work inside the one that runs here, if one does."""
    _current.set(Unit(_current.get()))


def end() -> None:
    """End the unit of work that runs here."""
    unit = _current.get()
    _current.set(unit.outer if unit else None)


@contextmanager
def unit_of_work(*, after_commit: bool = False) -> Iterator[None]:
    """What runs inside is one unit of work.

    Args:
        after_commit: it is begun by a switch that is committed, and so is not late for it from its first moment.
    """
    token = _current.set(Unit(_current.get(), after_commit=after_commit))
    try:
        yield
    finally:
        _current.reset(token)
