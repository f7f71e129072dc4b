"""The tables of docs/performance.rst, written from the results so that the two cannot differ."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.capacity import Inputs, plan
from benchmarks.targets import ratio, targets

Results = Mapping[str, Any]
NAMES = {"sqlite": "SQLite", "mariadb": "MariaDB", "postgresql": "PostgreSQL"}
#: Stands where nothing was measured.
NOTHING = "-"


def write_tables(results: Results, folder: Path) -> None:
    """Write every table into a folder."""
    tables = {
        "machine": (("engine", "part", "date", "commit", "load average", "server", "settings"), _machine(results)),
        "targets": (("engine", "target", "measured", "limit", ""), _targets(results)),
        "switch": (
            (
                "engine",
                "rows",
                "floor, ms",
                "reset, ms",
                "undo, ms",
                "platform's loop, ms",
                "copy and delete, ms",
                "reset / floor",
                "undo / floor",
                "loop / reset",
                "statements: floor, reset, undo, loop, copy",
            ),
            _switch(results),
        ),
        "memory": (("engine", "rows", "resident before, MiB", "more at the highest, KiB"), _memory(results)),
        "active": (
            ("engine", "learner", "what", "without, ms", "with, ms", "with / without", "quartiles"),
            _active(results),
        ),
        "fence": (
            ("engine", "shared cache", "without fence, ms", "nothing switched lately, ms", "another just now, ms"),
            _fence(results),
        ),
        "tables": (
            ("engine", "states", "completions", "floor, ms", "reset, ms", "undo, ms", "reset / floor", "scans"),
            _tables(results),
        ),
        "report": (
            (
                "engine",
                "learners",
                "states",
                "subsection grades",
                "report, ms",
                "more resident, MiB",
                "statements",
                "compare, ms",
                "statements",
            ),
            _report(results),
        ),
        "export": (
            (
                "engine",
                "format",
                "rows",
                "ours, rows per second",
                "bare cursor, rows per second",
                "ours / bare",
                "ours, MiB resident",
                "bare, MiB resident",
            ),
            _export(results),
        ),
        "throughput": (
            (
                "engine",
                "workers",
                "switches per second",
                "with all that follows",
                "workers compute, ms",
                "server computes, ms",
                "server's share",
                "server's log, KiB",
                "request, ms",
            ),
            _throughput(results),
        ),
        "inputs": (
            (
                "engine",
                "busy, ms",
                "worker computes, ms",
                "server computes, ms",
                "request, ms",
                "log, KiB",
                "server's cores",
                "most per second",
            ),
            _inputs(results),
        ),
        "plan": (("engine", "workers", "per second", "hours", "server's cores busy", "limited by"), _plan(results)),
        "statements": (("engine", "switch", "ms", "of the whole", "statement"), _statements(results)),
    }
    for name, (header, rows) in tables.items():
        _write(folder / f"{name}.csv", header, rows)
    (folder / "report.txt").write_text("\n".join(_report_plans(results)) + "\n", encoding="utf-8")
    (folder / "statements.txt").write_text("\n".join(_plans(results)) + "\n", encoding="utf-8")


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        # A table without rows is none to the documentation.
        writer.writerows(list(rows) or [("not measured", *[NOTHING] * (len(header) - 1))])


def _found(results: Results, part: str) -> Iterator[tuple[str, Any]]:
    for engine, parts in results.items():
        if part in parts:
            yield NAMES[engine], parts[part]["found"]


def number(value: float | None) -> str:
    """Return a figure with three digits that count, thousands set apart; a dash for none."""
    if value is None:
        return NOTHING
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) >= 1 or not value else f"{value:.2g}"


def _ms(contenders: Mapping[str, Any], name: str) -> str:
    found = contenders.get(name)
    if found is None:
        return NOTHING
    figures = found.get("ms", found)
    if figures["count"] == 1:
        return number(figures["median"])
    return f"{number(figures['median'])} ({number(figures['low'])} to {number(figures['high'])})"


def _machine(results: Results) -> Iterator[tuple[str, ...]]:
    for engine, parts in results.items():
        for part, one in parts.items():
            facts = one["facts"]
            settings = ", ".join(f"{name} {value}" for name, value in facts["server_settings"].items())
            load = f"{facts['load_average']:g}"
            yield NAMES[engine], part, facts["date"], facts["commit"], load, facts["server"], settings


def _targets(results: Results) -> Iterator[tuple[str, ...]]:
    for engine, parts in results.items():
        for one in targets(engine, {part: found["found"] for part, found in parts.items()}):
            bound = f"{'≥' if one.at_least else '≤'} {one.limit:g}"
            yield NAMES[engine], one.what, f"{one.measured:g}", bound, one.verdict


def _switch(results: Results) -> Iterator[tuple[str, ...]]:
    order = ("floor", "reset", "undo", "loop", "archive")
    for engine, found in _found(results, "switch"):
        for size in found["sizes"]:
            contenders = size["contenders"]
            statements = (contenders[name]["statements_total"] if name in contenders else NOTHING for name in order)
            ratios = (("reset", "floor"), ("undo", "floor"), ("loop", "reset"))
            yield (
                engine,
                f"{size['rows']:,}",
                *(_ms(contenders, name) for name in order),
                *(number(ratio(size, above, below)) for above, below in ratios),
                ", ".join(map(str, statements)),
            )


def _memory(results: Results) -> Iterator[tuple[str, ...]]:
    for engine, found in _found(results, "memory"):
        for size in found["sizes"]:
            yield engine, f"{size['rows']:,}", f"{size['before_kib'] / 1024:.1f}", f"{size['peak_growth_kib']:,}"


def _active(results: Results) -> Iterator[tuple[str, ...]]:
    for engine, found in _found(results, "active"):
        for learner, operations in found["learners"].items():
            for what, one in operations.items():
                quartiles = f"{one['ratio']['low']:.3f} to {one['ratio']['high']:.3f}"
                figures = (number(one[name]["median"]) for name in ("without", "with"))
                words = learner.replace("_", " "), what.replace("_", " ")
                yield engine, *words, *figures, f"{one['ratio']['median']:.3f}", quartiles


def _fence(results: Results) -> Iterator[tuple[str, ...]]:
    for engine, parts in results.items():
        if "fence" in parts:
            found = parts["fence"]["found"]["ms_per_save"]
            cache = parts["fence"]["facts"]["shared_cache"]
            yield NAMES[engine], cache, *(_ms(found, name) for name in ("bare", "fenced", "lately"))


def _tables(results: Results) -> Iterator[tuple[str, ...]]:
    for engine, found in _found(results, "tables"):
        for size in found["sizes"]:
            rows = size["rows"]
            yield (
                engine,
                f"{rows['courseware_studentmodule']:,}",
                f"{rows['completion_blockcompletion']:,}",
                *(_ms(size["contenders"], name) for name in ("floor", "reset", "undo")),
                number(ratio(size, "reset", "floor")),
                str(len(size["scans"])),
            )


def _report(results: Results) -> Iterator[tuple[str, ...]]:
    for engine, found in _found(results, "report"):
        sizes = (f"{found[name]:,}" for name in ("learners", "states", "subsection_grades"))
        grown, compared = number(found["resident_growth_mib"]), found["compare"]
        report = (_ms(found, "ms"), grown, str(found["statements"]))
        yield engine, *sizes, *report, _ms(compared, "ms"), str(compared["statements"])


def _export(results: Results) -> Iterator[tuple[str, ...]]:
    for engine, part in _found(results, "export"):
        for format_, found in part["formats"].items():
            ours, bare = found["ours"], found["bare"]
            rates = (number(one["rows"] / one["seconds"]) for one in (ours, bare))
            memory = (number(one["resident_mib"]) for one in (ours, bare))
            yield engine, format_, f"{ours['rows']:,}", *rates, number(found["ratio"]), *memory


def _report_plans(results: Results) -> Iterator[str]:
    """The plans of the statements of a report, the slowest first."""
    for engine, found in _found(results, "report"):
        for one in found["plans"]:
            title = f"{engine}: {number(one['ms'])} ms with all its rows"
            yield f"{title}\n{'=' * len(title)}\n{one['sql']}\n\n{one['plan']}\n"


def _throughput(results: Results) -> Iterator[tuple[str, ...]]:
    for engine, found in _found(results, "throughput"):
        for run in found["runs"]:
            whole = run["with_follow_ups"]
            worker, server = whole["workers_cpu_ms"], whole["server_cpu_ms"]
            yield (
                engine,
                str(run["workers"]),
                number(run["switches"]["per_second"]),
                number(whole["per_second"]),
                number(worker),
                number(server),
                NOTHING if server is None else f"{server / (server + worker):.0%}",
                number(_kibibytes(whole["log_bytes"])),
                number(run["request_ms"]),
            )


def _kibibytes(size: int | None) -> float | None:
    return None if size is None else size / 1024


def _capacities(results: Results) -> Iterator[tuple[str, Inputs]]:
    for engine, found in _found(results, "throughput"):
        if any(run["workers"] == 1 for run in found["runs"]):
            yield engine, Inputs.of(found)


def _inputs(results: Results) -> Iterator[tuple[str, ...]]:
    for engine, one in _capacities(results):
        server = None if one.server is None else one.server * 1000
        figures = (one.busy * 1000, one.worker * 1000, server, one.request * 1000, _kibibytes(one.log))
        yield engine, *map(number, figures), str(one.cores), number(one.most_per_second)


def _plan(results: Results) -> Iterator[tuple[str, ...]]:
    for engine, inputs in _capacities(results):
        for line in plan(inputs):
            figures = (number(line[name]) for name in ("per_second", "hours", "server_cores_busy"))
            yield engine, str(line["workers"]), *figures, line["limit"]


def _slowest(results: Results) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for engine, found in _found(results, "statements"):
        for kind in ("reset", "undo"):
            for one in found[kind]["slowest"]:
                yield engine, kind, one


def _statements(results: Results) -> Iterator[tuple[str, ...]]:
    for engine, kind, one in _slowest(results):
        # As a literal of the page, in which no backtick may stand.
        sql = one["sql"].replace("`", "")
        sql = sql if len(sql) <= 120 else f"{sql[:120]} …"
        yield engine, kind, number(one["ms"]), f"{one['share']:.0%}", f"``{sql}``"


def _plans(results: Results) -> Iterator[str]:
    for engine, kind, one in _slowest(results):
        title = f"{engine}, {kind}: {number(one['ms'])} ms, {one['share']:.0%} of the whole"
        yield f"{title}\n{'=' * len(title)}\n{one['sql']}\n\n{one['plan']}\n"
