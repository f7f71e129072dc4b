"""The time by the clock of the database: one for all processes of a site, however wrong those of their hosts are."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.db import connections
from django.utils import timezone


class DatabaseClock:
    """Goes on from a time that the database has told, so that nobody has to ask again.

    Args:
        using: alias of the database.
        told: its time just now, see :class:`attempts.host.expressions.DatabaseNow`.
    """

    def __init__(self, using: str, told: datetime) -> None:
        self._told, self._since = told, time.monotonic()
        # It tells no more than milliseconds, and its clock is that of the process.
        self._is_ours = connections[using].vendor == "sqlite"

    def now(self) -> datetime:
        """Return the time (UTC)."""
        if self._is_ours:
            return timezone.now()
        return self._told + timedelta(seconds=time.monotonic() - self._since)
