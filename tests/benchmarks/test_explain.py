"""What counts as going beyond a learner's own rows."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from benchmarks.explain import accesses, aliases, judge_mariadb, judge_postgresql, judge_sqlite, watched
from benchmarks.filling import TABLES
from benchmarks.indexes import without_indexes

_LEARNER = "SELECT * FROM courseware_studentmodule WHERE student_id = %s"
_COURSE = "UPDATE courseware_studentmodule SET done = 'f' WHERE course_id = %s"
_BY_STATE = "SELECT 1 FROM auth_user u WHERE EXISTS (SELECT 1 FROM courseware_studentmodule U0 WHERE U0.state = %s)"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sql", "scan"),
    [(_LEARNER, ""), (_COURSE, "SEARCH"), (_BY_STATE, "SCAN")],
)
def test_sqlite_says_how_it_comes_by_a_great_table(sql: str, scan: str) -> None:
    found = accesses(sql, [1], limit=100)
    assert [access.table for access in found] == ["courseware_studentmodule"]
    assert found[0].scan.startswith(scan)
    assert bool(found[0].scan) == bool(scan)


@pytest.mark.parametrize(
    ("row", "goes_too_far"),
    [
        ({"type": "ref", "key": "student", "rows": 500}, False),
        ({"type": "ref", "key": "course", "rows": 90_000}, True),
        ({"type": "ALL", "key": None, "rows": 5}, True),
        ({"type": "index", "key": "student", "rows": 5}, True),
        ({"type": "const", "key": "PRIMARY", "rows": None}, False),
    ],
)
def test_mariadb(row: dict[str, Any], goes_too_far: bool) -> None:
    assert bool(judge_mariadb(row, 1000)) == goes_too_far


@pytest.mark.parametrize(
    ("node", "goes_too_far"),
    [
        ({"Node Type": "Index Scan", "Index Cond": "(student_id = 5)", "Plan Rows": 9}, False),
        ({"Node Type": "Index Scan", "Index Cond": "(id = 5)", "Plan Rows": 1}, False),
        ({"Node Type": "Index Scan", "Index Cond": "((course_id)::text = 'a')", "Plan Rows": 9}, True),
        ({"Node Type": "Index Scan", "Index Cond": "(student_id > 5)", "Plan Rows": 5000}, True),
        ({"Node Type": "Seq Scan", "Plan Rows": 1}, True),
        ({"Node Type": "Parallel Seq Scan", "Plan Rows": 1}, True),
        (
            {
                "Node Type": "Bitmap Heap Scan",
                "Plan Rows": 9,
                "Plans": [{"Node Type": "Bitmap Index Scan", "Index Cond": "(student_id = 5)", "Plan Rows": 9}],
            },
            False,
        ),
    ],
)
def test_postgresql(node: dict[str, Any], goes_too_far: bool) -> None:
    assert bool(judge_postgresql(node, "student_id", 1000)) == goes_too_far


def test_sqlite_may_not_skip_through_an_index() -> None:
    assert judge_sqlite("SEARCH", " t USING INDEX i (student_id=? AND course_id=?)", "student_id") == ""
    assert judge_sqlite("SEARCH", " t USING INDEX i (ANY(course_id) AND student_id=?)", "student_id")
    assert judge_sqlite("SEARCH", " t USING INTEGER PRIMARY KEY (rowid=?)", "student_id") == ""


def test_tables_are_known_by_their_aliases() -> None:
    sql = 'UPDATE "a" SET "x" = 1 WHERE EXISTS (SELECT 1 FROM `b` U0 INNER JOIN "c" T4 ON (1 = 1))'
    assert aliases(sql) == {"a": "a", "b": "b", "U0": "b", "c": "c", "T4": "c"}


@pytest.mark.django_db
def test_each_statement_is_looked_at_once_and_what_the_look_issues_is_not() -> None:
    looked: list[str] = []

    def look(sql: str, parameters: Any) -> None:
        looked.append(sql)
        accesses(sql, parameters, 1)

    with watched(look), connection.cursor() as cursor:
        cursor.execute(_LEARNER, [1])
    assert looked == [_LEARNER]


@pytest.mark.django_db(transaction=True)
def test_indexes_come_back_as_they_were() -> None:
    before = _indexes()
    with without_indexes(TABLES):
        assert {table for table, *_ in _indexes()} & set(TABLES) == set()
    assert _indexes() == before
    assert {table for table, *_ in before} >= set(TABLES)


def _indexes() -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'index' AND sql <> '' ORDER BY 1, 2")
        return cursor.fetchall()
