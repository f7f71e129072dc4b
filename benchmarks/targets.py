"""What has to be reached, and whether it was: pure functions of the results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

#: The whole switch may take so many times what the bare statements take, from so many rows on.
FLOOR, FLOOR_ROWS = 1.25, 1_000
#: The platform's loop has to take so many times what the switch takes, at so many blocks.
LOOP, LOOP_BLOCKS = 20, 500
#: Kibibytes by which the memory that a switch takes may differ from the fewest rows to the most. SQLite keeps two
#: thousand of pages in the process; ten thousand rows that were loaded would be more than ten thousand.
MEMORY = 4_096
#: What learners who were never reset may feel.
HOST = 1.02
#: A switch in the largest tables may take so many times what it takes in the smallest; and so many times more than the
#: floor takes more there, for a table that has outgrown the server's buffer is read from the disk, by whomever.
TABLES = 1.5
#: Milliseconds that the report of a course with three million states may take.
REPORT = 5_000
#: An export has to write so much of what a bare cursor writes in the same time, and may take so many mebibytes in all.
EXPORT, EXPORT_MEMORY = 0.5, 200
#: Great tables that a statement may scan.
SCANS = 0


@dataclass(frozen=True)
class Target:
    """One thing that has to be reached.

    Attributes:
        engine: where.
        what: in words.
        measured: what was measured.
        limit: what was to be reached.
        at_least: whether more is better.
    """

    engine: str
    what: str
    measured: float
    limit: float
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether it was reached."""
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit

    @property
    def verdict(self) -> str:
        """Whether it was reached, in a word."""
        return "met" if self.met else "FAILED"


def targets(engine: str, parts: Mapping[str, Any]) -> list[Target]:
    """Return the targets about those parts that were measured.

    Args:
        engine: the database.
        parts: what was found, by part.
    """
    judges = {
        "switch": _switch,
        "memory": _memory,
        "active": _active,
        "tables": _tables,
        "report": _report,
        "export": _export,
    }
    return [target for name, judge in judges.items() if name in parts for target in judge(engine, parts[name])]


def ratio(size: Mapping[str, Any], above: str, below: str) -> float | None:
    """Return how many times longer one contender took than another; None if one of them was not measured."""
    found = size["contenders"]
    if above not in found or below not in found:
        return None
    return round(_median(found[above]) / _median(found[below]), 3)


def _median(contender: Mapping[str, Any]) -> float:
    return contender.get("ms", contender)["median"]


def _switch(engine: str, part: Mapping[str, Any]) -> Iterator[Target]:
    for size in part["sizes"]:
        if size["rows"] >= FLOOR_ROWS:
            for name in ("reset", "undo"):
                measured = ratio(size, name, "floor")
                yield Target(engine, f"{name} / floor, {size['rows']:,} rows", measured or 0, FLOOR)
        times = ratio(size, "loop", "reset")
        if size["blocks"] == LOOP_BLOCKS and times is not None:
            yield Target(engine, f"platform's loop / reset, {LOOP_BLOCKS} blocks", times, LOOP, at_least=True)
    for name in ("reset", "undo"):
        counts = [size["contenders"][name]["statements_total"] for size in part["sizes"]]
        yield Target(engine, f"statements, {name}, most less fewest over all sizes", max(counts) - min(counts), 0)


def _memory(engine: str, part: Mapping[str, Any]) -> Iterator[Target]:
    first, last = part["sizes"][0], part["sizes"][-1]
    grown = last["peak_growth_kib"] - first["peak_growth_kib"]
    yield Target(engine, f"memory, KiB more at {last['rows']:,} rows than at {first['rows']:,}", grown, MEMORY)


def _active(engine: str, part: Mapping[str, Any]) -> Iterator[Target]:
    for what, found in part["learners"]["never_reset"].items():
        words = what.replace("_", " ")
        yield Target(engine, f"{words}, never reset: with / without", found["ratio"]["median"], HOST)


def _tables(engine: str, part: Mapping[str, Any]) -> Iterator[Target]:
    first, last = part["sizes"][0], part["sizes"][-1]
    if first is not last:
        words = f"{_states(last):,} / {_states(first):,} states in the table"
        floor = _growth(first, last, "floor")
        for name in ("reset", "undo"):
            grown = _growth(first, last, name)
            yield Target(engine, f"{name}, {words}", round(grown, 3), TABLES)
            yield Target(engine, f"{name}, {words}, beside the floor's growth", round(grown / floor, 3), TABLES)
    for size in part["sizes"]:
        yield Target(engine, f"scans beyond the learner's rows, {_states(size):,} states", len(size["scans"]), SCANS)


def _report(engine: str, part: Mapping[str, Any]) -> Iterator[Target]:
    words = f"report of {part['learners']:,} learners with {part['attempts']} attempts each"
    yield Target(engine, f"{words}, ms", part["ms"]["median"], REPORT)
    yield Target(engine, f"{words}, statements more than with few", part["statements"] - part["statements_with_few"], 0)


def _export(engine: str, part: Mapping[str, Any]) -> Iterator[Target]:
    for format_, found in part["formats"].items():
        words = f"export of {part['states']:,} states as {format_}"
        yield Target(engine, f"{words}, rate / bare cursor", found["ratio"], EXPORT, at_least=True)
        yield Target(engine, f"{words}, MiB resident", found["ours"]["resident_mib"], EXPORT_MEMORY)


def _growth(first: Mapping[str, Any], last: Mapping[str, Any], name: str) -> float:
    return _median(last["contenders"][name]) / _median(first["contenders"][name])


def _states(size: Mapping[str, Any]) -> int:
    return size["rows"]["courseware_studentmodule"]
