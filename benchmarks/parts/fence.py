"""Saves of learners' states with and without the fence, in turns.

* *bare*: with nobody listening to the save but the host itself;
* *fenced*: with the fence, nothing switched lately: one look at the cache;
* *lately*: with the fence, another learner switched a moment ago: one more statement by primary key.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import Any

from attempts.fence import announce_switch, unit_of_work
from benchmarks.marks import nothing_switched_lately
from benchmarks.meter import milliseconds, spread
from benchmarks.options import Options
from tests.factories import StateFactory, enrolled
from tests.fences import fence_down


def run(options: Options) -> dict[str, Any]:
    """Let the three take turns."""
    row = StateFactory(student=enrolled(), module_type="html")
    rounds: dict[str, list[float]] = {"bare": [], "fenced": [], "lately": []}
    for number in range(options.fence_rounds + 1):
        taken = _round(partial(_saves, row, options.saves), bare_first=number % 2 == 0)
        # The first round is the warm-up.
        for name, figure in taken.items() if number else ():
            rounds[name].append(figure / options.saves)
    found = {name: spread(figures).as_dict() for name, figures in rounds.items()}
    print("  ".join(f"{name} {one['median']:.3f} ms/save" for name, one in found.items()), flush=True)
    return {"ms_per_save": found, "rounds": options.fence_rounds, "saves": options.saves}


def _round(saves: Callable[[], None], *, bare_first: bool) -> dict[str, float]:
    found = {}
    with unit_of_work():
        nothing_switched_lately()
        for name in ("bare", "fenced") if bare_first else ("fenced", "bare"):
            with fence_down() if name == "bare" else nullcontext():
                found[name] = milliseconds(saves)
        # Last, for it cannot be unsaid.
        announce_switch()
        return {**found, "lately": milliseconds(saves)}


def _saves(row: Any, number: int) -> None:
    for _ in range(number):
        row.save()
