"""What a worker does with an export that somebody asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from django.db import InterfaceError, OperationalError
from django.db.models import F, QuerySet
from django.utils import timezone

from attempts import conf
from attempts.data import ExportProgress, ExportResult
from attempts.exceptions import AttemptsError, ExportDirectoryBusy, ExportDirectoryUnfit
from attempts.exports.exporting import export
from attempts.exports.jobs import files
from attempts.exports.jobs.records import Dispatch, hand_over, query_of
from attempts.host.service import require_lms
from attempts.models import AttemptExport, ExportStatus
from attempts.models.exports import UNENDED
from attempts.telemetry import Event, EventLog

log = EventLog("attempts.exports")
#: What a database says that is away for a while, and a disk or a storage; the export goes on later from where it was.
TRANSIENT = (OperationalError, InterfaceError, OSError)


class _Ended(Exception):
    """The export was canceled meanwhile, or another worker has ended it."""


def run_export(uuid: UUID) -> None:
    """Carry out an export; do nothing if it has ended.

    A worker that is killed leaves what it has written, and the next one of its host goes on from there.

    Raises:
        OperationalError, InterfaceError, OSError: database, disk or storage are in the way; to be tried again.
        NotInStudio: another process has to do it.
        Exception: anything unforeseen, after the export was recorded as failed.
    """
    require_lms()
    files.tidy_work()
    row = _begun(uuid)
    if row is None:
        return
    try:
        _carry_out(row)
    except _Ended:
        files.discard(uuid)
    except ExportDirectoryBusy:
        # A broker delivers again what takes long. The worker that has it is not lost.
        _touch(uuid, tries=0)
        log.info(Event.EXPORT_SKIPPED, export=uuid)
    except TRANSIENT:
        raise
    except AttemptsError as error:
        fail(uuid, error.code, error.detail)
    except Exception as error:
        if fail(uuid, "internal_error", f"{type(error).__name__}; the log of the worker has the details.", error):
            raise


def _begun(uuid: UUID) -> AttemptExport | None:
    """The export, if it has not ended and has not been begun too often; it says then that a worker has it."""
    row = AttemptExport.objects.filter(uuid=uuid, status__in=UNENDED).first()
    if row is None:
        return None
    if row.tries > conf.max_retries():
        fail(uuid, "worker_lost", "Every worker that had it ended before it was done; their logs may say why.")
        return None
    started_at = row.started_at or timezone.now()
    return row if _touch(uuid, status=ExportStatus.IN_PROGRESS, started_at=started_at, tries=F("tries") + 1) else None


def _carry_out(row: AttemptExport) -> None:
    def told(**values: object) -> None:
        if not _touch(row.uuid, **values):
            raise _Ended

    def told_progress(progress: ExportProgress) -> None:
        # Whoever comes this far does not do the same in vain for ever.
        told(learners=progress.learners, of_learners=progress.of_learners, tries=0)

    directory = files.work_directory(row.uuid)
    # That it cannot be made is the disk's fault, which may pass, and not that of whoever asked.
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with files.held(directory):
        _write(row, directory, told_progress)
        result = files.result_of(directory)
        name = files.store(row.uuid, directory, is_compressed=row.format == "parquet", told=told)
        if not _complete(row.uuid, result, name):
            # Nobody would find it any more.
            files.remove(name)
            raise _Ended
    log.info(Event.EXPORT_COMPLETED, export=row.uuid, rows=sum(result.rows.values()), bytes=result.size)
    files.discard(row.uuid)


def _write(row: AttemptExport, directory: Path, told: Callable[[ExportProgress], None]) -> None:
    """Write an export where it is packed from, or what is left of it."""
    if files.is_written(directory):
        return
    try:
        export(query_of(row), directory, told=told)
    except ExportDirectoryBusy:
        raise
    except ExportDirectoryUnfit:
        # A worker that holds nothing, of an earlier release, may have written all of it since we looked. Else another
        # release has begun it, whose columns may be others.
        if not files.is_written(directory):
            files.empty(directory)
            export(query_of(row), directory, told=told)


def _complete(uuid: UUID, result: ExportResult, name: str) -> int:
    now = timezone.now()
    return _touch(
        uuid,
        status=ExportStatus.COMPLETE,
        completed_at=now,
        expires_at=now + conf.export_lifetime(),
        rows=dict(result.rows),
        bytes=result.size,
        file=name,
    )


def fail(uuid: UUID, code: str, sentence: str, error: Exception | None = None) -> bool:
    """Record that an export has failed, unless it has ended otherwise; return whether it had not.

    Args:
        uuid: the export.
        code, sentence: why.
        error: what was raised, if nobody foresaw it.
    """
    now = timezone.now()
    failed = _touch(uuid, status=ExportStatus.FAILED, completed_at=now, error_code=code, error=sentence)
    if failed:
        if error:
            log.error(Event.EXPORT_FAILED, error, export=uuid, code=code)
        else:
            log.warning(Event.EXPORT_FAILED, export=uuid, code=code)
        files.discard(uuid)
    return bool(failed)


def give_up(uuid: UUID, error: Exception) -> None:
    """Record that database, disk or storage were in the way every time."""
    where = "storage" if isinstance(error, OSError) else "database"
    fail(uuid, f"{where}_unavailable", f"The {where} refused every try; the log of the worker says how. Ask again.")


def left_behind() -> QuerySet[AttemptExport]:
    """Return the exports of which no worker has said anything for ``ATTEMPTS_STUCK_AFTER``."""
    return AttemptExport.objects.filter(status__in=UNENDED, touched_at__lt=timezone.now() - conf.stuck_after())


def recover_exports(dispatch: Dispatch) -> list[UUID]:
    """Hand over again what was left behind, and remove files that have expired; return what was handed over."""
    require_lms()
    found = list(left_behind().values_list("uuid", flat=True))
    for uuid in found:
        # The next run has patience with this message.
        _touch(uuid)
        hand_over(uuid, dispatch)
    files.tidy_work()
    if conf.export_storage() is not None:
        files.tidy()
    return found


def _touch(uuid: UUID, **values: object) -> int:
    """Write something down of an export that has not ended; return whether there was one."""
    return AttemptExport.objects.filter(uuid=uuid, status__in=UNENDED).update(touched_at=timezone.now(), **values)
