"""The database server, spoken to by its driver: no Django, and nothing of ours but a name and an address."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: What the engines say when something is in the way: name of the fault, by error number or SQLSTATE.
MET = {
    1213: "deadlock",
    "40P01": "deadlock",
    1205: "lock_timeout",
    "55P03": "lock_timeout",
    2006: "connection_lost",
    2013: "connection_lost",
    1927: "connection_lost",
    "57P01": "connection_lost",
    1114: "disk_full",
    1021: "disk_full",
    "53100": "disk_full",
}


@dataclass(frozen=True)
class Server:
    """A database on a server.

    Attributes:
        vendor: ``mysql`` (MariaDB and MySQL) or ``postgresql``.
        host, port, user, password, name: how to reach it.
    """

    vendor: str
    host: str
    port: int
    user: str
    password: str
    name: str

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Server:
        """Return the server that Django's settings name."""
        vendor = "mysql" if settings["ENGINE"].endswith("mysql") else "postgresql"
        port = int(settings["PORT"] or {"mysql": 3306, "postgresql": 5432}[vendor])
        host = settings["HOST"] or "127.0.0.1"
        return cls(vendor, host, port, settings["USER"], settings["PASSWORD"], settings["NAME"])

    def connect(self, *, autocommit: bool = True) -> Any:
        """Open a connection of the driver's own."""
        if self.vendor == "mysql":
            import MySQLdb

            return MySQLdb.connect(
                host=self.host,
                port=self.port,
                user=self.user,
                passwd=self.password,
                db=self.name,
                charset="utf8mb4",
                autocommit=autocommit,
            )
        import psycopg

        return psycopg.connect(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password or None,
            dbname=self.name,
            autocommit=autocommit,
        )

    def version(self) -> str:
        """Return the engine and its version."""
        with_name = {"mysql": "MariaDB or MySQL", "postgresql": ""}[self.vendor]
        connection = self.connect()
        try:
            return f"{with_name} {query(connection, 'SELECT version() AS version')[0]['version']}".strip()
        finally:
            connection.close()

    def kill(self, connection_id: int) -> None:
        """End a connection, by another one."""
        sql = "KILL %s" if self.vendor == "mysql" else "SELECT pg_terminate_backend(%s)"
        connection = self.connect()
        try:
            connection.cursor().execute(sql, (connection_id,))
        finally:
            connection.close()

    def disk_full(self) -> Exception:
        """Return the error of the driver for a disk that is full; injected, as the server's disk is not."""
        if self.vendor == "mysql":
            import MySQLdb

            return MySQLdb.OperationalError(1114, "The table 'injected' is full")
        import psycopg

        return psycopg.errors.DiskFull("could not extend file: No space left on device (injected)")


def connection_id(connection: Any) -> int:
    """Return the server's number of a driver's connection."""
    return connection.thread_id() if hasattr(connection, "thread_id") else connection.info.backend_pid


def met(error: BaseException | None) -> str | None:
    """Name the fault behind an error of a driver, or of Django around one; None for any other."""
    while error is not None:
        code = getattr(error, "sqlstate", None) or (error.args[0] if error.args else None)
        if isinstance(code, int | str) and code in MET:
            return MET[code]
        if any(words in str(error) for words in ("server closed the connection", "connection is lost")):
            return "connection_lost"
        error = error.__cause__
    return None


def query(connection: Any, sql: str, values: tuple[Any, ...] = ()) -> list[dict[str, Any]]:
    """Return the rows of a query as dictionaries of plain values."""
    cursor = connection.cursor()
    try:
        cursor.execute(sql, values)
        columns = [column[0] for column in cursor.description]
        return [dict(zip(columns, map(plain, row), strict=True)) for row in cursor.fetchall()]
    finally:
        cursor.close()


def plain(value: Any) -> Any:
    """Return a value as every engine, and the host's own objects, would say it."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, str):
        # MariaDB has a type for uuids, and gives them as text.
        return value.replace("-", "") if _UUID.fullmatch(value) else value
    if isinstance(value, int | float | type(None)):
        return value
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True)
    if isinstance(value, bytes):
        return value.decode()
    return str(value)
