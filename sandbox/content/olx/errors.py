"""What can be wrong with a course's files."""

from __future__ import annotations


class OlxError(Exception):
    """A course's files cannot be imported; the text names the file, and the line where it is known.

    Args:
        problem: What is wrong and what to do about it, one sentence without a full stop.
        file: Path of the file as the export names it, "" if no single file is at fault.
        line: Line in that file, from 1.
    """

    def __init__(self, problem: str, file: str = "", line: int | None = None) -> None:
        where = f"{file}, line {line}: " if file and line else f"{file}: " if file else ""
        super().__init__(f"{where}{problem}.")
