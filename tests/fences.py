"""The host as it would be without the fence, to compare with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models.signals import post_save, pre_delete, pre_save


@contextmanager
def fence_down() -> Iterator[None]:
    """Inside, the fence hears of no save and no delete."""
    signals = (pre_save, post_save, pre_delete)
    kept = [signal.receivers for signal in signals]
    try:
        for signal in signals:
            # A receiver starts with the name it was connected by.
            signal.receivers = [one for one in signal.receivers if "attempts.fence" not in str(one[0][0])]
            signal.sender_receivers_cache.clear()
        yield
    finally:
        for signal, receivers in zip(signals, kept, strict=True):
            signal.receivers = receivers
            signal.sender_receivers_cache.clear()
