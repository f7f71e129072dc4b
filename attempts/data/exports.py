"""Exports: what is asked for, how far one is, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from opaque_keys.edx.keys import CourseKey

from attempts.data.people import LearnerData

DatasetName = Literal["attempts", "operations", "states", "course_grades", "subsection_grades", "completions"]
DATASET_NAMES: tuple[DatasetName, ...] = get_args(DatasetName)
ExportFormat = Literal["csv", "ndjson", "parquet"]
EXPORT_FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)
ExportState = Literal["enqueued", "in_progress", "complete", "failed", "canceled"]


@dataclass(frozen=True)
class ExportQuery:
    """What an export is of. Without learner, course and organisation it is of the whole site.

    Attributes:
        learner_id: the user id of the only learner; None for all.
        course_key: the plain key of the only course; None for all.
        org: the only organisation; empty for all.
        datasets: which datasets, in order.
        format: of the files.
        identities: whether it tells whose the pseudonyms are, and what people wrote. Pseudonyms are the same in every
            export of the site.
    """

    learner_id: int | None = None
    course_key: CourseKey | None = None
    org: str = ""
    datasets: tuple[DatasetName, ...] = DATASET_NAMES
    format: ExportFormat = "csv"
    identities: bool = False


@dataclass(frozen=True)
class ExportProgress:
    """How far an export is.

    Attributes:
        learners: enrolments that are done.
        of_learners: enrolments in all, as they were when it began.
        rows: rows that were written, of all datasets.
    """

    learners: int
    of_learners: int
    rows: int


@dataclass(frozen=True)
class ExportResult:
    """What an export has written.

    Attributes:
        rows: rows by dataset.
        files: files with rows.
        size: bytes in them.
    """

    rows: Mapping[str, int]
    files: int
    size: int


@dataclass(frozen=True)
class ExportData:
    """One export that somebody asked for over the API.

    Attributes:
        uuid: its uuid.
        query: what it is of.
        requested_by: who asked.
        learner: the only learner it is of; None for all.
        status: where it is.
        created, started_at, completed_at: when it was asked for, begun and ended (UTC); None before.
        expires_at: when its file goes (UTC); None while there is none.
        learners, of_learners: enrolments that are done, and in all; the latter None until it is known.
        rows: rows by dataset, once it is complete.
        size: bytes of its files before they were packed; None before.
        has_file: whether it can be fetched now.
        error_code, error: why it failed, as a code and a sentence; empty if it did not.
    """

    uuid: UUID
    query: ExportQuery
    requested_by: LearnerData
    learner: LearnerData | None
    status: ExportState
    created: datetime
    started_at: datetime | None
    completed_at: datetime | None
    expires_at: datetime | None
    learners: int
    of_learners: int | None
    rows: Mapping[str, int]
    size: int | None
    has_file: bool
    error_code: str
    error: str
