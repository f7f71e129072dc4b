"""The sample queries of the data dictionary, on an export in ClickHouse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from attempts.datasets import DATASETS
from attempts.datasets.engines import CLICKHOUSE
from attempts.datasets.samples import SAMPLES
from tests.attempts.analysts import asked, expected, exported_to, learners_at_work, opened, pseudonyms, same


@pytest.fixture
def learners(policy: Any, run: Any) -> list[Any]:
    """Learners with attempts; the last one has most."""
    return learners_at_work(run)


@pytest.fixture
def exported(clickhouse: Any, learners: Any, tmp_path: Path) -> Iterator[Any]:
    """ClickHouse with the views of an export."""
    directory = exported_to(tmp_path)
    for statement in opened(CLICKHOUSE, directory):
        clickhouse.run(statement)
    yield clickhouse
    for dataset in DATASETS:
        clickhouse.run(f"DROP VIEW {dataset.view}")


def test_clickhouse_answers_as_the_api_does(learners: Any, exported: Any) -> None:
    """With pseudonyms for people."""
    for sample in SAMPLES:
        found = [tuple(row.values()) for row in exported.rows(asked(sample, CLICKHOUSE, learners[-1]))]
        assert same(found, pseudonyms(learners)) == expected(sample, learners), sample.name
