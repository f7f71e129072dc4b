"""The engines that analysts ask, and what differs between them."""

from __future__ import annotations

from dataclasses import dataclass

from attempts.datasets.dataset import Dataset

_VIEW = "CREATE VIEW {name} AS SELECT * FROM {files}"


@dataclass(frozen=True)
class Engine:
    """One engine.

    Attributes:
        name: as people write it.
        days: how it says the days from ``began`` to ``ended``, two columns of any sub-query.
        session: what to say first in a session that reads an export; empty if it is the engine of a host.
        files: how it reads all files of a dataset in an export, of ``path``, without the columns that it could make of
            the directories' names.
    """

    name: str
    days: str
    session: str = ""
    files: str = ""

    def view_of_files(self, dataset: Dataset, directory: str) -> str:
        """Return the statement that makes a view of a dataset in an export, with the name that it has in a host.

        Args:
            dataset: the dataset.
            directory: where the export lies.
        """
        path = f"{directory}/{dataset.name}/**/*.parquet".replace("'", "''")
        return _VIEW.format(name=dataset.view, files=self.files.format(path=path))


SQLITE = Engine("SQLite", "JULIANDAY(ended) - JULIANDAY(began)")
MYSQL = Engine("MariaDB and MySQL", "TIMESTAMPDIFF(MICROSECOND, began, ended) / 86400e6")
POSTGRESQL = Engine("PostgreSQL", "EXTRACT(EPOCH FROM ended - began) / 86400")
DUCKDB = Engine(
    "DuckDB",
    "(EPOCH_US(ended) - EPOCH_US(began)) / 86400e6",
    session="SET TimeZone = 'UTC'",
    files="read_parquet('{path}', hive_partitioning = false)",
)
CLICKHOUSE = Engine(
    "ClickHouse",
    "dateDiff('microsecond', began, ended) / 86400e6",
    session="SET use_hive_partitioning = 0",
    files="file('{path}', Parquet)",
)
ENGINES: tuple[Engine, ...] = (MYSQL, POSTGRESQL, SQLITE, DUCKDB, CLICKHOUSE)

_OF_HOSTS = {"mysql": MYSQL, "postgresql": POSTGRESQL, "sqlite": SQLITE}


def engine_of(vendor: str) -> Engine:
    """Return the engine of a host, by Django's name for it.

    Raises:
        KeyError: Open edX does not run on it.
    """
    return _OF_HOSTS[vendor]
