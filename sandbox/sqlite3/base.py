"""The backend: transactions take the write lock when they begin, and readers do not wait for writers.

Without that, a transaction that has read before it writes is turned away at once when another one writes meanwhile,
however long the time-out for locks is.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Does by itself what the options ``transaction_mode`` and ``init_command`` do in later releases."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect, and choose the journal that lets others read."""
        connection = super().get_new_connection(conn_params)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        return connection

    def _start_transaction_under_autocommit(self) -> None:
        self.cursor().execute("BEGIN IMMEDIATE")
