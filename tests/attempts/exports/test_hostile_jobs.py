"""What killed workers, other hosts and storages of all kinds leave of an export that was asked for."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest
from django.core.files.storage import FileSystemStorage
from django.utils import timezone
from freezegun import freeze_time

from attempts import api, tasks
from attempts.data import ExportQuery
from attempts.exceptions import ExportDirectoryUnfit
from attempts.exports import exporting, jobs
from attempts.exports.folder import JOURNAL
from attempts.exports.jobs import files, running
from attempts.models import AttemptExport
from tests.factories import COURSE, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_slices")]
STATES = ExportQuery(course_key=COURSE, datasets=("states",), format="ndjson")


class Killed(BaseException):
    """As a signal that no handler sees."""


class Overwriting(FileSystemStorage):
    """As the storages of clouds are by default: what has the same name is replaced."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """Return the name as it is, and make room for it."""
        self.delete(name)
        return name


class Stubborn(FileSystemStorage):
    """One that does not let go of one file."""

    kept = ""

    def delete(self, name: str) -> None:
        """Refuse one."""
        if name == self.kept:
            raise OSError("busy")
        super().delete(name)


def keep_files(settings: Any, directory: Path, storage: str = "") -> None:
    """Set where files go."""
    backend = f"{__name__}.{storage}" if storage else "django.core.files.storage.FileSystemStorage"
    settings.ATTEMPTS_EXPORT_STORAGE = {"BACKEND": backend, "OPTIONS": {"location": str(directory)}}


@pytest.fixture(autouse=True)
def places(tmp_path: Path, settings: Any) -> None:
    """A storage and a place for workers."""
    keep_files(settings, tmp_path / "storage")
    (tmp_path / "work").mkdir()
    settings.ATTEMPTS_EXPORT_WORK_DIR = str(tmp_path / "work")


@pytest.fixture
def asked(crowd: list[Any]) -> UUID:
    """An export that waits for a worker."""
    return api.request_export(STATES, requested_by=UserFactory()).uuid


def stored(tmp_path: Path) -> list[str]:
    """Names of files in the storage."""
    directory = tmp_path / "storage"
    return sorted(str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_file())


def test_the_loser_of_two_hosts_leaves_the_file_of_the_winner(
    tmp_path: Path, asked: UUID, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a storage replaces what has the same name."""
    keep_files(settings, tmp_path / "storage", "Overwriting")
    complete = running._complete
    other = tmp_path / "another host"
    other.mkdir()

    def second_first(*words: Any) -> int:
        monkeypatch.setattr(running, "_complete", complete)
        settings.ATTEMPTS_EXPORT_WORK_DIR = str(other)
        tasks.run_export(str(asked))
        return complete(*words)

    monkeypatch.setattr(running, "_complete", second_first)
    tasks.run_export(str(asked))
    assert api.export_asked(asked).has_file
    with api.open_export(asked) as file:
        assert ZipFile(file).testzip() is None


def test_a_worker_that_is_killed_before_it_says_so(
    tmp_path: Path, asked: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Leaves no file in the storage that nothing ever removes."""

    def killed(*_words: Any) -> int:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(running, "_complete", killed)
        with pytest.raises(Killed):
            tasks.run_export(str(asked))
    tasks.run_export(str(asked))
    with freeze_time(timezone.now() + timedelta(days=30)):
        jobs.recover_exports(lambda _uuid: None)
    assert stored(tmp_path) == []


def test_canceled_after_its_worker_was_killed(tmp_path: Path, asked: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it has written goes, when the message is delivered again."""

    def killed(*_words: Any, **_more: Any) -> str:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(files, "store", killed)
        with pytest.raises(Killed):
            tasks.run_export(str(asked))
    api.cancel_export(asked)
    tasks.run_export(str(asked))
    jobs.recover_exports(lambda _uuid: None)
    assert list((tmp_path / "work").iterdir()) == []


def test_one_file_that_cannot_be_removed(tmp_path: Path, crowd: list[Any], settings: Any) -> None:
    """Keeps no other from going."""
    keep_files(settings, tmp_path / "storage", "Stubborn")
    for _ in range(3):
        tasks.run_export(str(api.request_export(STATES, requested_by=UserFactory()).uuid))
    Stubborn.kept = AttemptExport.objects.order_by("expires_at").values_list("file", flat=True)[0]
    with freeze_time(timezone.now() + timedelta(days=8)), suppress(OSError):
        tasks.recover_operations()
    assert stored(tmp_path) == [Stubborn.kept]


def test_waiting_is_no_reason_for_more_and_more_messages(asked: UUID) -> None:
    """A queue that is full gets one more, and no further one until that one has waited as long."""
    handed: list[UUID] = []
    now = timezone.now()
    for minutes in (11, 12, 13):
        with freeze_time(now + timedelta(minutes=minutes)):
            jobs.recover_exports(handed.append)
    assert handed == [asked]


def test_killed_when_the_manifest_is_there(tmp_path: Path, asked: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the journal not yet gone: it is no part of what is packed."""
    unlink = Path.unlink

    def killed(path: Path, **words: Any) -> None:
        if path.name == "unfinished.ndjson":
            raise Killed
        unlink(path, **words)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", killed)
        with pytest.raises(Killed):
            tasks.run_export(str(asked))
    tasks.run_export(str(asked))
    with api.open_export(asked) as file:
        assert not [name for name in ZipFile(file).namelist() if "unfinished" in name]


def test_what_a_worker_writes_is_its_own(tmp_path: Path, asked: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others on the host cannot read it: the system's place for temporary files is everybody's."""
    seen: list[int] = []

    def stored_nowhere(_uuid: UUID, directory: Path, **_more: Any) -> str:
        seen.append(directory.stat().st_mode)
        return "nowhere"

    monkeypatch.setattr(files, "store", stored_nowhere)
    tasks.run_export(str(asked))
    assert seen[0] & 0o077 == 0, oct(seen[0])


def test_an_export_that_kills_its_worker(asked: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    """Because memory runs out, say: it is not given to another worker for ever."""

    def killed(*_words: Any) -> None:
        raise Killed

    monkeypatch.setattr(exporting, "rows_of", killed)
    for _ in range(50):
        with suppress(Killed):
            tasks.run_export(str(asked))
    assert api.export_asked(asked).status == "failed"


def test_two_workers_when_one_comes_to_its_end(tmp_path: Path, asked: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second, who counts learners before it looks who writes there, goes on with what the first has written."""
    counted = exporting.learner_count

    def first_ends(*words: Any) -> int:
        monkeypatch.setattr(exporting, "learner_count", counted)
        exporting.export(STATES, files.work_directory(asked))
        return counted(*words)

    monkeypatch.setattr(exporting, "learner_count", first_ends)
    tasks.run_export(str(asked))
    assert (api.export_asked(asked).status, api.export_asked(asked).error) == ("complete", "")


def test_a_journal_that_goes_while_somebody_opens_it(
    tmp_path: Path, crowd: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another worker has come to its end: what is there is complete, and not what a crash has left."""
    done, listdir = tmp_path / "done", os.listdir
    exporting.export(ExportQuery(datasets=("states",), format="ndjson"), done)
    before = {path: path.read_bytes() for path in done.rglob("*") if path.is_file()}

    def earlier(path: Any) -> list[str]:
        monkeypatch.setattr(os, "listdir", listdir)
        return [*listdir(path), JOURNAL]

    monkeypatch.setattr(os, "listdir", earlier)
    with pytest.raises(ExportDirectoryUnfit, match="complete"):
        exporting.export(ExportQuery(datasets=("states",), format="ndjson"), done)
    assert {path: path.read_bytes() for path in done.rglob("*") if path.is_file()} == before


def test_a_storage_that_takes_hours(asked: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages that come meanwhile pack nothing a second time, and are no reason to call the worker lost."""
    save, saved = FileSystemStorage.save, []

    def slow(storage: Any, name: str, *words: Any, **more: Any) -> str:
        saved.append(name)
        for _ in range(20 if len(saved) == 1 else 0):
            tasks.run_export(str(asked))
        return save(storage, name, *words, **more)

    monkeypatch.setattr(FileSystemStorage, "save", slow)
    tasks.run_export(str(asked))
    assert (api.export_asked(asked).status, len(saved)) == ("complete", 1)


def test_a_disk_that_is_full_at_the_first_line(
    tmp_path: Path, crowd: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Locks nobody out who tries again in the same process, though its error is still kept somewhere."""
    query = ExportQuery(datasets=("states",), format="ndjson")

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space") as kept:
            exporting.export(query, tmp_path / "full")
    assert exporting.export(query, tmp_path / "full").rows == {"states": 5}
    assert kept.tb


def test_a_place_for_workers_that_is_not_there_yet(tmp_path: Path, asked: UUID, settings: Any) -> None:
    """A disk that is full or not mounted may be well later: the export is tried again, and tells nobody where it is."""
    (tmp_path / "in the way").write_text("")
    settings.ATTEMPTS_EXPORT_WORK_DIR = str(tmp_path / "in the way")
    with pytest.raises(OSError, match="in the way"):
        running.run_export(asked)
    assert (api.export_asked(asked).status, api.export_asked(asked).error) == ("in_progress", "")


@pytest.mark.parametrize("delivered_again", [False, True])
def test_an_upgrade_while_an_export_is_written(
    asked: UUID, monkeypatch: pytest.MonkeyPatch, delivered_again: bool
) -> None:
    """Parts of two releases are not mixed: the new one begins anew, and nobody has to ask again."""
    rows_of, is_written = exporting.rows_of, files.is_written
    looked: list[Path] = []
    after_message: list[str] = []

    def killed(dataset: Any, piece: Any, *words: Any) -> Any:
        if piece.after is not None:
            raise Killed
        return rows_of(dataset, piece, *words)

    with monkeypatch.context() as patch:
        patch.setattr(exporting, "rows_of", killed)
        with pytest.raises(Killed):
            tasks.run_export(str(asked))
    assert api.export_asked(asked).learners == 2

    def meanwhile(directory: Path) -> bool:
        looked.append(directory)
        found = is_written(directory)
        if delivered_again and len(looked) == 2:
            tasks.run_export(str(asked))
            after_message.append(api.export_asked(asked).status)
        return found

    monkeypatch.setattr(files, "is_written", meanwhile)
    monkeypatch.setattr(exporting, "VERSION", exporting.VERSION + 1)
    tasks.run_export(str(asked))
    found = api.export_asked(asked)
    assert (found.status, found.error, found.rows) == ("complete", "", {"states": 5})
    # Whoever comes while what the release before has left is cleared away does not begin anew as well.
    assert after_message == ["in_progress"] * delivered_again
