"""What an open transaction sees of what others commit meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import DatabaseError, connections, transaction
from django.db.models import Model, QuerySet

RowT = TypeVar("RowT", bound=Model)
_MYSQL_DEADLOCK = 1213
_POSTGRESQL_DEADLOCK = "40P01"


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
    committed = values_held(rows, *names) if keeps_snapshot(rows.db) else []
    return [*committed, *rows.values_list(*names)]


def first_now(rows: QuerySet[RowT]) -> RowT | None:
    """Return one of some rows as it is committed, None if there is none; see :func:`values_now`."""
    committed: list[Any] = []
    if keeps_snapshot(rows.db):
        sql, params = _locking(rows.query.get_compiler(rows.db))
        committed = list(rows.model._base_manager.using(rows.db).raw(sql, params))
    return committed[0] if committed else rows.first()


def values_held(rows: QuerySet, *names: str) -> list[tuple[Any, ...]]:
    """Return columns of rows as they are committed, and keep them so until the transaction ends.

    Others may hold them too. Nothing is waited for: a row that somebody is writing is left out.
    """
    compiler: Any = rows.values_list(*names).query.get_compiler(rows.db)
    sql, params = _locking(compiler)
    with connections[rows.db].cursor() as cursor:
        cursor.execute(sql, params)
        return [tuple(row) for row in compiler.results_iter([cursor.fetchall()])]


def can_hold(using: str) -> bool:
    """Tell whether rows can be kept from being written: in a transaction, on an engine with locks of rows."""
    connection: Any = connections[using]
    return connection.in_atomic_block and connection.features.has_select_for_update_skip_locked


def begins_anew(using: str) -> bool:
    """Tell whether what is done now is a transaction of its own, which may be tried again without a caller's loss."""
    return not connections[using].in_atomic_block


def is_deadlock(error: DatabaseError) -> bool:
    """Tell whether the database has rolled a transaction back so that another could go on."""
    # psycopg 3 and psycopg2 have their own names for it.
    states = (getattr(error.__cause__, name, None) for name in ("sqlstate", "pgcode"))
    return error.args[:1] == (_MYSQL_DEADLOCK,) or _POSTGRESQL_DEADLOCK in states


def _locking(compiler: Any) -> tuple[str, Any]:
    """A query's SQL with a shared lock, so that two requests of a learner see the same.

    Django has words for the other kind only, and each engine has its own.
    """
    sql, params = compiler.as_sql()
    mariadb = getattr(compiler.connection, "mysql_is_mariadb", False)
    return f"{sql} {'LOCK IN SHARE MODE' if mariadb else 'FOR SHARE'} SKIP LOCKED", params


#: What makes a transaction that reads of one that has just begun.
_SNAPSHOT = {
    "postgresql": ("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",),
    # Begun at once: should nothing be read, the level would be that of whatever comes next.
    "mysql": (
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
        "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
    ),
}


@contextmanager
def snapshot(using: str) -> Iterator[None]:
    """Read in one transaction in which nothing changes, whatever others commit; nothing may be written.

    Where a transaction is open already, as in a request of a host with ``ATOMIC_REQUESTS``, it is read in that one: at
    READ COMMITTED each statement then sees what was committed before it.
    """
    connection: Any = connections[using]
    if not begins_anew(using) or not connection.get_autocommit():
        yield
        return
    with transaction.atomic(using=using):
        with connection.cursor() as cursor:
            for statement in _SNAPSHOT.get(connection.vendor, ()):
                cursor.execute(statement)
        yield
