"""A switch beside the floor and the peers, for several numbers of rows per learner."""

from __future__ import annotations

from typing import Any

from benchmarks.contenders import Contender, Team, archive, blocks_of, floor, loop, reset, take_turns, undo
from benchmarks.filling import Work, learners, open_course, rows_per_learner, settle
from benchmarks.meter import spread
from benchmarks.options import Options
from tests.factories import COURSE


def run(options: Options) -> dict[str, Any]:
    """Measure each number of rows, the smallest first."""
    open_course(COURSE)
    sizes: list[dict[str, Any]] = []
    for rows in options.rows:
        sizes.append(_size(rows, options, _loops(rows, options, sizes)))
        print(_line(sizes[-1]), flush=True)
    return {"sizes": sizes, "learners": options.learners, "warm_up": 1}


def _size(rows: int, options: Options, loops: int) -> dict[str, Any]:
    blocks = max(1, rows // 2)
    everyone = [[floor()], [reset(), undo()], [archive()]]
    teams = [Team(contenders, learners(options.learners + 1, Work(blocks))) for contenders in everyone]
    if loops:
        teams.append(Team([loop(blocks_of(blocks))], learners(loops, Work(blocks))))
    newcomer = learners(1, Work(1))[0]
    settle()
    # What a process asks once, or once a minute, is no part of any one switch.
    for contender in (reset(), undo()):
        contender.warm_up(newcomer)
    take_turns(teams)
    contenders = [contender for team in teams for contender in team.contenders]
    return {
        "rows": rows,
        "blocks": blocks,
        "rows_moved": rows_per_learner(blocks),
        "contenders": {contender.name: _figures(contender) for contender in contenders},
    }


def _loops(rows: int, options: Options, before: list[dict[str, Any]]) -> int:
    """How many learners the loop gets: as many as the others, or fewer if that would take too long, or none."""
    if not before:
        return options.learners + 1
    last = before[-1]
    if "loop" not in last["contenders"]:
        return 0
    expected = last["contenders"]["loop"]["ms"]["median"] / 1000 * rows / last["rows"]
    loops = min(options.learners + 1, int(options.loop_seconds / expected))
    # One would be warm-up only.
    return loops if loops > 1 else 0


def _figures(contender: Contender) -> dict[str, Any]:
    return {
        "ms": spread(contender.figures).as_dict(),
        "statements": contender.statements,
        "statements_total": sum(contender.statements.values()),
    }


def _line(size: dict[str, Any]) -> str:
    words = [f"{size['rows']:>7} rows:"]
    for name, found in size["contenders"].items():
        words.append(f"{name} {found['ms']['median']:.1f} ms ({found['statements_total']} statements)")
    return "  ".join(words)
