"""The file itself: a zip with JSON for programs, and HTML to read and print."""

from __future__ import annotations

import io
import json
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from attempts.adapters import read_steadily
from attempts.appeals.contents import Contents, contents_of
from attempts.appeals.page import block_as_html, foot_as_html, head_as_html
from attempts.appeals.texts import written_in
from attempts.data import AttemptData

JSON_NAME, HTML_NAME = "attempt.json", "attempt.html"
#: Bytes of blocks as HTML that are kept in memory, before a file on the disk has to hold them.
_IN_MEMORY = 2**20


def write_pack(attempt: AttemptData, file: IO[bytes], *, language: str | None = None) -> None:
    """Write everything that is known of an attempt into a zip; memory does not grow with its blocks.

    Args:
        attempt: the attempt, active or archived.
        file: what it is written to; it can be sought and truncated.
        language: the code of the language of the page; None for the active one.

    Raises:
        OperationInFlight: the learner is being switched.
        KeysRestored: see :func:`attempts.adapters.storage_key`.
    """
    began = file.tell()

    def write(attempt: AttemptData) -> None:
        # From the start, should a switch have come between the reads.
        file.seek(began)
        file.truncate()
        _write(contents_of(attempt), file)

    with written_in(language):
        read_steadily((attempt,), write)


def _write(contents: Contents, file: IO[bytes]) -> None:
    with (
        ZipFile(file, "w", ZIP_DEFLATED) as pack,
        SpooledTemporaryFile(_IN_MEMORY) as page,  # one is closed before the other is written
    ):
        with pack.open(JSON_NAME, "w", force_zip64=True) as entry:
            _write_both(contents, io.TextIOWrapper(entry, "utf-8", write_through=True), page)
        page.seek(0)
        with pack.open(HTML_NAME, "w", force_zip64=True) as entry:
            for chunk in iter(partial(page.read, _IN_MEMORY), b""):
                entry.write(chunk)


def _write_both(contents: Contents, data: IO[str], page: IO[bytes]) -> None:
    """Write JSON, and the page beside it: a zip takes one entry at a time, and the blocks are read once."""
    head = json.dumps(contents.head, ensure_ascii=False, indent=1)
    data.write(head.rstrip().removesuffix("}").rstrip() + ',\n "blocks": [')
    page.write(head_as_html(contents.head))
    separator = "\n"
    for block in contents.blocks:
        data.write(separator + json.dumps(block, ensure_ascii=False))
        page.write(block_as_html(block))
        separator = ",\n"
    data.write("\n]}\n")
    data.flush()
    page.write(foot_as_html())
