"""The files of one course, from a folder or an archive."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from pathlib import Path

from sandbox.content.olx.archive import MAX_FILE_BYTES, read_archive
from sandbox.content.olx.errors import OlxError


class CourseFiles:
    """The files below the folder that holds a course's ``course.xml``.

    Args:
        read: Returns a file by its path, None if there is none.
        root: Path of that folder as ``read`` knows it, "" or ending in a slash.
    """

    def __init__(self, read: Callable[[str], bytes | None], root: str) -> None:
        self._read = read
        self._root = root

    def label(self, name: str) -> str:
        """Return how messages name a file of the course."""
        return f"{self._root}{name}"

    def read(self, name: str) -> bytes | None:
        """Return the bytes of the file at ``name`` (relative to the course's folder), None if there is none."""
        path = posixpath.normpath(name)
        if path.startswith(("/", "..")) or "\0" in path:
            raise OlxError(
                "this path points outside the course; correct the url_name or filename that gives it", self.label(name)
            )
        return self._read(posixpath.normpath(f"{self._root}{path}"))

    def text(self, name: str) -> str | None:
        """Return the text of a UTF-8 file, None if there is none.

        Raises:
            OlxError: The file is not UTF-8 text.
        """
        content = self.read(name)
        if content is None:
            return None
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            raise OlxError("this is not UTF-8 text; save it as UTF-8", self.label(name), line) from error
        if "\0" in text:
            raise OlxError("this is not text, it holds a NUL character", self.label(name))
        return text


def open_course(path: Path) -> CourseFiles:
    """Return the files of the course at ``path``.

    Args:
        path: A folder or a ``.tar.gz`` with ``course.xml`` or ``course/course.xml`` at its top.

    Raises:
        OlxError: There is no course at ``path``, or it cannot be read.
    """
    if path.is_dir():
        read = _folder_reader(path.resolve())
    elif path.is_file():
        read = read_archive(path).get
    else:
        raise OlxError("there is no such file or folder; give a course folder or a .tar.gz", str(path))
    # A run called "course" has course/course.xml as well, so the top comes first.
    for root in ("", "course/"):
        if read(f"{root}course.xml") is not None:
            return CourseFiles(read, root)
    if read("library/library.xml") is not None or read("library.xml") is not None:
        raise OlxError("this is the export of a content library; give the export of a course", path.name)
    raise OlxError(
        "there is no course.xml and no course/course.xml in it; give the folder or archive that Studio exports",
        path.name,
    )


def _folder_reader(folder: Path) -> Callable[[str], bytes | None]:
    def read(name: str) -> bytes | None:
        try:
            path = (folder / name).resolve()
            if not path.is_relative_to(folder):
                raise OlxError("this file is a link to outside the course's folder; replace it by a copy", name)
            if not path.is_file():
                return None
            if path.stat().st_size > MAX_FILE_BYTES:
                raise OlxError(f"this file is larger than {MAX_FILE_BYTES // 1024**2} MiB", name)
            return path.read_bytes()
        except OSError as error:
            raise OlxError(f"this file cannot be read ({error.strerror or error})", name) from error

    return read
