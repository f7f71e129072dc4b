"""The directory of an export: parts of files, a journal while it is written, a manifest when it is complete.

A part counts once the journal names it. Whatever else is there when an export is taken up again, the crash has left.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from opaque_keys.edx.keys import CourseKey

from attempts.data import ExportResult
from attempts.exceptions import ExportDirectoryBusy, ExportDirectoryUnfit

JOURNAL, MANIFEST, CHECKSUMS = "unfinished.ndjson", "manifest.json", "SHA256SUMS"
#: Of the layout and of the manifest. It grows when something is renamed or gone, not when something is new.
VERSION = 1
#: Bytes of a directory's name that every file system takes, less what we put before a key.
_NAME_BYTES = 200


@dataclass(frozen=True)
class WrittenFile:
    """One part.

    Attributes:
        path: from the directory of the export.
        dataset: whose rows it has.
        course: the plain key of the course, as text.
        attempt: the number of the attempt; None of datasets that are not by attempt.
        rows, bytes: how many.
        sha256: of its bytes, hexadecimal.
    """

    path: str
    dataset: str
    course: str
    attempt: int | None
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Reached:
    """How far a course is: up to which user id, in how many parts, and whether that was all."""

    through: int | None = None
    parts: int = 0
    learners: int = 0
    is_complete: bool = False


class Folder:
    """Where one export is written; to be used in a ``with`` statement.

    Args:
        path: the directory. It is made, or is empty, or has an unfinished export of the same.
        head: what the export is of, as JSON has it.

    Raises:
        ExportDirectoryUnfit: it has something else, or another process writes there.
    """

    def __init__(self, path: Path, head: Mapping[str, Any]) -> None:
        self.path = path
        self.rows: Counter[str] = Counter()
        self.learners = 0
        self._head = dict(head)
        self._reached: dict[str, Reached] = {}
        self._journal: Any = None

    def __enter__(self) -> Self:
        try:
            # What learners have done is nobody's on the host but the writer's.
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            names = os.listdir(self.path)
        except OSError as error:
            raise ExportDirectoryUnfit(f"{self.path} cannot be written to: {error.strerror}.") from error
        if names and JOURNAL not in names:
            raise self._unfit(names)
        self._journal = (self.path / JOURNAL).open("a+", encoding="utf-8")
        try:
            fcntl.flock(self._journal, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._refuse_what_has_ended()
            self._take_up()
        except BlockingIOError as error:
            self._journal.close()
            raise ExportDirectoryBusy(self.path) from error
        except BaseException:
            # Also where the disk is full: whoever tries again must not find it locked by us.
            self._journal.close()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self._journal.close()

    def _refuse_what_has_ended(self) -> None:
        """Refuse what another process has completed since we looked: its journal is gone, or ours is a new one.

        Whoever takes a new one for that of a crash removes every part.
        """
        names, journal = os.listdir(self.path), os.fstat(self._journal.fileno())
        if not journal.st_nlink:
            raise self._unfit(names)
        if not journal.st_size and names != [JOURNAL]:
            (self.path / JOURNAL).unlink()
            raise self._unfit(names)

    def _unfit(self, names: Sequence[str]) -> ExportDirectoryUnfit:
        what = "has a complete export" if MANIFEST in names else "is not empty"
        return ExportDirectoryUnfit(f"{self.path} {what}. Name a directory that is empty or does not exist.")

    def _take_up(self) -> None:
        """Read what the journal says, and remove what it does not name."""
        whole, listed = 0, set()
        self._journal.seek(0)
        for line in iter(self._journal.readline, ""):
            entry = _entry(line)
            if entry is None:
                break
            if "head" in entry and entry["head"] != self._head:
                raise ExportDirectoryUnfit(
                    f"{self.path} has an unfinished export of something else. Ask for the same again, or name another "
                    "directory."
                )
            for file in entry.get("files", ()):
                listed.add(file["path"])
                self.rows[file["dataset"]] += file["rows"]
            if "course" in entry:
                self._note(entry)
            whole = self._journal.tell()
        # What a crash has cut off, so that the next line is one.
        self._journal.truncate(whole)
        if not whole:
            self._append({"head": self._head})
        for left in list(self.path.glob("*/**/part-*")):
            if str(left.relative_to(self.path)) not in listed:
                left.unlink()

    def _note(self, entry: Mapping[str, Any]) -> None:
        before = self.reached(entry["course"])
        self.learners += entry["learners"]
        self._reached[entry["course"]] = Reached(
            entry["through"], before.parts + 1, before.learners + entry["learners"], entry["through"] is None
        )

    def _append(self, entry: Mapping[str, Any]) -> None:
        self._journal.write(f"{json.dumps(entry)}\n")
        self._journal.flush()
        os.fsync(self._journal.fileno())

    def reached(self, course_key: CourseKey | str) -> Reached:
        """Return how far a course is."""
        return self._reached.get(str(course_key), Reached())

    def part_path(self, dataset: str, course_key: CourseKey, attempt: int | None, suffix: str) -> Path:
        """Return where the next part of a course is to be written; its directory is made."""
        directory = self.path / dataset / f"course={_file_name(str(course_key))}"
        if attempt is not None:
            directory /= f"attempt={attempt}"
        directory.mkdir(parents=True, exist_ok=True)
        return directory / f"part-{self.reached(course_key).parts + 1:05}.{suffix}"

    def written(self, path: Path, dataset: str, course_key: CourseKey, attempt: int | None, rows: int) -> WrittenFile:
        """Return what the journal has to say of a part that was written and is closed; it is on the disk then."""
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
            size = file.tell()
        return WrittenFile(str(path.relative_to(self.path)), dataset, str(course_key), attempt, rows, size, digest)

    def finish(self, course_key: CourseKey, through: int | None, learners: int, files: Sequence[WrittenFile]) -> None:
        """Write down that a slice of a course is done."""
        entry = {
            "course": str(course_key),
            "through": through,
            "learners": learners,
            "files": [asdict(file) for file in files],
        }
        self._append(entry)
        self._note(entry)
        for file in files:
            self.rows[file.dataset] += file.rows

    def complete(self, more: Mapping[str, Any]) -> ExportResult:
        """Write manifest and checksums in place of the journal.

        Args:
            more: what the manifest says beside head, files and counts.
        """
        files = list(self._files())
        sums = "".join(f"{file['sha256']}  {file['path']}\n" for file in files)
        (self.path / CHECKSUMS).write_text(sums, encoding="utf-8")
        manifest = {**self._head, **more, "rows": dict(self.rows), "files": files}
        unfinished = self.path / f"{MANIFEST}.unfinished"
        with unfinished.open("w", encoding="utf-8") as file:
            json.dump(manifest, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self.path / MANIFEST)
        (self.path / JOURNAL).unlink()
        return ExportResult(dict(self.rows), len(files), sum(file["bytes"] for file in files))

    def _files(self) -> Iterator[dict[str, Any]]:
        self._journal.seek(0)
        for line in self._journal:
            yield from json.loads(line).get("files", ())


def _entry(line: str) -> dict[str, Any] | None:
    """What a line of the journal says; None if a crash has cut it off."""
    try:
        return json.loads(line) if line.endswith("\n") else None
    except ValueError:
        return None


def _file_name(key: str) -> str:
    """A key as part of a path: percent-encoded, and never longer than file systems allow."""
    name = quote(key, safe="")
    if len(name) <= _NAME_BYTES:
        return name
    return f"{name[: _NAME_BYTES - 33]}-{hashlib.sha256(key.encode()).hexdigest()[:32]}"
