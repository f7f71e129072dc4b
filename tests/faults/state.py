"""What the tables hold, by plain SQL of our own: many learners in one statement for each table."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.faults.model import Image, RowId
from tests.faults.servers import query

#: Tables with keys of their own: the learner's column, the course's, those of blocks.
KEYED: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "courseware_studentmodule": ("student_id", "course_id", ("module_id",)),
    "completion_blockcompletion": ("user_id", "course_key", ("block_key",)),
    "grades_persistentsubsectiongrade": ("user_id", "course_id", ("usage_key",)),
    "grades_persistentcoursegrade": ("user_id", "course_id", ()),
    "submissions_studentitem": ("student_id", "course_id", ("item_id",)),
}
#: Tables whose rows travel with those: the column that says with which, and the table it is of.
HANGING: dict[str, tuple[str, str]] = {
    "courseware_studentmodulehistory": ("student_module_id", "courseware_studentmodule"),
    "grades_persistentsubsectiongradeoverride": ("grade_id", "grades_persistentsubsectiongrade"),
    "submissions_submission": ("student_item_id", "submissions_studentitem"),
    "submissions_score": ("student_item_id", "submissions_studentitem"),
}
#: Tables that a switch has no business with.
OTHERS = ("student_courseenrollment", "student_anonymoususerid")
_ATTEMPT = re.compile(r"\+attempt@(\d+)")


@dataclass(frozen=True)
class Placed:
    """A row, and where it lies.

    Attributes:
        course: the plain key of the course.
        attempt: the number in its key; None under the plain key.
        image: its columns, keys in plain form.
        agrees: whether all its keys are of the same attempt.
    """

    course: str
    attempt: int | None
    image: Image
    agrees: bool = True


@dataclass
class Found:
    """What there is of some learners.

    Attributes:
        rows: rows with keys, by learner.
        hanging: rows that hang on them, by learner, each with the row it hangs on.
        others: rows of tables that no switch touches, by learner.
        operations, contexts, identities: rows of ours, by learner.
    """

    rows: dict[int, dict[RowId, Placed]] = field(default_factory=dict)
    hanging: dict[int, dict[RowId, tuple[RowId, Image]]] = field(default_factory=dict)
    others: dict[int, dict[RowId, Image]] = field(default_factory=dict)
    operations: dict[int, list[Image]] = field(default_factory=dict)
    contexts: dict[int, list[Image]] = field(default_factory=dict)
    identities: dict[int, list[Image]] = field(default_factory=dict)


def read_state(connection: Any, learners: Mapping[int, Sequence[str]]) -> Found:
    """Return all there is of some learners (user id to anonymous ids)."""
    found = Found()
    for user_id in learners:
        for name in ("rows", "hanging", "others"):
            getattr(found, name)[user_id] = {}
        for name in ("operations", "contexts", "identities"):
            getattr(found, name)[user_id] = []
    owners = {name: user_id for user_id, names in learners.items() for name in names}
    for table in KEYED:
        for row in _rows_of(connection, table, learners, owners):
            owner = _owner(row, KEYED[table][0], learners, owners)
            if owner is not None:
                found.rows[owner][table, row["id"]] = placed(table, row)
    for table, (column, parent) in HANGING.items():
        for row in _hanging_rows(connection, table, column, parent, learners, owners):
            owner = _owner({"learner": row.pop("learner_of_parent")}, "learner", learners, owners)
            if owner is not None:
                found.hanging[owner][table, row["id"]] = ((parent, row[column]), row)
    for table in OTHERS:
        for row in _between(connection, f"SELECT * FROM {table} WHERE user_id", learners):
            if row["user_id"] in found.others:
                found.others[row["user_id"]][table, row["id"]] = row
    _read_ours(connection, learners, found)
    return found


def _read_ours(connection: Any, learners: Mapping[int, Any], found: Found) -> None:
    operations = (
        "SELECT o.*, f.number AS from_number, t.number AS to_number FROM attempts_attemptoperation o "
        "LEFT JOIN attempts_attemptcontext f ON f.id = o.from_attempt_id "
        "LEFT JOIN attempts_attemptcontext t ON t.id = o.to_attempt_id WHERE o.learner_id"
    )
    contexts = (
        "SELECT c.*, i.user_id AS user_id, i.course_key AS identity_course FROM attempts_attemptcontext c "
        "JOIN attempts_learnercourse i ON i.id = c.learner_course_id WHERE i.user_id"
    )
    for name, sql, column in (
        ("operations", operations, "learner_id"),
        ("contexts", contexts, "user_id"),
        ("identities", "SELECT * FROM attempts_learnercourse WHERE user_id", "user_id"),
    ):
        for row in _between(connection, sql, learners):
            if row[column] in learners:
                getattr(found, name)[row[column]].append(row)
    for rows in (*found.operations.values(), *found.contexts.values()):
        rows.sort(key=lambda row: row["id"])


def placed(table: str, row: Image) -> Placed:
    """Say where a row lies, and what it holds under plain keys."""
    _, course, usage = KEYED[table]
    plain_course, attempt = plain_key(row[course])
    keys = {column: plain_key(row[column]) for column in usage}
    image = {**row, course: plain_course, **{column: key for column, (key, _) in keys.items()}}
    return Placed(plain_course, attempt, image, all(number == attempt for _, number in keys.values()))


def plain_key(text: str) -> tuple[str, int | None]:
    """Return the plain form of a key, and the attempt it is of."""
    match = _ATTEMPT.search(text)
    if match is None:
        return text, None
    plain = text.replace(match[0], "", 1).replace("attempt-block-v1:", "block-v1:", 1)
    return plain.replace("attempt-v1:", "course-v1:", 1), int(match[1])


def token_of(table: str, image: Image) -> int | None:
    """Return the token that a row carries, None for rows that carry none."""
    if table == "courseware_studentmodule":
        return json.loads(image["state"])["token"]
    if table == "completion_blockcompletion":
        return round(image["completion"] * 1000)
    if table == "grades_persistentsubsectiongrade":
        return int(image["earned_all"])
    if table == "grades_persistentcoursegrade":
        return int(image["grading_policy_hash"].removeprefix("t"))
    if table == "submissions_submission":
        answer = image["raw_answer"]
        return (json.loads(answer) if isinstance(answer, str) else answer)["token"]
    return None


def _rows_of(connection: Any, table: str, learners: Mapping[int, Any], owners: Mapping[str, int]) -> list[Image]:
    column = KEYED[table][0]
    if table == "submissions_studentitem":
        marks = ",".join(["%s"] * len(owners))
        return query(connection, f"SELECT * FROM {table} WHERE {column} IN ({marks})", tuple(owners))
    return _between(connection, f"SELECT * FROM {table} WHERE {column}", learners)


def _hanging_rows(
    connection: Any, table: str, column: str, parent: str, learners: Mapping[int, Any], owners: Mapping[str, int]
) -> list[Image]:
    learner = KEYED[parent][0]
    sql = f"SELECT h.*, p.{learner} AS learner_of_parent FROM {table} h JOIN {parent} p ON p.id = h.{column} WHERE p."
    if parent == "submissions_studentitem":
        marks = ",".join(["%s"] * len(owners))
        return query(connection, f"{sql}{learner} IN ({marks})", tuple(owners))
    return _between(connection, sql + learner, learners)


def _between(connection: Any, sql: str, learners: Mapping[int, Any]) -> list[Image]:
    return query(connection, f"{sql} BETWEEN %s AND %s", (min(learners), max(learners)))


def _owner(row: Image, column: str, learners: Mapping[int, Any], owners: Mapping[str, int]) -> int | None:
    name = row[column]
    return owners.get(name) if isinstance(name, str) else (name if name in learners else None)
