"""Exports: the datasets as files."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from attempts import exports, tasks
from attempts.api.references import CourseRef
from attempts.data import (
    DATASET_NAMES,
    EXPORT_FORMATS,
    ExportData,
    ExportProgress,
    ExportQuery,
    ExportResult,
    Page,
    Provenance,
)
from attempts.exceptions import InvalidExport
from attempts.exports import jobs
from attempts.host.learners import LearnerRef, find_learner
from attempts.keys import checked_course_key


def export_query(
    *,
    learner: LearnerRef | None = None,
    course_key: CourseRef | None = None,
    org: str = "",
    datasets: Collection[str] = DATASET_NAMES,
    format_: str = "csv",
    identities: bool = False,
) -> ExportQuery:
    """Return what an export is of, checked.

    Args:
        learner: the only learner; None for all.
        course_key: the only course; None for all.
        org: the only organisation, as course keys have it; empty for all. Not with a course.
        datasets: which datasets.
        format_: ``csv``, ``ndjson`` or ``parquet``.
        identities: whether the export tells whose the pseudonyms are, and what people wrote.

    Raises:
        InvalidExport: the words make no sense.
        LearnerNotFound, InvalidCourseKey, DeprecatedCourseKey: see there.
    """
    unknown = sorted(set(datasets) - set(DATASET_NAMES))
    if unknown:
        raise InvalidExport(f"There is no dataset {', '.join(unknown)}. There are {', '.join(DATASET_NAMES)}.")
    if not datasets:
        raise InvalidExport(f"No dataset is named. There are {', '.join(DATASET_NAMES)}.")
    if format_ not in EXPORT_FORMATS:
        raise InvalidExport(f"There is no format {format_}. There are {', '.join(EXPORT_FORMATS)}.")
    if org and course_key is not None:
        raise InvalidExport("A course and an organisation are named. Name one of them.")
    return ExportQuery(
        learner_id=None if learner is None else find_learner(learner).pk,
        course_key=None if course_key is None else checked_course_key(course_key),
        org=org,
        datasets=tuple(name for name in DATASET_NAMES if name in datasets),
        format=next(name for name in EXPORT_FORMATS if name == format_),
        identities=identities,
    )


def export(
    query: ExportQuery,
    directory: Path,
    /,
    *,
    using: str = "default",
    told: Callable[[ExportProgress], object] | None = None,
) -> ExportResult:
    """Write an export into a directory, in memory that does not grow with it.

    An export that stopped goes on when the same is asked for with the same directory.

    Args:
        query: what it is of, see :func:`export_query`.
        directory: empty or to be made, or that of an unfinished export of the same.
        using: alias of the database that is read, such as a replica.
        told: called after every two thousand learners of a course; what it raises stops the export.

    Raises:
        CourseNotFound, ExportDirectoryUnfit, FormatUnavailable, KeysRestored: see there.
    """
    return exports.export(query, directory, using=using, told=told)


def request_export(query: ExportQuery, /, *, requested_by: Any, provenance: Provenance | None = None) -> ExportData:
    """Ask for an export, to be carried out by a worker and fetched as a zip.

    Args:
        query: what it is of, see :func:`export_query`.
        requested_by: the host's user who asks.
        provenance: by which right and through what.

    Raises:
        ExportsNotConfigured: this site has no place for the files.
        CourseNotFound, InvalidExport, FormatUnavailable, KeysRestored: it cannot be done. Nothing is written.
    """
    return jobs.request_export(query, requested_by, provenance or Provenance(), tasks.enqueue_export)


def export_asked(uuid: UUID | str, /) -> ExportData:
    """Return an export that was asked for.

    Raises:
        ExportNotFound: there is none by that uuid, or the text is no uuid.
    """
    return jobs.find_export(uuid)


def exports_asked(user: Any, /, *, cursor: str | None = None, size: int = 20) -> Page[ExportData]:
    """Return a page of the exports that a user of the host has asked for, newest first.

    Raises:
        InvalidCursor: see there.
    """
    return jobs.exports_of(user, cursor=cursor, size=size)


def cancel_export(uuid: UUID | str, /) -> ExportData:
    """End an export that has not ended; its worker stops within two thousand learners.

    Raises:
        ExportNotFound, ExportEnded: see there.
    """
    return jobs.cancel(uuid)


def open_export(uuid: UUID | str, /) -> IO[bytes]:
    """Return the zip of an export, open; whoever calls closes it.

    Raises:
        ExportNotFound: there is no such export, or it has come to no file.
        ExportExpired: its file is not kept any more.
        ExportsNotConfigured: see there.
    """
    return jobs.open_file(uuid)
