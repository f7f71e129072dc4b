"""What an open transaction sees of what others commit meanwhile."""

from __future__ import annotations

from typing import Any

from django.db import connections
from django.db.models import QuerySet


def keeps_snapshot(using: str) -> bool:
    """Tell whether MySQL or MariaDB shows this transaction what there was when it first read, and nothing later.

    That is REPEATABLE READ, which a site may have asked for in ``OPTIONS``; Django asks for READ COMMITTED.
    """
    connection: Any = connections[using]
    return (
        connection.vendor == "mysql" and connection.in_atomic_block and connection.isolation_level != "read committed"
    )


def values_now(rows: QuerySet, *names: str) -> list[tuple[Any, ...]]:
    """Return columns of rows as they are committed, out of any snapshot; one statement, or two where there is one.

    Nothing is waited for: of a row that somebody has locked it is what the snapshot has.
    """
    values = rows.values_list(*names)
    if not keeps_snapshot(rows.db):
        return list(values)
    connection: Any = connections[rows.db]
    compiler: Any = values.query.get_compiler(rows.db)
    sql, params = compiler.as_sql()
    # A lock that is shared, so that two requests of a learner see the same; Django has words for the other kind only.
    lock = "LOCK IN SHARE MODE SKIP LOCKED" if connection.mysql_is_mariadb else "FOR SHARE SKIP LOCKED"
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} {lock}", params)
        committed = [tuple(row) for row in compiler.results_iter([cursor.fetchall()])]
    return [*committed, *values]
