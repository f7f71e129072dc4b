"""Indexes taken away while a great table is filled, and built anew in one go afterwards, as they were."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection

_KEY = re.compile(r"^\s*((?:UNIQUE )?KEY|CONSTRAINT) `(\w+)` (.*?),?$")

#: Before and after indexes are built. MariaDB copies a table, row by row, to prove a foreign key; memory to sort in.
_HURRY = {
    "mysql": (["SET SESSION foreign_key_checks = 0"], ["SET SESSION foreign_key_checks = 1"]),
    "postgresql": (["SET maintenance_work_mem = '1GB'"], ["RESET maintenance_work_mem"]),
}


@contextmanager
def without_indexes(tables: Iterable[str]) -> Iterator[None]:
    """Inside, the tables have their primary keys only."""
    take = {"mysql": _take_mariadb, "postgresql": _take_postgresql, "sqlite": _take_sqlite}[connection.vendor]
    with connection.cursor() as cursor:
        give_back = [statement for table in tables for statement in take(cursor, table)]
    yield
    hurry, relax = _HURRY.get(connection.vendor, ((), ()))
    with connection.cursor() as cursor:
        for statement in (*hurry, *give_back, *relax):
            cursor.execute(statement)


def _take_mariadb(cursor, table: str) -> list[str]:
    cursor.execute(f"SHOW CREATE TABLE {table}")
    keys = [match.groups() for match in map(_KEY.match, cursor.fetchone()[1].splitlines()) if match]
    foreign = [f"DROP FOREIGN KEY {name}" for kind, name, _ in keys if kind == "CONSTRAINT"]
    # An index that a foreign key needs goes after it.
    plain = [f"DROP KEY {name}" for kind, name, _ in keys if kind != "CONSTRAINT"]
    for drops in filter(None, (foreign, plain)):
        cursor.execute(f"ALTER TABLE {table} {', '.join(drops)}")
    indexes = [f"ADD {kind} `{name}` {rest}" for kind, name, rest in keys if kind != "CONSTRAINT"]
    constraints = [f"ADD CONSTRAINT `{name}` {rest}" for kind, name, rest in keys if kind == "CONSTRAINT"]
    return [f"ALTER TABLE {table} {', '.join(adds)}" for adds in (indexes, constraints) if adds]


def _take_postgresql(cursor, table: str) -> list[str]:
    cursor.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = %s::regclass AND contype IN ('u', 'f') ORDER BY contype DESC",
        [table],
    )
    constraints = cursor.fetchall()
    for name, _ in constraints:
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}" CASCADE')
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname NOT IN"
        " (SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass)",
        [table, table],
    )
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    return [definition for _, definition in indexes] + [
        f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}' for name, definition in constraints
    ]


def _take_sqlite(cursor, table: str) -> list[str]:
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = %s AND sql <> ''", [table])
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    return [sql for _, sql in indexes]
