"""How an engine means to carry out a statement, and whether that goes beyond the learner's own rows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from benchmarks.filling import TABLES
from benchmarks.meter import first_word

#: Statements that can be explained.
EXPLAINED = ("SELECT", "UPDATE", "INSERT", "WITH")
_NAMED = re.compile(r"(?:FROM|JOIN|UPDATE)\s+\(?[`\"]?(\w+)[`\"]?(?:\s+(?:AS\s+)?[`\"]?([A-Z]+\d+)\b)?", re.IGNORECASE)
_SQLITE = re.compile(r"(SCAN|SEARCH) (?:TABLE )?(\w+)(?: AS (\w+))?(.*)")


@dataclass(frozen=True)
class Access:
    """How one table is come by.

    Attributes:
        table: the table.
        how: what the engine says.
        scan: why it goes beyond a learner's own rows; empty if it does not.
    """

    table: str
    how: str
    scan: str


def accesses(sql: str, parameters: Any, limit: int) -> list[Access]:
    """Return how a statement comes by the great tables, as the engine plans it.

    Args:
        sql: the statement, as Django passes it on.
        parameters: its parameters.
        limit: rows that may be looked at, by the engine's own estimate.
    """
    names = aliases(sql)
    read = {"mysql": _mariadb, "postgresql": _postgresql, "sqlite": _sqlite}[connection.vendor]
    return [access for access in read(sql, parameters, names, limit) if access.table in TABLES]


def aliases(sql: str) -> dict[str, str]:
    """Return the tables of a statement by the names they go by in it."""
    found = {}
    for table, alias in _NAMED.findall(sql):
        found[table] = table
        if alias:
            found[alias] = table
    return found


def judge_mariadb(row: dict[str, Any], limit: int) -> str:
    """Say why a row of MariaDB's EXPLAIN goes too far; empty if it does not."""
    if row["type"] in ("ALL", "index"):
        return f"type {row['type']}"
    if int(row["rows"] or 0) > limit:
        return f"about {row['rows']} rows by {row['key']}"
    return ""


def judge_postgresql(node: dict[str, Any], learner: str, limit: int) -> str:
    """Say why a node of PostgreSQL's plan goes too far; empty if it does not."""
    if "Seq Scan" in node["Node Type"]:
        return node["Node Type"]
    conditions = " ".join(_conditions(node))
    if not re.search(rf"\b({learner}|id)\b", conditions):
        return f"{node['Node Type']} by {conditions or 'nothing'}"
    if node["Plan Rows"] > limit:
        return f"about {node['Plan Rows']} rows by {conditions}"
    return ""


def judge_sqlite(how: str, rest: str, learner: str) -> str:
    """Say why a line of SQLite's plan goes too far; empty if it does not."""
    if how == "SCAN":
        return f"SCAN{rest}"
    # An index that is skipped through begins with ANY(column).
    if "ANY(" in rest or not re.search(rf"\b({learner}|rowid|id)=\?", rest):
        return f"SEARCH{rest}"
    return ""


def _mariadb(sql: str, parameters: Any, names: dict[str, str], limit: int) -> Iterator[Access]:
    for row in _rows(f"EXPLAIN {sql}", parameters):
        table = names.get(row["table"] or "", row["table"] or "")
        how = f"{row['type']} {row['key'] or ''}, about {row['rows']} rows"
        yield Access(table, how, judge_mariadb(row, limit) if table in TABLES else "")


def _postgresql(sql: str, parameters: Any, names: dict[str, str], limit: int) -> Iterator[Access]:
    plan = _rows(f"EXPLAIN (FORMAT JSON) {sql}", parameters)[0]["QUERY PLAN"]
    plan = json.loads(plan) if isinstance(plan, str) else plan
    for node in _nodes(plan[0]["Plan"]):
        table = node.get("Relation Name")
        if table in TABLES and node["Node Type"] != "ModifyTable":
            how = f"{node['Node Type']} {node.get('Index Name', '')} by {' '.join(_conditions(node))}"
            yield Access(
                table, f"{how}, about {node['Plan Rows']} rows", judge_postgresql(node, TABLES[table][0], limit)
            )


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)


def _conditions(node: dict[str, Any]) -> Iterator[str]:
    """The conditions by which an index is gone into; those of a bitmap are with its children."""
    if "Index Cond" in node:
        yield node["Index Cond"]
    if node["Node Type"].startswith("Bitmap"):
        for child in node.get("Plans", ()):
            yield from _conditions(child)


def _sqlite(sql: str, parameters: Any, names: dict[str, str], _limit: int) -> Iterator[Access]:
    for row in _rows(f"EXPLAIN QUERY PLAN {sql}", parameters):
        match = _SQLITE.match(row["detail"])
        table = names.get(match[2], match[2]) if match else ""
        if match and table in TABLES:
            yield Access(table, row["detail"], judge_sqlite(match[1], match[4], TABLES[table][0]))


def _rows(statement: str, parameters: Any) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        columns = [column[0] for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def analysed(sql: str, parameters: Any) -> str:
    """Return the plan as text, with what really happened where the engine tells; what it did is rolled back."""
    with transaction.atomic():
        try:
            return _analysed(sql, parameters)
        finally:
            transaction.set_rollback(True)


def _analysed(sql: str, parameters: Any) -> str:
    if connection.vendor == "postgresql":
        rows = _rows(f"EXPLAIN (ANALYZE, BUFFERS) {sql}", parameters)
        return "\n".join(row["QUERY PLAN"] for row in rows)
    if connection.vendor == "sqlite":
        return "\n".join(row["detail"] for row in _rows(f"EXPLAIN QUERY PLAN {sql}", parameters))
    rows = _rows(f"ANALYZE {sql}" if first_word(sql) in ("SELECT", "UPDATE") else f"EXPLAIN {sql}", parameters)
    return "\n".join(_mariadb_line(row) for row in rows if row.get("table"))


def _mariadb_line(row: dict[str, Any]) -> str:
    words = {"rows": "estimated", "r_rows": "read", "r_filtered": "% kept"}
    counts = ", ".join(f"{row[name]} {word}" for name, word in words.items() if row.get(name) is not None)
    return f"{row['select_type']} {row['table']}: {row['type']} {row['key'] or ''} ({counts}) {row.get('Extra') or ''}"


@contextmanager
def watched(look: Callable[[str, Any], None]) -> Iterator[None]:
    """Hand every statement that is issued inside to a function before it is carried out.

    Args:
        look: takes the statement and its parameters; an EXPLAIN that it issues is not looked at in turn.
    """

    def pass_on(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not many and first_word(sql) in EXPLAINED:
            look(sql, params)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(pass_on):
        yield
