"""A target that was missed is called missed, in every place."""

from __future__ import annotations

import csv
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from benchmarks import capacity
from benchmarks.report import write_tables
from benchmarks.targets import targets


def _figures(median: float, statements: int = 40) -> dict[str, Any]:
    spread = {"median": median, "low": median, "high": median, "count": 5}
    return {"ms": spread, "statements": {}, "statements_total": statements}


def _parts() -> dict[str, Any]:
    """Results that meet every target, all just so."""
    size = {"rows": 1000, "blocks": 500, "rows_moved": 1026}
    contenders = {"floor": 100.0, "reset": 125.0, "undo": 125.0, "archive": 90.0, "loop": 2600.0}
    table = {"scans": [], "looked_at": 9, "plans": [], "fill_seconds": 1}
    spread = _figures(10.0)["ms"]
    return {
        "switch": {
            "sizes": [
                {**size, "rows": 10, "blocks": 5, "contenders": {name: _figures(9.0) for name in contenders}},
                {**size, "contenders": {name: _figures(median) for name, median in contenders.items()}},
            ]
        },
        "memory": {
            "sizes": [
                {"rows": 10, "before_kib": 9, "after_kib": 9, "peak_growth_kib": 0},
                {"rows": 1000, "before_kib": 9, "after_kib": 9, "peak_growth_kib": 4096},
            ]
        },
        "active": {
            "learners": {
                name: {"read": {"ratio": {**spread, "median": ratio}, "with": spread, "without": spread}}
                for name, ratio in (("never_reset", 1.02), ("with_archived", 3.0))
            }
        },
        "tables": {
            "sizes": [
                {
                    **table,
                    "rows": {"courseware_studentmodule": rows, "completion_blockcompletion": rows},
                    "contenders": {
                        "floor": {**spread, "median": floor},
                        "reset": {**spread, "median": reset},
                        "undo": {**spread, "median": undo},
                    },
                }
                for rows, floor, reset, undo in ((1000, 10.0, 10.0, 10.0), (10_000, 10.1, 15.0, 14.0))
            ]
        },
        "export": {
            "states": 3_000_000,
            "formats": {
                "csv": {
                    "ours": {"rows": 3_000_000, "seconds": 20.0, "resident_mib": 200.0},
                    "bare": {"rows": 3_000_000, "seconds": 10.0, "resident_mib": 150.0},
                    "ratio": 0.5,
                }
            },
        },
    }


def test_results_that_are_just_good_enough_meet_every_target() -> None:
    found = targets("sqlite", _parts())
    assert len(found) == 15
    assert [target.what for target in found if not target.met] == []


@pytest.mark.parametrize(
    ("path", "value", "missed"),
    [
        (("switch", "sizes", 1, "contenders", "reset", "ms", "median"), 125.2, "reset / floor, 1,000 rows"),
        (("switch", "sizes", 1, "contenders", "undo", "ms", "median"), 125.2, "undo / floor, 1,000 rows"),
        (("switch", "sizes", 1, "contenders", "loop", "ms", "median"), 2499.0, "platform's loop / reset, 500 blocks"),
        (("switch", "sizes", 0, "contenders", "reset", "statements_total"), 39, "statements, reset"),
        (("memory", "sizes", 1, "peak_growth_kib"), 4097, "memory, KiB more"),
        (("export", "formats", "csv", "ratio"), 0.499, "export of 3,000,000 states as csv, rate / bare cursor"),
        (
            ("export", "formats", "csv", "ours", "resident_mib"),
            200.1,
            "export of 3,000,000 states as csv, MiB resident",
        ),
        (("active", "learners", "never_reset", "read", "ratio", "median"), 1.021, "read, never reset"),
        (
            ("tables", "sizes", 1, "contenders", "floor", "median"),
            9.9,
            "reset, 10,000 / 1,000 states in the table, beside",
        ),
        (("tables", "sizes", 0, "scans"), [{"table": "x"}], "scans beyond the learner's rows, 1,000 states"),
    ],
)
def test_a_miss_is_told_and_written(path: tuple[Any, ...], value: Any, missed: str, tmp_path: Path) -> None:
    parts = deepcopy(_parts())
    place: Any = parts
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    failed = [target for target in targets("mariadb", parts) if not target.met]
    assert [target.verdict for target in failed] == ["FAILED"]
    assert failed[0].what.startswith(missed)

    facts = {"date": "", "commit": "", "server": "", "server_settings": {}, "shared_cache": "", "load_average": 0.5}
    write_tables({"mariadb": {name: {"facts": facts, "found": found} for name, found in parts.items()}}, tmp_path)
    with (tmp_path / "targets.csv").open(encoding="utf-8") as file:
        written = [row for row in csv.reader(file) if row[-1] == "FAILED"]
    assert [row[:2] for row in written] == [["MariaDB", failed[0].what]]


def test_a_part_that_was_not_measured_has_no_targets() -> None:
    assert targets("sqlite", {}) == []


def test_the_plan_is_limited_by_the_workers_until_the_server_is_busy() -> None:
    run = {
        "workers": 1,
        "request_ms": 5.0,
        "with_follow_ups": {
            "per_second": 4.0,
            "workers_cpu_ms": 150.0,
            "server_cpu_ms": 50.0,
            "log_bytes": 10,
        },
    }
    inputs = capacity.Inputs.of({"runs": [run], "cores": 2})
    assert inputs.server_share == 0.25
    assert inputs.most_per_second == 40
    assert capacity.hours(inputs, 1, learners=14_400) == 1
    lines = {line["workers"]: line for line in capacity.plan(inputs, learners=144_000)}
    assert (lines[8]["per_second"], lines[8]["hours"], lines[8]["limit"]) == (32.0, 1.2, "workers")
    assert (lines[16]["per_second"], lines[16]["hours"], lines[16]["limit"]) == (40.0, 1.0, "server")
    with pytest.raises(ValueError, match="one worker"):
        capacity.Inputs.of({"runs": [{**run, "workers": 2}], "cores": 2})
