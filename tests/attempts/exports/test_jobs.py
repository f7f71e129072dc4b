"""Exports that somebody asked for, from the request to the file that goes."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from zipfile import ZipFile

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import OperationalError
from django.utils import timezone
from freezegun import freeze_time

from attempts import api, tasks
from attempts.data import ExportQuery, Provenance
from attempts.exceptions import (
    CourseNotFound,
    DeletionRefused,
    ExportEnded,
    ExportExpired,
    ExportNotFound,
    ExportsNotConfigured,
)
from attempts.exports import jobs
from attempts.exports.folder import Folder
from attempts.exports.jobs import files, running
from attempts.models import AttemptExport
from tests.attempts.exports.reading import rows_in
from tests.factories import COURSE, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_slices")]
STATES = ExportQuery(course_key=COURSE, datasets=("states",), format="ndjson")


@pytest.fixture(autouse=True)
def places(tmp_path: Path, settings: Any) -> None:
    """A storage and a place for workers of each test's own."""
    options = {"location": str(tmp_path / "storage")}
    settings.ATTEMPTS_EXPORT_STORAGE = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    (tmp_path / "work").mkdir()
    settings.ATTEMPTS_EXPORT_WORK_DIR = str(tmp_path / "work")


@pytest.fixture
def analyst(db: None) -> Any:
    """Whoever asks."""
    return UserFactory()


def asked(analyst: Any, query: ExportQuery = STATES) -> UUID:
    """An export that waits for a worker."""
    return api.request_export(query, requested_by=analyst, provenance=Provenance(role="support", client="test")).uuid


def test_from_request_to_file(tmp_path: Path, analyst: Any, crowd: list[Any]) -> None:
    """Who asked, how far it is, what came of it; and nothing is left where the worker wrote it."""
    waiting = api.request_export(STATES, requested_by=analyst, provenance=Provenance(role="support"))
    assert (waiting.status, waiting.query, waiting.requested_by.id) == ("enqueued", STATES, analyst.pk)
    assert (waiting.has_file, waiting.started_at, waiting.of_learners) == (False, None, None)
    tasks.run_export(str(waiting.uuid))
    done = api.export_asked(waiting.uuid)
    assert (done.status, dict(done.rows), done.has_file) == ("complete", {"states": 5}, True)
    assert (done.learners, done.of_learners) == (5, 5)
    assert done.started_at < done.completed_at < done.expires_at
    with api.open_export(done.uuid) as file, ZipFile(file) as archive:
        archive.extractall(tmp_path / "out")
    assert len(rows_in(tmp_path / "out" / f"attempts-{done.uuid}", "states")) == 5
    assert list((tmp_path / "work").iterdir()) == []


def test_requests_that_cannot_be_done(analyst: Any, settings: Any) -> None:
    """Are refused at once, and nothing is written."""
    with pytest.raises(CourseNotFound):
        api.request_export(STATES, requested_by=analyst)
    settings.ATTEMPTS_EXPORT_STORAGE = None
    with pytest.raises(ExportsNotConfigured, match="ATTEMPTS_EXPORT_STORAGE"):
        api.request_export(STATES, requested_by=analyst)
    assert not AttemptExport.objects.exists()


def test_a_broker_that_is_away(
    analyst: Any, crowd: list[Any], monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    """Does not undo the request: it is handed over again when it has waited."""
    handed: list[UUID] = []

    def away(_uuid: UUID) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr(tasks, "enqueue_export", away)
    with django_capture_on_commit_callbacks(execute=True):
        uuid = asked(analyst)
    assert api.export_asked(uuid).status == "enqueued"
    assert jobs.recover_exports(handed.append) == []
    with freeze_time(timezone.now() + timedelta(seconds=601)):
        assert jobs.recover_exports(handed.append) == handed == [uuid]


def test_cancel(tmp_path: Path, analyst: Any, crowd: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Before a worker has begun, and while it is at it: it stops at the next slice, and leaves nothing."""
    early = asked(analyst)
    assert api.cancel_export(early).status == "canceled"
    tasks.run_export(str(early))
    assert api.export_asked(early).status == "canceled"

    late, touch = asked(analyst), running._touch

    def cancel_after(uuid: UUID, **values: Any) -> int:
        found = touch(uuid, **values)
        if values.get("learners") == 2:
            api.cancel_export(uuid)
        return found

    monkeypatch.setattr(running, "_touch", cancel_after)
    tasks.run_export(str(late))
    ended = api.export_asked(late)
    assert (ended.status, ended.learners, ended.has_file) == ("canceled", 2, False)
    assert list((tmp_path / "work").iterdir()) == []
    assert not (tmp_path / "storage").exists()
    with pytest.raises(ExportEnded, match="canceled"):
        api.cancel_export(late)


def test_canceled_while_it_is_packed(
    tmp_path: Path, analyst: Any, crowd: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And stored: the file that nobody will fetch is not kept."""
    uuid, store = asked(analyst), files.store

    def cancel_then(*words: Any, **more: Any) -> str:
        name = store(*words, **more)
        assert (tmp_path / "storage" / name).exists()
        api.cancel_export(uuid)
        return name

    monkeypatch.setattr(files, "store", cancel_then)
    tasks.run_export(str(uuid))
    assert api.export_asked(uuid).status == "canceled"
    assert not [path for path in (tmp_path / "storage").rglob("*") if path.is_file()]


def test_a_database_that_is_away_for_a_while(
    analyst: Any, crowd: list[Any], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """The export goes on where it was; and fails, with a code, when it stays away."""
    settings.ATTEMPTS_RETRY_BASE_SECONDS = 0
    uuid, read, reads = asked(analyst), files.store, []

    def away(*words: Any, **more: Any) -> str:
        reads.append(1)
        if len(reads) < 3:
            raise OperationalError("gone, with the rows of learner 7")
        return read(*words, **more)

    monkeypatch.setattr(files, "store", away)
    tasks.run_export.apply(args=(str(uuid),))
    assert (api.export_asked(uuid).status, len(reads)) == ("complete", 3)
    settings.ATTEMPTS_MAX_RETRIES = 1
    reads.clear()
    other = asked(analyst)
    tasks.run_export.apply(args=(str(other),))
    failed = api.export_asked(other)
    assert (failed.status, failed.error_code, "learner 7" in failed.error) == ("failed", "database_unavailable", False)


def test_a_storage_that_is_away(analyst: Any, crowd: list[Any], monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Costs nothing of what is written already, if it comes back; else the export fails, with a code."""
    settings.ATTEMPTS_RETRY_BASE_SECONDS = 0
    uuid, save, saves = asked(analyst), FileSystemStorage.save, []

    def away(*words: Any, **more: Any) -> str:
        saves.append(1)
        if len(saves) < 3:
            raise ConnectionError("no route to the storage")
        return save(*words, **more)

    monkeypatch.setattr(FileSystemStorage, "save", away)
    tasks.run_export.apply(args=(str(uuid),))
    assert (api.export_asked(uuid).status, len(saves)) == ("complete", 3)
    settings.ATTEMPTS_MAX_RETRIES = 1
    saves.clear()
    other = asked(analyst)
    tasks.run_export.apply(args=(str(other),))
    assert (api.export_asked(other).status, api.export_asked(other).error_code) == ("failed", "storage_unavailable")


def test_something_unforeseen(
    tmp_path: Path, analyst: Any, crowd: list[Any], monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    """Is recorded without what it says, which may be about somebody; and is raised for the log of the worker."""
    uuid = asked(analyst)

    def broken(*_words: Any, **_more: Any) -> str:
        raise RuntimeError(f"learner {7} is odd")

    monkeypatch.setattr(files, "store", broken)
    with pytest.raises(RuntimeError), caplog.at_level(logging.WARNING):
        tasks.run_export(str(uuid))
    failed = api.export_asked(uuid)
    assert (failed.status, failed.error_code) == ("failed", "internal_error")
    assert "learner 7" not in failed.error + caplog.text
    assert list((tmp_path / "work").iterdir()) == []


def test_delivered_twice(tmp_path: Path, analyst: Any, crowd: list[Any]) -> None:
    """While the first worker is at it, and after it has ended."""
    uuid = asked(analyst)
    with Folder(files.work_directory(uuid), {}):
        tasks.run_export(str(uuid))
        assert api.export_asked(uuid).status == "in_progress"
    (files.work_directory(uuid) / "unfinished.ndjson").unlink()
    tasks.run_export(str(uuid))
    before = api.export_asked(uuid)
    tasks.run_export(str(uuid))
    assert api.export_asked(uuid) == before
    assert len(list((tmp_path / "storage").iterdir())) == 1


def test_files_go_and_rows_stay(tmp_path: Path, analyst: Any, crowd: list[Any], settings: Any) -> None:
    """A file is not given out from the moment on which it expires, and is removed at the next run of `recover`."""
    settings.ATTEMPTS_EXPORT_DAYS = 2
    uuid = asked(analyst)
    tasks.run_export(str(uuid))
    with freeze_time(timezone.now() + timedelta(days=2, seconds=1)):
        assert not api.export_asked(uuid).has_file
        with pytest.raises(ExportExpired):
            api.open_export(uuid)
        assert len(list((tmp_path / "storage").iterdir())) == 1
        tasks.recover_operations()
        assert list((tmp_path / "storage").iterdir()) == []
        with pytest.raises(ExportExpired):
            api.open_export(uuid)
        tasks.recover_operations()
    assert api.export_asked(uuid).status == "complete"
    with pytest.raises(DeletionRefused):
        AttemptExport.objects.all().delete()


def test_a_file_that_somebody_removed(analyst: Any, crowd: list[Any]) -> None:
    """Is said to be gone, and breaks nothing."""
    uuid = asked(analyst)
    tasks.run_export(str(uuid))
    storage: FileSystemStorage = files.storage()  # type: ignore[assignment]
    storage.delete(AttemptExport.objects.get().file)
    with pytest.raises(ExportExpired):
        api.open_export(uuid)


def test_exports_that_are_not_there(analyst: Any, crowd: list[Any]) -> None:
    """Unknown, no uuid, or without a file yet."""
    for unknown in (uuid4(), "nothing", ""):
        for call in (api.export_asked, api.cancel_export, api.open_export):
            with pytest.raises(ExportNotFound):
                call(unknown)
    with pytest.raises(ExportNotFound):
        api.open_export(asked(analyst))


def test_what_one_has_asked_for(analyst: Any, crowd: list[Any]) -> None:
    """Newest first, and nothing of others."""
    mine = [asked(analyst) for _ in range(3)]
    asked(UserFactory())
    page = api.exports_asked(analyst, size=2)
    assert [one.uuid for one in page.items] == mine[:0:-1]
    assert [one.uuid for one in api.exports_asked(analyst, cursor=page.next, size=2).items] == mine[:1]
