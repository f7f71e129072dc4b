"""The sample queries of the data dictionary: on views, and on exports in DuckDB; ``tests/streams`` has ClickHouse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.db import connection

from attempts import api
from attempts.datasets import DATASETS
from attempts.datasets.engines import DUCKDB, engine_of
from attempts.datasets.samples import SAMPLES
from tests.attempts.analysts import asked, expected, exported_to, learners_at_work, opened, pseudonyms, same
from tests.factories import COURSE

# MySQL and MariaDB commit before they make a view.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def learners(policy: Any, run: Any) -> list[Any]:
    """Learners with attempts; the last one has most."""
    return learners_at_work(run)


@pytest.fixture
def with_views() -> Iterator[None]:
    """The views, for the length of a test."""
    api.create_views()
    yield
    api.drop_views()


@pytest.fixture
def duck(learners: Any, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB with the views of an export."""
    directory = exported_to(tmp_path)
    with duckdb.connect() as found:
        for statement in opened(DUCKDB, directory):
            found.execute(statement)
        yield found


def test_views_answer_as_the_api_does(learners: Any, with_views: None) -> None:
    """On each engine that a host may have."""
    engine = engine_of(connection.vendor)
    for sample in SAMPLES:
        with connection.cursor() as cursor:
            cursor.execute(sample.on(engine, course=str(COURSE), learner=learners[-1].pk))
            assert same(cursor.fetchall()) == expected(sample, learners), sample.name


def test_duckdb_answers_the_same_of_an_export(learners: Any, duck: Any) -> None:
    """With pseudonyms for people."""
    for sample in SAMPLES:
        found = duck.execute(asked(sample, DUCKDB, learners[-1])).fetchall()
        assert same(found, pseudonyms(learners)) == expected(sample, learners), sample.name


def test_types_in_an_export(duck: Any) -> None:
    """DuckDB takes them for what the dictionary says; only people are text in place of numbers."""
    types = {
        "text": "VARCHAR",
        "integer": "BIGINT",
        "float": "DOUBLE",
        "boolean": "BOOLEAN",
        "timestamp": "TIMESTAMP WITH TIME ZONE",
    }
    for dataset in DATASETS:
        found = {name: type_ for name, type_, *_ in duck.execute(f"DESCRIBE {dataset.view}").fetchall()}
        assert found == {column.name: types["text" if column.is_person else column.type] for column in dataset.columns}
