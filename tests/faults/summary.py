"""What a campaign has come to, as JSON; and several of them as a page: ``python -m tests.faults.summary FILE...``."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.faults.checker import Violation

Summary = dict[str, Any]


def summarise(
    *,
    engine: str,
    histories: int,
    last_seed: int,
    violations: Sequence[Violation],
    strikes: Sequence[Mapping[str, Any]],
    met: Sequence[Mapping[str, Any]],
    deletes: Sequence[Mapping[str, Any]],
    boundaries: Mapping[str, int],
    counts: Mapping[str, int],
    seconds: int,
) -> Summary:
    """Return the summary of a campaign.

    Args:
        engine: the server's name and version.
        histories: how many were checked.
        last_seed: of the last of them.
        violations: promises that were broken.
        strikes: faults that were struck inside a process, as the process wrote them down.
        met: errors of the database that say that one has struck.
        deletes: statements that nobody may send.
        boundaries: of the task of each kind of switch.
        counts: what the controller has counted.
        seconds: how long it took.
    """
    struck = Counter(f"{word['fault']} ({word['role']})" for word in strikes)
    struck.update(f"met {word['fault']} ({word['role']})" for word in met)
    struck.update({name.removeprefix("struck "): n for name, n in counts.items() if name.startswith("struck ")})
    killed = [word for word in strikes if (word["fault"], word["role"]) == ("kill", "worker")]
    found = [vars(violation) for violation in violations]
    found += [{"seed": _seed(word), "promise": "no DELETE", "detail": f"{word}"} for word in deletes]
    return {
        "engine": engine,
        "histories": histories,
        "last_seed": last_seed,
        "seconds": seconds,
        "violations": found,
        "faults_that_struck": dict(sorted(struck.items())),
        "boundaries": dict(sorted(boundaries.items())),
        "kills_by_boundary": dict(Counter(str(word["at"]) for word in killed)),
        "kills_by_statement": dict(Counter(word["label"] for word in killed).most_common()),
        "counts": {name: n for name, n in sorted(counts.items()) if not name.startswith("struck ")},
    }


def added(first: Summary, then: Summary) -> Summary:
    """Return the summary of a campaign that was cut off and continued."""
    if first["engine"] != then["engine"]:
        raise ValueError(f"The summary there is of {first['engine']}, and this is {then['engine']}.")
    sums = ("faults_that_struck", "kills_by_boundary", "kills_by_statement", "counts")
    return {
        **then,
        "histories": first["histories"] + then["histories"],
        "seconds": first["seconds"] + then["seconds"],
        "violations": first["violations"] + then["violations"],
        "boundaries": {
            kind: max(first["boundaries"].get(kind, 0), count) for kind, count in then["boundaries"].items()
        },
        **{name: dict(sorted((Counter(first[name]) + Counter(then[name])).items())) for name in sums},
    }


def kills_at(summary: Summary) -> list[int]:
    """Return how often a worker was killed at each boundary that a switch of any kind has."""
    killed = summary["kills_by_boundary"]
    return [killed.get(str(at), 0) for at in range(max(summary["boundaries"].values(), default=0))]


def as_page(summaries: Sequence[Summary]) -> str:
    """Return a table of some campaigns, for the documentation."""
    rows = [_row("histories", [summary["histories"] for summary in summaries])]
    rows.append(_row("violations", [len(summary["violations"]) for summary in summaries]))
    rows.append(_row("steps", [_sum(summary["counts"], "step ") for summary in summaries]))
    rows.append(_row("hours", [f"{summary['seconds'] / 3600:.1f}" for summary in summaries]))
    rows += _rows("faults_that_struck", "", summaries)
    rows.append(_row("boundaries of a switch's task", [len(kills_at(summary)) for summary in summaries]))
    rows.append(_row("kills at each, fewest", [min(kills_at(summary), default=0) for summary in summaries]))
    rows.append(_row("kills at each, most", [max(kills_at(summary), default=0) for summary in summaries]))
    rows += _rows("counts", "operation ", summaries)
    rows += _rows("counts", "late ", summaries)
    rows += _rows("counts", "rows that ", summaries)
    head = '   :header-rows: 1\n   :widths: 50 25 25\n\n   "",' + ",".join(
        f'"{_short(one["engine"])}"' for one in summaries
    )
    return ".. csv-table::\n" + "\n".join((head, *rows)) + "\n"


def _rows(part: str, prefix: str, summaries: Sequence[Summary]) -> list[str]:
    names = sorted({name for summary in summaries for name in summary[part] if name.startswith(prefix)})
    return [_row(name, [summary[part].get(name, 0) for summary in summaries]) for name in names]


def _row(name: str, values: Sequence[Any]) -> str:
    return f'   "{name}",' + ",".join(str(value) for value in values)


def _sum(counts: Mapping[str, int], prefix: str) -> int:
    return sum(n for name, n in counts.items() if name.startswith(prefix))


def _short(engine: str) -> str:
    """Return the name and number of an engine, without how it was compiled."""
    number = next(word for word in engine.split() if word[0].isdigit())
    return f"MariaDB {number.split('-')[0]}" if "MariaDB" in engine else f"{engine.split()[0]} {number}"


def _seed(word: Mapping[str, Any]) -> int:
    text = str(word.get("work", "")).split("-")[0]
    return int(text) if text.isdigit() else 0


if __name__ == "__main__":
    sys.stdout.write(as_page([json.loads(Path(name).read_text()) for name in sys.argv[1:]]))
