"""Rows as an engine hands them out, of results that are larger than memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

from django.db import connections

#: Returns the next rows, as many as asked for or fewer; none at the end.
Fetch = Callable[[int], Sequence[tuple[Any, ...]]]


@contextmanager
def streamed(using: str, sql: str, params: Sequence[Any]) -> Iterator[Fetch]:
    """Run a statement whose rows are fetched as they are wanted; nothing else may run on the connection meanwhile.

    Django's own cursors do so on PostgreSQL and SQLite. Those of MySQL and MariaDB take all rows at once.

    Args:
        using: alias of the database.
        sql: the statement.
        params: its parameters.
    """
    connection: Any = connections[using]
    if connection.vendor != "mysql":
        with closing(connection.chunked_cursor()) as cursor:
            cursor.execute(sql, params)
            yield cursor.fetchmany
        return
    # Only where there is such a server is there such a driver.
    from MySQLdb.cursors import SSCursor

    connection.ensure_connection()
    with connection.wrap_database_errors, closing(connection.connection.cursor(SSCursor)) as cursor:
        cursor.execute(sql, tuple(params))
        yield cursor.fetchmany
