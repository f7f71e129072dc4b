"""The report of a course, and comparisons, over many learners in several attempts."""

from __future__ import annotations

import time
from typing import Any

import psutil
from django.db import connection

from attempts import api
from benchmarks.crowds import ATTEMPTS, BLOCKS, crowd_in_attempts
from benchmarks.explain import EXPLAINED, analysed, watched
from benchmarks.filling import open_course
from benchmarks.meter import Statements, first_word, milliseconds, spread
from benchmarks.options import Options
from tests.factories import COURSE

ROUNDS = 3
#: Learners whose last two attempts are compared.
COMPARED = 20
_KEPT = 2_000


def run(options: Options) -> dict[str, Any]:
    """Make the course, and measure."""
    open_course(COURSE)
    small = crowd_in_attempts(max(2, options.report_learners // 100))
    few = _statements()
    crowd = crowd_in_attempts(options.report_learners - len(small))
    found = {
        "learners": options.report_learners,
        "attempts": ATTEMPTS,
        "states": _count("courseware_studentmodule"),
        "subsection_grades": _count("grades_persistentsubsectiongrade"),
        **_report(),
        "statements_with_few": few,
        "compare": _compare(crowd[:COMPARED]),
    }
    print(f"report of {found['learners']} learners: {found['ms']['median']:.0f} ms, {found['statements']} statements")
    return found


def _report() -> dict[str, Any]:
    process = psutil.Process()
    before = process.memory_info().rss
    figures = [milliseconds(lambda: api.retake_report(COURSE)) for _ in range(ROUNDS)]
    grown = process.memory_info().rss - before
    return {
        "ms": spread(figures).as_dict(),
        "resident_growth_mib": round(grown / 2**20, 1),
        "statements": _statements(),
        "plans": _plans(),
    }


def _statements() -> int:
    counted = Statements()
    with connection.execute_wrapper(counted):
        api.retake_report(COURSE)
    return counted.total


def _plans() -> list[dict[str, Any]]:
    """Each statement, how long its plan takes to be carried out, and the plan."""
    plans: list[dict[str, Any]] = []

    def look(sql: str, parameters: Any) -> None:
        if first_word(sql) in EXPLAINED:
            began = time.perf_counter()
            plan = analysed(sql, parameters)
            plans.append(
                {"ms": round((time.perf_counter() - began) * 1000, 1), "sql": sql[:_KEPT], "plan": plan[:_KEPT]}
            )

    with watched(look):
        api.retake_report(COURSE)
    return sorted(plans, key=lambda one: -one["ms"])


def _compare(crowd: list[Any]) -> dict[str, Any]:
    pairs = [api.attempts(user, COURSE)[-2:] for user in crowd]
    counted = Statements()
    with connection.execute_wrapper(counted):
        api.compare(*pairs[0])
    figures = [milliseconds(lambda pair=pair: api.compare(*pair)) for pair in pairs[1:]]
    return {"ms": spread(figures).as_dict(), "statements": counted.total, "blocks": BLOCKS}


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {table}")
        return cursor.fetchone()[0]
