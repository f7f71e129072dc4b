"""Parquet, by pyarrow (the extra ``analysis``): typed columns, compressed, for DuckDB, ClickHouse, Spark or pandas."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from attempts.datasets import Column
from attempts.exceptions import FormatUnavailable
from attempts.exports.formats.base import Row

#: A group of rows is what readers skip or read as a whole, and what is in memory while it is made.
_ROWS_OF_A_GROUP = 10_000


class ParquetPart:
    """One file."""

    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        # Encoders take their memory from the library's default pool, whatever a writer is given. Its own comes in
        # pieces of 2 MB. The pool is chosen while the library is loaded, and by the site if that has an opinion.
        os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
        # The package works without pyarrow, and so do all other formats.
        import pyarrow
        from pyarrow import parquet

        types = {
            "text": pyarrow.string(),
            "integer": pyarrow.int64(),
            "float": pyarrow.float64(),
            "boolean": pyarrow.bool_(),
            "timestamp": pyarrow.timestamp("us", tz="UTC"),
        }
        self._schema = pyarrow.schema([(column.name, types[column.type]) for column in columns])
        # Any other keeps what was given back, in a worker that goes on with something else.
        self._pool = pyarrow.system_memory_pool()
        self._writer = parquet.ParquetWriter(path, self._schema, compression="zstd", memory_pool=self._pool)
        self._texts = [index for index, column in enumerate(columns) if column.type == "text"]
        self._rows: list[Row] = []
        self.waiting = 0

    def write(self, rows: Sequence[Row]) -> None:
        """See :class:`attempts.exports.formats.base.Part`."""
        self._rows += rows
        columns = list(zip(*rows, strict=True))
        self.waiting += sum(sum(map(len, filter(None, columns[index]))) for index in self._texts)
        if len(self._rows) >= _ROWS_OF_A_GROUP:
            self.flush()

    def flush(self) -> None:
        """See :class:`attempts.exports.formats.base.Part`."""
        if not self._rows:
            return
        table = self._table()
        # The rows are gone before the writer makes as much again.
        self._rows, self.waiting = [], 0
        self._writer.write_table(table)
        del table
        # Or what the writer took lies about in pieces, ever more of them from group to group.
        self._pool.release_unused()

    def _table(self) -> Any:
        import pyarrow

        columns: list[Any] = list(zip(*self._rows, strict=True))
        arrays = [
            pyarrow.array(values, field.type, memory_pool=self._pool)
            for values, field in zip(columns, self._schema, strict=True)
        ]
        return pyarrow.Table.from_arrays(arrays, schema=self._schema)

    def close(self) -> None:
        """See :class:`attempts.exports.formats.base.Part`."""
        self.flush()
        self._writer.close()


class ParquetFormat:
    """Files for engines of analysts."""

    suffix = "parquet"
    # The column says that it is in UTC. A zone in each value costs more than all else that is done with it.
    takes_bare_times = True

    def check(self) -> None:
        """See :class:`attempts.exports.formats.base.Format`."""
        if find_spec("pyarrow") is None:
            raise FormatUnavailable("parquet", "pyarrow", "openedx-attempts[analysis]")

    def part(self, path: Path, columns: Sequence[Column]) -> ParquetPart:
        """See :class:`attempts.exports.formats.base.Format`."""
        return ParquetPart(path, columns)
