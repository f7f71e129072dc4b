"""Database settings from a URL, with the options the platform uses on each engine."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import dj_database_url
import django
from django.core.exceptions import ImproperlyConfigured


def checked_url(url: str, name: str) -> str:
    """Return the URL of a server as it is.

    Whoever uses it later says what is wrong with it, and a password with a ``/`` in it looks like a port.

    Args:
        url: the URL.
        name: the environment variable that it is from.

    Raises:
        ImproperlyConfigured: it cannot be read. The URL is not part of the message, nor of what led to it.
    """
    try:
        parts = urlsplit(url)
        readable = bool(parts.scheme) and (parts.port or 1) > 0 and not parts.fragment
    except ValueError:
        readable = False
    if not readable:
        raise ImproperlyConfigured(f"{name} is not a URL: percent-encode what is special in its user and password.")
    return url


#: The isolation levels that databases may be asked for, by the number psycopg has for each.
ISOLATION_LEVELS = {"read committed": 2, "repeatable read": 3}


def database_from_url(url: str, isolation: str = "") -> dict[str, Any]:
    """Return Django's settings for the database at ``url``.

    Requests are atomic, as on the platform. MySQL and MariaDB are strict and speak utf8mb4, as Tutor configures
    them; SQLite waits for locks, and takes the write lock when a transaction begins, so that two writers queue instead
    of failing.

    Args:
        url: such as ``mysql://user:password@host:3306/name``.
        isolation: ``read committed`` or ``repeatable read``; empty for Django's own, which is the first on MySQL and
            MariaDB whatever the server's, and the server's on PostgreSQL. SQLite has one level and looks at none.

    Raises:
        ValueError: the isolation level is none of these.
    """
    if isolation and isolation not in ISOLATION_LEVELS:
        raise ValueError(f"DATABASE_ISOLATION is {isolation!r}; it may be {' or '.join(map(repr, ISOLATION_LEVELS))}")
    database: dict[str, Any] = {**dj_database_url.parse(url), "ATOMIC_REQUESTS": True}
    options = database.setdefault("OPTIONS", {})
    if database["ENGINE"].endswith("mysql"):
        options.setdefault("charset", "utf8mb4")
        options.setdefault("init_command", "SET sql_mode='STRICT_TRANS_TABLES'")
        if isolation:
            options["isolation_level"] = isolation
        database["TEST"] = {"CHARSET": "utf8mb4", "COLLATION": "utf8mb4_unicode_ci"}
    elif database["ENGINE"].endswith("postgresql"):
        if isolation:
            options["isolation_level"] = ISOLATION_LEVELS[isolation]
    elif database["ENGINE"].endswith("sqlite3"):
        options.setdefault("timeout", 30)
        if django.VERSION >= (5, 1):
            options.setdefault("transaction_mode", "IMMEDIATE")
            options.setdefault("init_command", "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;")
        else:
            database["ENGINE"] = "sandbox.sqlite3"
    return database
