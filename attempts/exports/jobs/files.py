"""The file of an export: a zip in the site's storage, until it expires.

Each export has a directory there, and each try to write it a name in it, so that no worker replaces or removes what
another has stored. Whatever is not the file of an export that can be fetched goes with the next run of `recover`.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from django.core.files import File
from django.core.files.storage import Storage
from django.utils import timezone

from attempts import conf
from attempts.data import ExportResult
from attempts.exceptions import ExportDirectoryBusy, ExportExpired, ExportNotFound, ExportsNotConfigured
from attempts.exports.folder import JOURNAL, MANIFEST
from attempts.models import AttemptExport, ExportStatus
from attempts.models.exports import UNENDED
from attempts.rows import with_uuid
from attempts.telemetry import Event, EventLog

log = EventLog("attempts.exports")
_WORK = "attempts-export-"


def storage() -> Storage:
    """Return where the files are.

    Raises:
        ExportsNotConfigured: nowhere.
    """
    found = conf.export_storage()
    if found is None:
        raise ExportsNotConfigured
    return found


def _work_root() -> Path:
    return Path(conf.export_work_directory() or tempfile.gettempdir())


def work_directory(uuid: UUID) -> Path:
    """Return where an export is written before it is packed; the next worker of the same host goes on there."""
    return _work_root() / f"{_WORK}{uuid}"


def is_written(directory: Path) -> bool:
    """Tell whether all of an export is there."""
    return (directory / MANIFEST).exists() and not (directory / JOURNAL).exists()


def result_of(directory: Path) -> ExportResult:
    """Return what the manifest of a complete export says that was written."""
    manifest = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
    parts = manifest["files"]
    return ExportResult(manifest["rows"], len(parts), sum(part["bytes"] for part in parts))


@contextmanager
def held(directory: Path) -> Iterator[None]:
    """Keep other workers of this host from writing into a directory and packing it, however long that takes.

    Raises:
        ExportDirectoryBusy: another one has it.
    """
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ExportDirectoryBusy(directory) from error
        yield
    finally:
        os.close(descriptor)


def empty(directory: Path) -> None:
    """Remove what is in a directory that is held; one made in its place would be held by nobody."""
    for path in directory.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def discard(uuid: UUID) -> None:
    """Remove what a worker of this host has written of an export so far."""
    shutil.rmtree(work_directory(uuid), ignore_errors=True)


def store(uuid: UUID, directory: Path, *, is_compressed: bool, told: Callable[[], object]) -> str:
    """Pack a directory and put it into the storage; return the name it has there.

    Args:
        uuid: the export.
        directory: what is packed, file by file.
        is_compressed: whether the files are compressed already.
        told: called after each file.
    """
    with tempfile.TemporaryFile(dir=directory.parent) as packed:
        with ZipFile(packed, "w", ZIP_STORED if is_compressed else ZIP_DEFLATED) as archive:
            for path in sorted(directory.rglob("*")):
                if path.is_file():
                    archive.write(path, f"attempts-{uuid}/{path.relative_to(directory)}")
                    told()
        packed.seek(0)
        return storage().save(f"{uuid}/{secrets.token_hex(8)}.zip", File(packed))


def remove(name: str) -> None:
    """Remove a file from the storage."""
    storage().delete(name)


def open_file(uuid: UUID | str) -> IO[bytes]:
    """Return the file of an export, open.

    Raises:
        ExportNotFound: there is no such export, or it has not come to a file.
        ExportExpired: its file has gone, or is to go.
        ExportsNotConfigured: see there.
    """
    row = with_uuid(AttemptExport.objects.all(), uuid).first()
    if row is None or row.expires_at is None:
        raise ExportNotFound(uuid)
    if not row.file or row.expires_at <= timezone.now():
        raise ExportExpired(row.uuid)
    try:
        return storage().open(row.file)
    except FileNotFoundError as error:
        raise ExportExpired(row.uuid) from error


def tidy() -> None:
    """Remove from the storage what nobody can fetch: of exports that have expired, failed, or been canceled.

    Also what a worker has stored that was killed before it could say so. The rows stay.
    """
    # One for all: to make one may be to connect to a service.
    place = storage()
    try:
        names = place.listdir("")[0]
    except FileNotFoundError:
        # Nothing was ever stored.
        return
    for row in _ended(names):
        try:
            _tidy(row, place)
        except Exception as error:
            # Storages raise what they like; one file must not keep the others.
            log.error(Event.EXPORT_NOT_EXPIRED, error, export=row.uuid)


def _tidy(row: AttemptExport, place: Storage) -> None:
    is_kept = row.status == ExportStatus.COMPLETE and row.expires_at is not None and row.expires_at > timezone.now()
    for name in place.listdir(str(row.uuid))[1]:
        if not (is_kept and f"{row.uuid}/{name}" == row.file):
            place.delete(f"{row.uuid}/{name}")
            log.info(Event.EXPORT_EXPIRED, export=row.uuid)
    if not is_kept:
        # Where there are directories, an empty one.
        place.delete(str(row.uuid))


def tidy_work() -> None:
    """Remove what workers of this host have written of exports that have ended meanwhile."""
    with suppress(FileNotFoundError):
        for row in _ended([path.name.removeprefix(_WORK) for path in _work_root().glob(f"{_WORK}*")]):
            discard(row.uuid)


def _ended(names: list[str]) -> list[AttemptExport]:
    """The exports of these names that have ended; what is no name of an export is somebody else's."""
    uuids = []
    for name in names:
        with suppress(ValueError):
            uuids.append(UUID(name))
    return list(AttemptExport.objects.filter(uuid__in=uuids).exclude(status__in=UNENDED))
