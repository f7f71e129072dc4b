"""Exports that somebody asked for, as rows: asked, found, listed, canceled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from attempts import conf
from attempts.data import DATASET_NAMES, ExportData, ExportQuery, Page, Provenance
from attempts.exceptions import ExportEnded, ExportNotFound, ExportsNotConfigured
from attempts.exports.formats import FORMATS
from attempts.exports.people import PEOPLE
from attempts.exports.slices import courses_of
from attempts.host.learners import learner_data
from attempts.models import AttemptExport, ExportStatus
from attempts.models.exports import UNENDED
from attempts.paging import page_of
from attempts.restoration import refuse_while_restored
from attempts.rows import with_uuid
from attempts.telemetry import Event, EventLog

log = EventLog("attempts.exports")
_ORDER: tuple[str, ...] = (*DATASET_NAMES, PEOPLE)
#: Hands an export over to a worker.
Dispatch = Callable[[UUID], None]


def request_export(query: ExportQuery, requested_by: Any, provenance: Provenance, dispatch: Dispatch) -> ExportData:
    """Write down that an export is wanted, and hand it to a worker on commit.

    Args:
        query: what it is of.
        requested_by: the host's user who asks.
        provenance: by which right and through what.
        dispatch: see :data:`Dispatch`.

    Raises:
        ExportsNotConfigured: this site has no place for the files.
        CourseNotFound, InvalidExport, FormatUnavailable, KeysRestored: it cannot be done. Nothing is written.
    """
    if conf.export_storage() is None:
        raise ExportsNotConfigured
    refuse_while_restored()
    FORMATS[query.format].check()
    courses_of(query)
    row = AttemptExport.objects.create(
        requested_by=requested_by,
        learner_id=query.learner_id,
        course_key=query.course_key,
        org=query.org,
        datasets=list(query.datasets),
        format=query.format,
        identities=query.identities,
        **asdict(provenance),
    )
    log.info(
        Event.EXPORT_REQUESTED,
        export=row.uuid,
        requested_by=row.requested_by_id,
        learner=row.learner_id,
        course=row.course_key,
        org=row.org or None,
        identities=row.identities,
    )
    transaction.on_commit(partial(hand_over, row.uuid, dispatch), robust=True)
    return export_data(row)


def hand_over(uuid: UUID, dispatch: Dispatch) -> None:
    """Hand an export to a worker; a broker that is away does not undo the request, and `recover` finds it."""
    try:
        dispatch(uuid)
    except Exception as error:
        log.warning(Event.EXPORT_NOT_ENQUEUED, error, export=uuid)


def readable_exports() -> QuerySet[AttemptExport]:
    """Return all exports, with what :func:`export_data` needs of other tables."""
    return AttemptExport.objects.select_related("requested_by", "learner")


def find_export(uuid: UUID | str) -> ExportData:
    """Return an export; one statement.

    Raises:
        ExportNotFound: there is none by that uuid, or the text is no uuid.
    """
    row = with_uuid(readable_exports(), uuid).first()
    if row is None:
        raise ExportNotFound(uuid)
    return export_data(row)


def exports_of(user: Any, *, cursor: str | None, size: int) -> Page[ExportData]:
    """Return a page of what somebody has asked for, newest first.

    Raises:
        InvalidCursor: see there.
    """
    rows = readable_exports().filter(requested_by=user)
    return page_of(rows, export_data, cursor=cursor, size=size, order="-created")


def cancel(uuid: UUID | str) -> ExportData:
    """End an export that has not ended; its worker stops at the next slice.

    Raises:
        ExportNotFound: see there.
        ExportEnded: it has ended already.
    """
    found = find_export(uuid)
    unended = AttemptExport.objects.filter(uuid=found.uuid, status__in=UNENDED)
    if not unended.update(status=ExportStatus.CANCELED, completed_at=timezone.now()):
        raise ExportEnded(found.uuid, find_export(uuid).status)
    log.info(Event.EXPORT_CANCELED, export=found.uuid)
    return find_export(uuid)


def query_of(row: AttemptExport) -> ExportQuery:
    """Return what an export is of."""
    return ExportQuery(
        learner_id=row.learner_id,
        course_key=row.course_key,
        org=row.org,
        datasets=tuple(row.datasets),
        format=row.format,
        identities=row.identities,
    )


def export_data(row: AttemptExport) -> ExportData:
    """Return the value object of a row."""
    return ExportData(
        uuid=row.uuid,
        query=query_of(row),
        requested_by=learner_data(row.requested_by),
        learner=learner_data(row.learner) if row.learner else None,
        status=row.status,
        created=row.created,
        started_at=row.started_at,
        completed_at=row.completed_at,
        expires_at=row.expires_at,
        learners=row.learners,
        of_learners=row.of_learners,
        # An engine keeps the names of an object in an order of its own.
        rows={name: row.rows[name] for name in _ORDER if name in row.rows},
        size=row.bytes,
        has_file=bool(row.file) and row.expires_at is not None and row.expires_at > timezone.now(),
        error_code=row.error_code,
        error=row.error,
    )
