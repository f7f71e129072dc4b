"""Tables after a test that commits: emptied of what it wrote, and not one by one of nothing.

Django's own way empties every table of every application, some two hundred and fifty, and makes their content types
and permissions anew: seconds for each test on PostgreSQL. Only tables that hold rows are emptied here, and those two
are left as they are. One statement finds them, whoever has written: this process, a thread of it, or a worker.
"""

from __future__ import annotations

from typing import Any

from django.core.management.color import no_style
from django.db import connections

#: Made once, with the tables, and changed by no test.
KEPT = frozenset({"auth_permission", "django_content_type"})


def empty_written_tables(using: str = "default") -> list[str]:
    """Delete all rows that tests have left; return the tables that had any."""
    connection = connections[using]
    written = written_tables(using)
    if not written:
        return []
    if connection.vendor == "postgresql":
        # TRUNCATE would make new files for each table; the keys to other tables are checked when all is deleted.
        statements = [f"DELETE FROM {connection.ops.quote_name(table)}" for table in written]
    else:
        statements = connection.ops.sql_flush(no_style(), written)
    connection.ops.execute_sql_flush(statements)
    return written


def written_tables(using: str = "default") -> list[str]:
    """Return the tables that hold rows, those apart that every database of the tests has filled."""
    connection = connections[using]
    tables = sorted(set(connection.introspection.django_table_names(include_views=False)) - KEPT)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(_if_not_empty(connection, table) for table in tables))
        return [table for (table,) in cursor.fetchall() if table]


def _if_not_empty(connection: Any, table: str) -> str:
    return f"SELECT CASE WHEN EXISTS (SELECT 1 FROM {connection.ops.quote_name(table)}) THEN '{table}' END"
