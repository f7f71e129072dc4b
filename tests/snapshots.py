"""What the host's tables hold, read by plain SQL and understood without any of our code."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

#: Tables with keys of their own: learner column, course column, columns with block keys.
KEYED: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "courseware_studentmodule": ("student_id", "course_id", ("module_id",)),
    "completion_blockcompletion": ("user_id", "course_key", ("block_key",)),
    "grades_persistentsubsectiongrade": ("user_id", "course_id", ("usage_key",)),
    "grades_persistentcoursegrade": ("user_id", "course_id", ()),
    "submissions_studentitem": ("student_id", "course_id", ("item_id",)),
}
#: Tables whose rows travel with those above, and tables that a switch has no business with.
OTHERS = (
    "courseware_studentmodulehistory",
    "grades_persistentsubsectiongradeoverride",
    "grades_historicalpersistentsubsectiongradeoverride",
    "grades_visibleblocks",
    "submissions_submission",
    "submissions_score",
    "submissions_scoresummary",
    "student_courseenrollment",
    "student_anonymoususerid",
    "certificates_generatedcertificate",
)
OWN = (
    "attempts_learnercourse",
    "attempts_attemptcontext",
    "attempts_historicalattemptcontext",
    "attempts_attemptoperation",
    "attempts_followup",
    "attempts_resetpolicy",
)
_PRIMARY_KEYS = {
    "attempts_historicalattemptcontext": "history_id",
    "grades_historicalpersistentsubsectiongradeoverride": "history_id",
}

Row = dict[str, Any]
Table = dict[Any, Row]


def read_table(table: str) -> Table:
    """Return the rows of a table by primary key."""
    primary_key = _PRIMARY_KEYS.get(table, "id")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        columns = [column[0] for column in cursor.description]
        rows = [dict(zip(columns, values, strict=True)) for values in cursor.fetchall()]
    return {row[primary_key]: row for row in rows}


def read_tables(tables: Iterable[str] = (*KEYED, *OTHERS)) -> dict[str, Table]:
    """Return the rows of several tables."""
    return {table: read_table(table) for table in tables}


@dataclass(frozen=True)
class Placed:
    """A row of a keyed table: whose it is, in which course and attempt, and its values under plain keys.

    ``attempt`` is None while the row lies under the plain key.
    """

    learner: Any
    course: str
    attempt: int | None
    values: tuple[tuple[str, Any], ...]


def read_placed() -> dict[tuple[str, Any], Placed]:
    """Return every row of the keyed tables by table and primary key."""
    return {
        (table, primary_key): _place(row, *KEYED[table])
        for table in KEYED
        for primary_key, row in read_table(table).items()
    }


def _place(row: Row, learner: str, course: str, usage: tuple[str, ...]) -> Placed:
    plain_course, attempt = _plain(row[course])
    values = {**row, course: plain_course, **{column: _plain(row[column])[0] for column in usage}}
    return Placed(row[learner], plain_course, attempt, tuple(sorted(values.items(), key=lambda item: item[0])))


def _plain(text: str) -> tuple[str, int | None]:
    """Return a key's plain text and its attempt: ``attempt-`` dropped or replaced, ``+attempt@N`` cut out."""
    match = re.search(r"\+attempt@(\d+)", text)
    if match is None:
        return text, None
    kind = "ccx" if "+ccx@" in text else "course"
    plain = text.replace(match[0], "", 1)
    plain = plain.replace("attempt-block-v1", "ccx-block-v1" if kind == "ccx" else "block-v1", 1)
    return plain.replace("attempt-v1:", f"{kind}-v1:", 1), int(match[1])
