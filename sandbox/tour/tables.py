"""Every row of the host, read by plain SQL, to see afterwards what has changed."""

from __future__ import annotations

from typing import Any

from django.db import connection

#: Tables of Django, of attempts, and of accounts, whose rows may change in a walk.
_LEFT_OUT = ("django_", "attempts_", "auth_", "sqlite_", "waffle_")

Rows = dict[tuple[str, Any], tuple[Any, ...]]


def read_rows() -> Rows:
    """Return every row of the host's tables, by table and primary key."""
    rows: Rows = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if not table.startswith(_LEFT_OUT):
                key = connection.introspection.get_primary_key_column(cursor, table)
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # nosec B608  # a table of a model
                position = [column[0] for column in cursor.description].index(key)
                rows.update({(table, row[position]): row for row in cursor.fetchall()})
    return rows


def unlike(before: Rows, after: Rows) -> list[tuple[str, Any]]:
    """Return the rows of ``before`` that are gone or differ in any column."""
    return [place for place, row in before.items() if after.get(place) != row]
