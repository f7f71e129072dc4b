"""The datasets as views, for whoever asks the host's database in SQL.

See ``docs/adr/0043-views-for-analysts.rst`` for why no migration makes them.
"""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError, connections, router, transaction

from attempts.data import AnalystViews
from attempts.datasets import DATASETS, installed_datasets
from attempts.datasets.dialects import dialect_of
from attempts.exceptions import ViewsRefused
from attempts.models import LearnerCourse

# With the rights of whoever made them, also where the server's default is another: analysts need none on the tables.
_CREATE = {
    "mysql": ("CREATE OR REPLACE SQL SECURITY DEFINER VIEW {name} AS\n{select}",),
    "postgresql": ("CREATE OR REPLACE VIEW {name} AS\n{select}",),
    "sqlite": ("DROP VIEW IF EXISTS {name}", "CREATE VIEW {name} AS\n{select}"),
}


def create_statements(vendor: str) -> list[str]:
    """Return the statements that make the views, or replace them; what the host has no tables for is left out.

    Args:
        vendor: the engine, by Django's name for it.

    Raises:
        LookupError: Open edX does not run on it.
    """
    dialect = dialect_of(vendor)
    return [
        statement.format(name=dataset.view, select=dataset.select(dialect))
        for dataset in installed_datasets()
        for statement in _CREATE[vendor]
    ]


def drop_statements() -> list[str]:
    """Return the statements that drop the views, as far as they are there."""
    return [f"DROP VIEW IF EXISTS {dataset.view}" for dataset in DATASETS]


def views_database() -> Any:
    """Return the connection to the database with our tables, where the views belong."""
    return connections[router.db_for_write(LearnerCourse)]


def create_views() -> AnalystViews:
    """Make the views, or replace them: all or none where the engine can, else one after the other.

    Raises:
        ViewsRefused: the database does not let us.
    """
    installed = installed_datasets()
    _execute(create_statements(views_database().vendor))
    left_out = tuple(dataset.name for dataset in DATASETS if dataset not in installed)
    return AnalystViews(tuple(dataset.view for dataset in installed), left_out)


def drop_views() -> AnalystViews:
    """Drop the views that are there.

    Raises:
        ViewsRefused: the database does not let us.
    """
    database = views_database()
    with database.cursor() as cursor:
        there = {table.name for table in database.introspection.get_table_list(cursor) if table.type == "v"}
    _execute(drop_statements())
    return AnalystViews(tuple(dataset.view for dataset in DATASETS if dataset.view in there), ())


def _execute(statements: list[str]) -> None:
    database = views_database()
    try:
        with transaction.atomic(using=database.alias), database.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    except DatabaseError as error:
        raise ViewsRefused(error) from error
