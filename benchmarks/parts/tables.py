"""The same switch in ever larger tables, beside the floor; and how the engine comes by the learner's rows."""

from __future__ import annotations

import random
import time
from typing import Any

from django.db import connection

from benchmarks.contenders import Team, floor, reset, take_turns, undo
from benchmarks.explain import accesses, watched
from benchmarks.filling import TABLES, Work, enrolled, fill, open_course, rows_per_learner, settle
from benchmarks.indexes import without_indexes
from benchmarks.meter import first_word, spread
from benchmarks.options import Options
from tests.factories import COURSE, LOOKALIKE

#: Blocks with a state and a completion that each learner has in the course, and in its look-alike.
BLOCKS, LOOKALIKE_BLOCKS = 400, 100
#: A table with fewer rows may be read from one end to the other: it is quicker.
SMALL = 10_000
#: Learners who are switched, or looked at, in tables of each size.
MEASURED = 24


def run(options: Options) -> dict[str, Any]:
    """Fill the tables up to each size, the smallest first, and measure."""
    open_course(COURSE, LOOKALIKE)
    sizes = []
    for rows in options.table_rows:
        began = time.perf_counter()
        missing = rows - _count("courseware_studentmodule")
        measured = _grow(max(MEASURED, missing // (BLOCKS + LOOKALIKE_BLOCKS)))
        filled = time.perf_counter() - began
        sizes.append({**_size(measured), "fill_seconds": round(filled)})
        print(_line(sizes[-1]), flush=True)
    return {
        "sizes": sizes,
        "learners": MEASURED // 2 - 2,
        "rows_moved": rows_per_learner(BLOCKS),
        "rows_elsewhere": 2 * LOOKALIKE_BLOCKS,
    }


def _grow(number: int) -> list[Any]:
    """Add so many learners with their rows; return some of them, from all over."""
    everyone = enrolled(number, COURSE, LOOKALIKE)
    ids = [user.pk for user in everyone]
    with without_indexes(TABLES):
        fill(ids, Work(BLOCKS))
        fill(ids, Work(LOOKALIKE_BLOCKS, LOOKALIKE))
    settle()
    return random.Random(number).sample(everyone, MEASURED)


def _size(everyone: list[Any]) -> dict[str, Any]:
    looked_at, first, second = everyone[0], everyone[1 : MEASURED // 2], everyone[MEASURED // 2 :]
    contenders = bare, forth, back = floor(), reset(), undo()
    before = _rows_of(LOOKALIKE)
    take_turns([Team([bare], first), Team([forth, back], second[: len(first)])])
    found = {
        "rows": {table: _count(table) for table in TABLES},
        "contenders": {one.name: spread(one.figures).as_dict() for one in contenders},
        **_looks(looked_at),
    }
    if _rows_of(LOOKALIKE) != before:
        raise AssertionError("rows of the look-alike course were moved")
    return found


def _looks(learner: Any) -> dict[str, Any]:
    """What the engine means to do for each statement of a reset and its undo."""
    looked: list[dict[str, Any]] = []
    # Engines guess. Rows of the learner in both courses, twice over, are far from those of two learners.
    limit = 4 * (BLOCKS + LOOKALIKE_BLOCKS)

    def look(sql: str, parameters: Any) -> None:
        for access in accesses(sql, parameters, limit):
            looked.append({"statement": first_word(sql), "table": access.table, "how": access.how, "scan": access.scan})

    for contender in (reset(), undo()):
        switch = contender.prepare(learner)
        with watched(look):
            switch()
    unseen = sorted(set(TABLES) - {one["table"] for one in looked})
    if unseen:
        raise AssertionError(f"no plan mentions {', '.join(unseen)}")
    plans = sorted({(one["statement"], one["table"], one["how"]) for one in looked})
    scans = [one for one in looked if one["scan"] and _count(one["table"]) > SMALL]
    return {"looked_at": len(looked), "scans": scans, "plans": plans}


def _count(table: str) -> int:
    return _one(f"SELECT COUNT(*) FROM {table}")


def _rows_of(course_key: Any) -> dict[str, int]:
    return {
        table: _one(f"SELECT COUNT(*) FROM {table} WHERE {course} = %s", str(course_key))
        for table, (_owner, course, _keys) in TABLES.items()
    }


def _one(statement: str, *parameters: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchone()[0]


def _line(size: dict[str, Any]) -> str:
    figures = "  ".join(f"{name} {found['median']:.1f} ms" for name, found in size["contenders"].items())
    return (
        f"{size['rows']['courseware_studentmodule']:>9} states (filled in {size['fill_seconds']} s):  {figures}"
        f"  {len(size['scans'])} scans in {size['looked_at']} accesses"
    )
