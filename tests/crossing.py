"""Work that is interrupted by a switch: a thread of its own, with a connection of its own, that stops where it says."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from threading import Event
from typing import Any

from django.db import connection, transaction

from attempts.fence import unit_of_work

_PATIENCE = 30


def cross(
    work: Callable[[Callable[[], None]], Any],
    meanwhile: Callable[[], Any],
    *,
    atomic: bool = False,
    unit: Callable[[], AbstractContextManager] = unit_of_work,
) -> Any:
    """Run ``work`` up to where it calls what it is given; then ``meanwhile`` here; then the rest of it.

    Args:
        work: called with a function that waits until ``meanwhile`` is over.
        meanwhile: what happens in between.
        atomic: whether the work is one transaction, as a request is.
        unit: what the work runs in; a unit of work of the fence, as the middleware makes one.

    Returns:
        What ``work`` returned.

    Raises:
        Exception: whatever ``work`` raised.
    """
    stopped, go = Event(), Event()

    def stop() -> None:
        stopped.set()
        assert go.wait(_PATIENCE)

    def run() -> Any:
        try:
            with unit(), transaction.atomic() if atomic else nullcontext():
                return work(stop)
        finally:
            stopped.set()
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(run)
        try:
            assert stopped.wait(_PATIENCE)
            assert not future.done(), future.exception() or "the work did not stop"
            meanwhile()
        finally:
            go.set()
        return future.result(_PATIENCE)
