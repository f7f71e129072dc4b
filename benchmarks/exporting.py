"""``python -m benchmarks.exporting ours|bare FORMAT DIRECTORY COURSE``: one export in a fresh process; what it took.

The rival is what somebody would write by hand: one cursor of the server's over the states as they are stored, and the
library's own writer for the format. It converts no keys, gives no pseudonyms, and has one file, no checksums, and
nothing to go on from.
"""

from __future__ import annotations

import csv
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import django
from opaque_keys.edx.keys import CourseKey

COLUMNS = (
    "student_id",
    "course_id",
    "module_id",
    "module_type",
    "grade",
    "max_grade",
    "state",
    "created",
    "modified",
)
FETCHED = 1_000
#: Rows of a group in Parquet, as ours.
GROUP = 50_000


def main(who: str, format_: str, directory: Path, course: str) -> None:
    """Export all states of the course, and print rows, seconds and the most memory as JSON."""
    django.setup()
    course_key = CourseKey.from_string(course)
    began = time.perf_counter()
    rows = ours(course_key, format_, directory) if who == "ours" else bare(course_key, format_, directory)
    seconds = time.perf_counter() - began
    resident = highest_resident() / 1024
    print(json.dumps({"rows": rows, "seconds": round(seconds, 3), "resident_mib": round(resident, 1)}))


def highest_resident() -> int:
    """Return the most memory that this process has had, in KiB. What getrusage says, a process inherits."""
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1])


def ours(course_key: Any, format_: str, directory: Path) -> int:
    """By the API."""
    from attempts import api

    query = api.export_query(course_key=course_key, format_=format_, datasets=["states"])
    return api.export(query, directory).rows["states"]


def bare(course_key: Any, format_: str, directory: Path) -> int:
    """By hand."""
    directory.mkdir()
    write = {"csv": _csv, "ndjson": _ndjson, "parquet": _parquet}[format_]
    return write(_chunks(course_key), directory / f"states.{format_}")


def _chunks(course_key: Any) -> Iterator[Sequence[tuple[Any, ...]]]:
    from django.db import transaction

    from attempts.host.streaming import streamed
    from attempts.keys import attempt_course_key

    prefix = str(attempt_course_key(course_key, 1)).removesuffix("1")
    sql = f"""SELECT {", ".join(COLUMNS)} FROM courseware_studentmodule
        WHERE course_id = %s OR (course_id >= %s AND course_id < %s)"""
    with transaction.atomic(), streamed("default", sql, [str(course_key), f"{prefix}0", f"{prefix}a"]) as fetch:
        while rows := fetch(FETCHED):
            yield rows


def _csv(chunks: Iterator[Sequence[tuple[Any, ...]]], path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for rows in chunks:
            writer.writerows(rows)
            count += len(rows)
    return count


def _ndjson(chunks: Iterator[Sequence[tuple[Any, ...]]], path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for rows in chunks:
            for row in rows:
                file.write(json.dumps(dict(zip(COLUMNS, row, strict=True)), default=str, ensure_ascii=False) + "\n")
            count += len(rows)
    return count


def _parquet(chunks: Iterator[Sequence[tuple[Any, ...]]], path: Path) -> int:
    import pyarrow
    from pyarrow import parquet

    text, real, moment = pyarrow.string(), pyarrow.float64(), pyarrow.timestamp("us", tz="UTC")
    types = (pyarrow.int64(), text, text, text, real, real, text, moment, moment)
    schema = pyarrow.schema(list(zip(COLUMNS, types, strict=True)))
    count, group = 0, []

    def flush() -> None:
        arrays = [pyarrow.array(values, kind) for values, kind in zip(zip(*group, strict=True), types, strict=True)]
        writer.write_table(pyarrow.Table.from_arrays(arrays, schema=schema))
        group.clear()

    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        for rows in chunks:
            # SQLite has no type for times: whoever wants them in Parquet has to read their texts.
            group += [
                (*row[:-2], _moment(row[-2]), _moment(row[-1])) if isinstance(row[-1], str) else row for row in rows
            ]
            count += len(rows)
            if len(group) >= GROUP:
                flush()
        if group:
            flush()
    return count


def _moment(text: str) -> Any:
    from django.utils.dateparse import parse_datetime

    return parse_datetime(text)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), sys.argv[4])
