"""Reading the archive of a course without trusting it: nothing is ever written to disk."""

from __future__ import annotations

import gzip
import posixpath
import tarfile
import zlib
from pathlib import Path
from typing import BinaryIO

from sandbox.content.olx.errors import OlxError

#: Limits on an archive: members, bytes unpacked, bytes of one file that is read, bytes of all files that are read.
MAX_MEMBERS = 50_000
MAX_UNPACKED_BYTES = 1024**3
MAX_FILE_BYTES = 16 * 1024**2
MAX_READ_BYTES = 128 * 1024**2
#: Only these are read; images, subtitles and other assets are passed over.
READ_SUFFIXES = (".xml", ".html", ".json")


class _LimitedStream:
    """A stream of unpacked bytes that stops before a small archive has unpacked into a huge one."""

    def __init__(self, stream: BinaryIO, archive: str) -> None:
        self._stream = stream
        self._archive = archive
        self._left = MAX_UNPACKED_BYTES

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes."""
        chunk = self._stream.read(size)
        self._left -= len(chunk)
        if self._left < 0:
            raise _too_large(self._archive)
        return chunk


def read_archive(path: Path) -> dict[str, bytes]:
    """Return the XML, HTML and JSON files of a ``.tar.gz``, by their normalised paths.

    Args:
        path: The archive; it is read once, in order.

    Raises:
        OlxError: The archive is damaged, too large, or has a member that no course export has.
    """
    try:
        with gzip.open(path, "rb") as stream:
            limited = _LimitedStream(stream, path.name)
            with tarfile.open(fileobj=limited, mode="r|") as archive:  # type: ignore[call-overload]
                files = _read_members(archive, path.name)
            # The checksum stands at the very end, behind what tar reads.
            while limited.read(tarfile.RECORDSIZE):
                pass
            return files
    except gzip.BadGzipFile as error:
        raise OlxError(
            "this is not a gzip file; give a course folder or the .tar.gz that Studio exports", path.name
        ) from error
    except (EOFError, zlib.error, tarfile.TarError) as error:
        raise OlxError(
            f"the archive is damaged or cut short ({error}); export or download it again", path.name
        ) from error
    except OSError as error:
        raise OlxError(f"the archive cannot be read ({error.strerror or error})", path.name) from error


def _read_members(archive: tarfile.TarFile, name: str) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    unpacked = read = 0
    for count, member in enumerate(archive, start=1):
        unpacked += member.size
        if count > MAX_MEMBERS or unpacked > MAX_UNPACKED_BYTES:
            raise _too_large(name)
        _check_member(member, name)
        if not member.isfile() or not member.name.endswith(READ_SUFFIXES):
            continue
        read += member.size
        if member.size > MAX_FILE_BYTES or read > MAX_READ_BYTES:
            raise _too_large(name, member.name)
        content = archive.extractfile(member)
        files[posixpath.normpath(member.name)] = content.read() if content else b""
    return files


def _check_member(member: tarfile.TarInfo, name: str) -> None:
    if member.name.startswith("/") or ".." in member.name.split("/"):
        raise OlxError(f"the member {member.name!r} points outside the archive; export the course again", name)
    if not (member.isfile() or member.isdir()):
        raise OlxError(
            f"the member {member.name!r} is a link or a device, which no course export has; "
            "pack the course again with plain files",
            name,
        )


def _too_large(archive: str, member: str = "") -> OlxError:
    what = f"the member {member!r} is" if member else "it is"
    return OlxError(
        f"{what} too large; the limits are {MAX_MEMBERS} members, {MAX_UNPACKED_BYTES // 1024**2} MiB unpacked, "
        f"and for XML, HTML and JSON {MAX_FILE_BYTES // 1024**2} MiB a file and "
        f"{MAX_READ_BYTES // 1024**2} MiB altogether",
        archive,
    )
