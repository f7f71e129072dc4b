"""Database settings from a URL, with the options the platform uses on each engine."""

from __future__ import annotations

from typing import Any

import dj_database_url
import django


def database_from_url(url: str) -> dict[str, Any]:
    """Return Django's settings for the database at ``url``.

    Requests are atomic, as on the platform. MySQL and MariaDB are strict and speak utf8mb4, as Tutor configures
    them; SQLite waits for locks, and takes the write lock when a transaction begins, so that two writers queue instead
    of failing.
    """
    database: dict[str, Any] = {**dj_database_url.parse(url), "ATOMIC_REQUESTS": True}
    options = database.setdefault("OPTIONS", {})
    if database["ENGINE"].endswith("mysql"):
        options.setdefault("charset", "utf8mb4")
        options.setdefault("init_command", "SET sql_mode='STRICT_TRANS_TABLES'")
        database["TEST"] = {"CHARSET": "utf8mb4", "COLLATION": "utf8mb4_unicode_ci"}
    elif database["ENGINE"].endswith("sqlite3"):
        options.setdefault("timeout", 30)
        if django.VERSION >= (5, 1):
            options.setdefault("transaction_mode", "IMMEDIATE")
            options.setdefault("init_command", "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;")
        else:
            database["ENGINE"] = "sandbox.sqlite3"
    return database
