"""The plots of docs/performance.rst, as SVG."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")

from matplotlib import pyplot

from benchmarks.report import NAMES

_CONTENDERS = {
    "floor": ("bare UPDATEs (floor)", "#888888", "--", "s"),
    "reset": ("reset", "#1b6ca8", "-", "o"),
    "undo": ("undo", "#4fa3d1", "-", "v"),
    "archive": ("copy and delete", "#c58b1b", "-.", "D"),
    "loop": ("platform's loop", "#b23a48", "-", "^"),
}
#: The same figures give the same file, so that a commit shows what has changed.
_STABLE = {"svg.hashsalt": "benchmarks", "svg.fonttype": "none", "font.size": 9, "axes.grid": True, "grid.alpha": 0.3}


def draw(results: Mapping[str, Any], folder: Path) -> None:
    """Draw what was measured into a folder."""
    with matplotlib.rc_context(_STABLE):
        for part, panel, bottom in (("switch", _switch, None), ("tables", _tables, 1), ("throughput", _throughput, 0)):
            _panels(results, part, panel, bottom, folder / f"{part}.svg")


def _panels(results: Mapping[str, Any], part: str, panel: Any, bottom: int | None, path: Path) -> None:
    """Draw one panel for each engine that has the part, side by side."""
    found = {engine: parts[part]["found"] for engine, parts in results.items() if part in parts}
    columns = max(1, len(found))
    figure, axes = pyplot.subplots(
        1, columns, figsize=(4 * columns + 0.6, 3.8), sharey=True, squeeze=False, layout="constrained"
    )
    axes[0][0].set_title("not measured")
    for axis, engine in zip(axes[0], found, strict=False):
        axis.set_title(NAMES[engine])
        panel(axis, found[engine])
    # At the end: it keeps the axis, which all panels share, from growing.
    axes[0][0].set_ylim(bottom=bottom)
    handles, labels = axes[0][0].get_legend_handles_labels()
    if labels:
        figure.legend(handles, labels, loc="outside lower center", ncols=len(labels), frameon=False)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def _switch(axis: Any, found: Mapping[str, Any]) -> None:
    for name in _CONTENDERS:
        points = [
            (size["rows"], size["contenders"][name]["ms"]) for size in found["sizes"] if name in size["contenders"]
        ]
        _line(axis, name, points)
    _scales(axis, "rows of the learner")


def _tables(axis: Any, found: Mapping[str, Any]) -> None:
    for name in ("floor", "reset", "undo"):
        points = [(size["rows"]["courseware_studentmodule"], size["contenders"][name]) for size in found["sizes"]]
        _line(axis, name, points)
    _scales(axis, "states in the table")


def _line(axis: Any, name: str, points: list[tuple[int, Mapping[str, float]]]) -> None:
    label, colour, style, marker = _CONTENDERS[name]
    if not points:
        return
    counts = [count for count, _ in points]
    medians = [figures["median"] for _, figures in points]
    bounds = [[figures["median"] - figures["low"] for _, figures in points]]
    bounds.append([figures["high"] - figures["median"] for _, figures in points])
    axis.errorbar(
        counts, medians, yerr=bounds, label=label, color=colour, linestyle=style, marker=marker, markersize=4, capsize=2
    )


def _scales(axis: Any, across: str) -> None:
    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.set_xlabel(across)
    if axis.get_subplotspec().is_first_col():
        axis.set_ylabel("milliseconds, median and quartiles")


def _throughput(axis: Any, found: Mapping[str, Any]) -> None:
    workers = [run["workers"] for run in found["runs"]]
    kinds = (("switches", "switches", "#1b6ca8", "o"), ("with_follow_ups", "with all that follows", "#4fa3d1", "v"))
    for key, label, colour, marker in kinds:
        figures = [run[key]["per_second"] for run in found["runs"]]
        axis.plot(workers, figures, label=label, color=colour, marker=marker)
    axis.set_xticks(workers)
    axis.set_xlabel("Celery workers")
    if axis.get_subplotspec().is_first_col():
        axis.set_ylabel("operations per second")
