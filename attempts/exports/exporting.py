"""Carrying out an export: slice by slice, in memory that does not grow with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from opaque_keys.edx.keys import CourseKey

from attempts import __version__
from attempts.data import ExportProgress, ExportQuery, ExportResult
from attempts.datasets import Column, Dataset, installed_datasets
from attempts.exports.folder import VERSION, Folder, WrittenFile
from attempts.exports.formats import FORMATS, Part, Row
from attempts.exports.people import PEOPLE, PEOPLE_COLUMNS, people
from attempts.exports.pseudonyms import Pseudonyms
from attempts.exports.reading import rows_of
from attempts.exports.rows import Convert, converter, exported_columns
from attempts.exports.slices import Slice, courses_of, learner_count, slices
from attempts.host.isolation import snapshot
from attempts.restoration import refuse_while_restored

#: Characters that may wait in memory to be written, in the parts of all attempts together.
_MOST_WAITING = 2**20
#: Attempts whose parts are being written at once: a process may have only so many open files.
_MOST_OPEN = 64
#: Told after each slice; may raise to stop.
Told = Callable[[ExportProgress], object]


def export(query: ExportQuery, directory: Path, *, using: str = "default", told: Told | None = None) -> ExportResult:
    """Write an export into a directory; go on with it if it was begun there and stopped.

    Each slice is read in one snapshot. What is written is ``DATASET/course=KEY/attempt=NUMBER/part-NNNNN.SUFFIX``,
    ``manifest.json`` and ``SHA256SUMS``, which ``sha256sum -c`` checks.

    Args:
        query: what it is of.
        directory: empty or to be made, or that of an unfinished export of the same.
        using: alias of the database that is read.
        told: see :data:`Told`; what it raises goes on to the caller, and the export can be taken up again.

    Raises:
        CourseNotFound, ExportDirectoryUnfit, FormatUnavailable, KeysRestored: see there.
    """
    refuse_while_restored()
    FORMATS[query.format].check()
    courses = courses_of(query)
    of_learners = sum(learner_count(query, key) for key in courses) if told else 0
    began_at = datetime.now(UTC)
    with Folder(directory, _head(query)) as folder:
        for course_key in courses:
            for piece in _left(query, course_key, folder):
                folder.finish(course_key, piece.through, piece.learners, list(_write(query, piece, folder, using)))
                if told:
                    told(ExportProgress(folder.learners, of_learners, folder.rows.total()))
        return folder.complete(_about(courses, began_at))


def _left(query: ExportQuery, course_key: CourseKey, folder: Folder) -> Iterator[Slice]:
    reached = folder.reached(course_key)
    if not reached.is_complete:
        yield from slices(query, course_key, reached.through)


def _write(query: ExportQuery, piece: Slice, folder: Folder, using: str) -> Iterator[WrittenFile]:
    """Write the parts of a slice, dataset by dataset."""
    pseudonyms = Pseudonyms()
    with snapshot(using):
        # Somebody may have brought archived rows to other keys since the slice before.
        refuse_while_restored()
        for dataset in _datasets(query):
            convert = converter(
                using,
                dataset.columns,
                pseudonyms,
                identities=query.identities,
                bare_times=FORMATS[query.format].takes_bare_times,
            )
            yield from _write_parts(query, piece, folder, dataset, convert, using)
        if query.identities:
            accounts = ((None, rows) for rows in people(pseudonyms.given, using))
            yield from _write_files(query, piece, folder, PEOPLE, PEOPLE_COLUMNS, accounts)


def _write_parts(
    query: ExportQuery, piece: Slice, folder: Folder, dataset: Dataset, convert: Convert, using: str
) -> Iterator[WrittenFile]:
    """Write the parts of a dataset; those of more attempts than may be open are read again, some at a time."""
    columns = exported_columns(dataset.columns)
    turns: list[Sequence[int]] = [()]
    while turns:
        left: set[int] = set()
        # Closed at once, whatever happens: a cursor of the server's is left to nobody.
        with closing(rows_of(dataset, piece, using, turns.pop(0))) as found:
            chunks = ([convert(row) for row in chunk] for chunk in found)
            by_attempt: Iterable[tuple[int | None, Sequence[Row]]] = ((None, chunk) for chunk in chunks)
            if dataset.has_attempts:
                by_attempt = _by_attempt(chunks, dataset.index("attempt_number"), left)
            yield from _write_files(query, piece, folder, dataset.name, columns, by_attempt)
        numbers = sorted(left)
        turns += [numbers[start : start + _MOST_OPEN] for start in range(0, len(numbers), _MOST_OPEN)]


def _by_attempt(chunks: Iterable[Sequence[Row]], place: int, left: set[int]) -> Iterator[tuple[int, Sequence[Row]]]:
    """Yield rows of the attempts that come first, as many as may be open; add the others to ``left``."""
    taken: set[int] = set()
    for chunk in chunks:
        found: dict[int, list[Row]] = {}
        for row in chunk:
            found.setdefault(row[place], []).append(row)
        for number, rows in found.items():
            if number in taken or len(taken) < _MOST_OPEN:
                taken.add(number)
                yield number, rows
            else:
                left.add(number)


def _write_files(
    query: ExportQuery,
    piece: Slice,
    folder: Folder,
    name: str,
    columns: Sequence[Column],
    rows_by_attempt: Iterable[tuple[int | None, Sequence[Row]]],
) -> Iterator[WrittenFile]:
    format_ = FORMATS[query.format]
    parts: dict[int | None, tuple[Path, Part]] = {}
    counts: Counter[int | None] = Counter()
    with ExitStack() as stack:
        for attempt, rows in rows_by_attempt:
            if attempt not in parts and rows:
                path = folder.part_path(name, piece.course_key, attempt, format_.suffix)
                parts[attempt] = path, stack.enter_context(closing(format_.part(path, columns)))
            if rows:
                parts[attempt][1].write(rows)
                counts[attempt] += len(rows)
            if sum(part.waiting for _path, part in parts.values()) > _MOST_WAITING:
                for _path, part in parts.values():
                    part.flush()
    for attempt, (path, _part) in parts.items():
        yield folder.written(path, name, piece.course_key, attempt, counts[attempt])


def _datasets(query: ExportQuery) -> list[Dataset]:
    return [dataset for dataset in installed_datasets() if dataset.name in query.datasets]


def _head(query: ExportQuery) -> dict[str, Any]:
    """What the manifest says that the export is of, and what must be the same to take it up again."""
    asked = {
        "learner": None if query.learner_id is None else Pseudonyms().of(query.learner_id),
        "course_id": None if query.course_key is None else str(query.course_key),
        "org": query.org,
        "datasets": [dataset.name for dataset in _datasets(query)],
        "format": query.format,
        "identities": query.identities,
    }
    # What another release writes is not mixed with it.
    return {"version": VERSION, "export": asked, "columns": _columns(query)}


def _columns(query: ExportQuery) -> dict[str, Any]:
    """What is in which column, by dataset."""
    described = {dataset.name: exported_columns(dataset.columns) for dataset in _datasets(query)}
    if query.identities:
        described[PEOPLE] = list(PEOPLE_COLUMNS)
    return {
        name: [{"name": column.name, "type": column.type, "meaning": column.meaning} for column in columns]
        for name, columns in described.items()
    }


def _about(courses: Sequence[CourseKey], began_at: datetime) -> dict[str, Any]:
    return {
        "made_by": f"openedx-attempts {__version__}",
        "began_at": began_at.isoformat(),
        "ended_at": datetime.now(UTC).isoformat(),
        "courses": [str(key) for key in courses],
    }
