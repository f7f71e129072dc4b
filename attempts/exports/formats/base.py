"""What all formats have in common."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from attempts.datasets import Column

#: Values as :mod:`attempts.exports.rows` makes them: text, numbers, booleans, times in UTC, None. Times have a zone,
#: unless the format can do without.
Row = Sequence[Any]


class Part(Protocol):
    """One file of rows, being written.

    Attributes:
        waiting: characters that are in memory and not yet written.
    """

    waiting: int

    def write(self, rows: Sequence[Row]) -> None:
        """Add rows. They may be kept in memory until there are enough of them."""

    def flush(self) -> None:
        """Write what waits."""

    def close(self) -> None:
        """Write what waits, and end the file."""


class Format(Protocol):
    """A kind of file.

    Attributes:
        suffix: of the names of its files.
        takes_bare_times: whether it takes a time without a zone for one in UTC.
    """

    suffix: str
    takes_bare_times: bool

    def check(self) -> None:
        """Tell whether such files can be written here.

        Raises:
            FormatUnavailable: what it needs is not installed.
        """

    def part(self, path: Path, columns: Sequence[Column]) -> Part:
        """Begin a file; what is there is replaced."""
