"""Fixtures: tables of the benchmarks' own, gone after each test; and the peers, unlike the packages, delete."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection

from benchmarks import scratch
from benchmarks.filling import TABLES, open_course
from tests.factories import COURSE, LOOKALIKE


@pytest.fixture
def no_sql_delete() -> None:
    """Takes the place of the fixture that forbids it: the platform's loop and the archive delete, as in life."""


@pytest.fixture
def course(transactional_db: None) -> Iterator[None]:
    """A course and its look-alike, opted in, ready to be filled."""
    open_course(COURSE, LOOKALIKE)
    yield
    with connection.schema_editor() as editor:
        for model in (scratch.Block, scratch.Blob, scratch.Filled):
            editor.delete_model(model)
        for table in TABLES:
            editor.execute(f"DROP TABLE IF EXISTS archived_{table}")
