"""Reads exports back, each format by a reader that is not ours."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from pyarrow import parquet

csv.field_size_limit(2**27)


def rows_in(directory: Path, dataset: str) -> list[dict[str, Any]]:
    """All rows of a dataset, with the values that they had in the database."""
    manifest = json.loads((directory / "manifest.json").read_text())
    types = {column["name"]: column["type"] for column in manifest["columns"][dataset]}
    read = READERS[manifest["export"]["format"]]
    paths = sorted(directory.glob(f"{dataset}/**/part-*"))
    return [row for path in paths for row in read(path, types)]


def _csv(path: Path, types: dict[str, str]) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, strict=True):
            yield {name: _of_cell(cell, types[name]) for name, cell in row.items()}


def _of_cell(cell: str, type_: str) -> Any:
    if cell == "":
        return None
    if type_ == "text":
        return cell.removeprefix("'")
    return {"integer": int, "float": float, "boolean": {"True": True, "False": False}.get}.get(type_, _time)(cell)


def _ndjson(path: Path, types: dict[str, str]) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            row = json.loads(line)
            for name, type_ in types.items():
                if row[name] is not None and type_ == "timestamp":
                    row[name] = _time(row[name])
                if type_ == "float" and isinstance(row[name], str):
                    row[name] = float(row[name])
            yield row


def _parquet(path: Path, _types: dict[str, str]) -> Iterator[dict[str, Any]]:
    # The file alone: what its path says is not to be among its columns.
    yield from parquet.ParquetFile(path).read().to_pylist()


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


READERS: dict[str, Callable[[Path, dict[str, str]], Iterator[dict[str, Any]]]] = {
    "csv": _csv,
    "ndjson": _ndjson,
    "parquet": _parquet,
}
