"""What a column of a dataset is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

#: What analysts' tools call them, more or less. Times are in UTC, to the microsecond; uuids are text with hyphens.
ColumnType = Literal["text", "integer", "float", "boolean", "timestamp"]


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        name: as analysts call it.
        type: what its values are.
        meaning: for the data dictionary; a phrase with the unit, and what no value means.
        sql: how it is made of the columns of the tables, in words of :class:`attempts.datasets.dialects.Dialect`.
        is_person: whether it names somebody by user id, which an export replaces by a pseudonym.
        is_personal: whether it is text about somebody, which an export leaves out unless identities are wanted.
        is_handle: whether it is a uuid that others can look up, or make, and which an export replaces by a keyed hash
            unless identities are wanted.
        is_optional: whether it may have no value.
    """

    name: str
    type: ColumnType
    meaning: str
    sql: str
    is_person: bool = False
    is_personal: bool = False
    is_handle: bool = False
    is_optional: bool = False

    def expression(self, words: Mapping[str, str]) -> str:
        """Return the SQL of its values.

        Args:
            words: what the words in braces stand for.
        """
        return self.sql.format_map(words)
