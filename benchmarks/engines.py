"""The databases that are measured: where they are, and whether they answer."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from importlib.util import find_spec
from urllib.parse import urlsplit

_SCHEMES = {"mysql": ("MySQLdb", 3306), "postgres": ("psycopg", 5432), "postgresql": ("psycopg", 5432)}
_VARIABLES = {"mariadb": "MARIADB_URL", "postgresql": "POSTGRES_URL"}
NAMES = ("sqlite", "mariadb", "postgresql")


@dataclass(frozen=True)
class Engine:
    """A database.

    Attributes:
        name: ``sqlite``, ``mariadb`` or ``postgresql``.
        url: what ``DATABASE_URL`` is to be; empty for SQLite, which makes a file of its own.
        missing: why it cannot be measured; empty if it can.
    """

    name: str
    url: str
    missing: str


def engine(name: str) -> Engine:
    """Return a database by name, tried whether it answers.

    Raises:
        ValueError: there is no such engine.
    """
    if name not in NAMES:
        raise ValueError(f"{name!r} is no engine; there are {', '.join(NAMES)}")
    if name == "sqlite":
        return Engine(name, "", "")
    variable = _VARIABLES[name]
    url = os.environ.get(variable, "")
    if not url:
        return Engine(name, "", f"{variable} is not set")
    driver, port = _SCHEMES.get(urlsplit(url).scheme, ("", 0))
    if not driver:
        return Engine(name, url, f"{variable} names no database that is known: it starts with {url.split(':')[0]!r}")
    if find_spec(driver) is None:
        return Engine(name, url, f"the driver {driver} is not installed (requirements/services.txt)")
    if not answers(url, port):
        return Engine(name, url, f"nothing answers at the address in {variable}")
    return Engine(name, url, "")


def redis_url() -> str:
    """Return where Redis is, empty if none answers."""
    url = os.environ.get("REDIS_URL", "")
    return url if url and answers(url, 6379) else ""


def answers(url: str, port: int) -> bool:
    """Tell whether something listens at the host of a URL.

    Args:
        url: the address.
        port: the port to try if the URL names none.
    """
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "127.0.0.1", parts.port or port), timeout=5):
            return True
    except OSError:
        return False
