"""CSV: UTF-8, a line of names first, and nothing that a spreadsheet takes for a formula.

No value is an empty cell. A text that is empty, or begins as a formula or with an apostrophe does, has an apostrophe
put before it, which spreadsheets do not show; whoever reads the file takes one apostrophe off again, and has every text
as it was.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from attempts.datasets import Column
from attempts.exports.formats.base import Row

#: What a formula begins with, as OWASP's page on CSV injection has it, full-width forms included; and the apostrophe.
_GUARDED = frozenset("=+-@\t\r\n'\uff1d\uff0b\uff0d\uff20")


class CsvPart:
    """One file. It is written as it comes."""

    waiting = 0

    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow([column.name for column in columns])
        self._texts = [index for index, column in enumerate(columns) if column.type == "text"]
        self._times = [index for index, column in enumerate(columns) if column.type == "timestamp"]

    def write(self, rows: Sequence[Row]) -> None:
        """See :class:`attempts.exports.formats.base.Part`."""
        self._writer.writerows(map(self._cells, rows))

    def _cells(self, row: Row) -> list[Any]:
        cells = list(row)
        for index in self._texts:
            text = cells[index]
            if text is not None and (not text or text[0] in _GUARDED):
                cells[index] = f"'{text}"
        for index in self._times:
            if cells[index] is not None:
                cells[index] = cells[index].isoformat(timespec="microseconds")
        return cells

    def flush(self) -> None:
        """See :class:`attempts.exports.formats.base.Part`."""

    def close(self) -> None:
        """See :class:`attempts.exports.formats.base.Part`."""
        self._file.close()


class CsvFormat:
    """Files for every tool."""

    suffix = "csv"
    takes_bare_times = False

    def check(self) -> None:
        """Nothing is needed."""

    def part(self, path: Path, columns: Sequence[Column]) -> CsvPart:
        """See :class:`attempts.exports.formats.base.Format`."""
        return CsvPart(path, columns)
