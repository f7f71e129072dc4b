"""The rows of a dataset that a slice has."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from django.db import connections

from attempts.datasets import Dataset, dialect_of
from attempts.exports.slices import Slice
from attempts.host.streaming import streamed
from attempts.keys import attempt_course_key

#: Rows fetched at a time, and of those whose text may have a megabyte; two such chunks are in memory at once.
_ROWS, _LARGE_ROWS = 1000, 30
#: The column with such texts.
_LARGE = "state"


def rows_of(
    dataset: Dataset, piece: Slice, using: str, numbers: Sequence[int] = ()
) -> Generator[Sequence[tuple[Any, ...]], None, None]:
    """Yield the rows of a slice in chunks, as the engine gives them; one statement, streamed.

    Args:
        dataset: what is read.
        piece: the learners.
        using: alias of the database.
        numbers: of the attempts whose rows are read; none for all.
    """
    sql, params = _statement(dataset, piece, using, numbers)
    course = str(piece.course_key)
    size = _LARGE_ROWS if any(column.name == _LARGE for column in dataset.columns) else _ROWS
    with streamed(using, sql, params) as fetch:
        while chunk := fetch(size):
            # The host's column may not tell case apart.
            yield [row for row in chunk if row[1] == course]


def _statement(dataset: Dataset, piece: Slice, using: str, numbers: Sequence[int]) -> tuple[str, list[Any]]:
    dialect = dialect_of(connections[using].vendor)
    prefix = str(attempt_course_key(piece.course_key, 1)).removesuffix("1")
    under = f"({dataset.course} = %s OR ({dataset.course} >= %s AND {dataset.course} < %s))"
    conditions = [under]
    course = str(piece.course_key)
    select = dataset.select(dialect, course="%s")
    params: list[Any] = [course] * (select.count("%s") + 1) + [f"{prefix}0", f"{prefix}a"]
    for operator, bound in ((">", piece.after), ("<=", piece.through)):
        if bound is not None:
            conditions.append(f"{dataset.learner} {operator} %s")
            params.append(bound)
    if numbers:
        conditions.append(f"{dataset.expression('attempt_number', dialect)} IN ({', '.join(['%s'] * len(numbers))})")
        params += numbers
    return f"{select} AND {' AND '.join(conditions)}", params
