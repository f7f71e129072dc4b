"""Every row of every table of an LMS."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connections, router

Snapshot = dict[str, dict[Any, dict[str, Any]]]
OURS = ("attempts", "attempts_api")


def everything() -> Snapshot:
    """Return all columns of all rows of all tables but ours, by table and primary key."""
    tables: Snapshot = {}
    for model in apps.get_models(include_auto_created=True):
        options = model._meta
        if options.proxy or not options.managed or options.app_label in OURS:
            continue
        tables[options.db_table] = _rows(model)
    return tables


def _rows(model: Any) -> dict[Any, dict[str, Any]]:
    connection = connections[router.db_for_read(model)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")
        columns = [column[0] for column in cursor.description]
        rows = [dict(zip(columns, values, strict=True)) for values in cursor.fetchall()]
    return {row[model._meta.pk.column]: row for row in rows}


def changed(before: Snapshot, after: Snapshot) -> dict[str, dict[Any, Any]]:
    """Return what differs in the rows that were there before, by table and primary key: columns, or ``gone``."""
    found: dict[str, dict[Any, Any]] = {}
    for table, rows in before.items():
        for pk, row in rows.items():
            now = after[table].get(pk)
            if now is None:
                found.setdefault(table, {})[pk] = "gone"
            elif now != row:
                columns = {name: (value, now[name]) for name, value in row.items() if now[name] != value}
                found.setdefault(table, {})[pk] = columns
    return found


def added(before: Snapshot, after: Snapshot) -> dict[str, list[Any]]:
    """Return the primary keys of the rows that were not there before, by table."""
    new = {table: [pk for pk in rows if pk not in before[table]] for table, rows in after.items()}
    return {table: keys for table, keys in new.items() if keys}
