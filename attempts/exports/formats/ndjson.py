"""NDJSON: a JSON object on each line, in UTF-8. A state is text that has JSON in it, exactly as it was saved."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from attempts.datasets import Column
from attempts.exports.formats.base import Row


class NdjsonPart:
    """One file. It is written as it comes."""

    waiting = 0

    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        self._file = path.open("w", encoding="utf-8", newline="\n")
        self._names = [column.name for column in columns]
        self._times = [index for index, column in enumerate(columns) if column.type == "timestamp"]
        self._floats = [index for index, column in enumerate(columns) if column.type == "float"]
        self._encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode

    def write(self, rows: Sequence[Row]) -> None:
        """See :class:`attempts.exports.formats.base.Part`."""
        self._file.writelines(f"{self._encode(self._object(row))}\n" for row in rows)

    def _object(self, row: Row) -> dict[str, Any]:
        values = list(row)
        for index in self._times:
            if values[index] is not None:
                values[index] = values[index].isoformat(timespec="microseconds")
        for index in self._floats:
            # JSON has no such numbers; PostgreSQL has.
            if values[index] is not None and not math.isfinite(values[index]):
                values[index] = str(values[index])
        return dict(zip(self._names, values, strict=True))

    def flush(self) -> None:
        """See :class:`attempts.exports.formats.base.Part`."""

    def close(self) -> None:
        """See :class:`attempts.exports.formats.base.Part`."""
        self._file.close()


class NdjsonFormat:
    """Files for programs."""

    suffix = "ndjson"
    takes_bare_times = False

    def check(self) -> None:
        """Nothing is needed."""

    def part(self, path: Path, columns: Sequence[Column]) -> NdjsonPart:
        """See :class:`attempts.exports.formats.base.Format`."""
        return NdjsonPart(path, columns)
