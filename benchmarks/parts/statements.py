"""The slowest statements of a switch at the largest number of rows, with their plans."""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from benchmarks.contenders import Contender, reset, undo
from benchmarks.explain import EXPLAINED, analysed, watched
from benchmarks.filling import Work, learners, open_course, settle
from benchmarks.meter import first_word, milliseconds
from benchmarks.options import Options
from tests.factories import COURSE

SLOWEST = 3
#: Characters of a statement, and of its plan, that are kept at each end.
_KEPT = 600


@dataclass
class Timed:
    """Times each statement of a connection, in order."""

    statements: list[tuple[str, float]] = field(default_factory=list)

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Time a statement."""
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.statements.append((sql, (time.perf_counter() - began) * 1000))


def run(options: Options) -> dict[str, Any]:
    """Time the statements of a reset and its undo, one learner after the other."""
    open_course(COURSE)
    rows = max(options.rows)
    crowd = learners(options.learners + 2, Work(max(1, rows // 2)))
    settle()
    found: dict[str, Any] = {"rows": rows, "learners": options.learners}
    timed = {contender.name: [_timed(contender, learner) for learner in crowd[:-1]] for contender in (reset(), undo())}
    for contender in (reset(), undo()):
        # The first learner is the warm-up.
        found[contender.name] = _slowest(contender, timed[contender.name][1:], crowd[-1])
        print(f"{contender.name}: {_line(found[contender.name])}", flush=True)
    return found


@dataclass(frozen=True)
class Run:
    """One switch: milliseconds of the whole, of the database's commits, and of each statement in order."""

    whole: float
    commits: float
    statements: list[tuple[str, float]]

    def by_place(self) -> dict[tuple[str, int], float]:
        """Return the milliseconds of each statement, by its text and how often that had come before."""
        seen: Counter[str] = Counter()
        found = {}
        for sql, taken in self.statements:
            found[sql, seen[sql]] = taken
            seen[sql] += 1
        return found


def _timed(contender: Contender, learner: Any) -> Run:
    switch = contender.prepare(learner)
    timed = Timed()
    with connection.execute_wrapper(timed), _timed_commits() as commits:
        whole = milliseconds(switch)
    return Run(whole, sum(commits), timed.statements)


@contextmanager
def _timed_commits() -> Iterator[list[float]]:
    commits: list[float] = []
    commit = connection._commit

    def timed() -> None:
        commits.append(milliseconds(commit))

    connection._commit = timed
    try:
        yield commits
    finally:
        del connection._commit


def _slowest(contender: Contender, runs: list[Run], learner: Any) -> dict[str, Any]:
    by_place = [one.by_place() for one in runs]
    # What is asked once a minute only is left out.
    always = set(by_place[0]).intersection(*by_place)
    medians = {place: statistics.median(one[place] for one in by_place) for place in always}
    order = sorted(medians, key=lambda place: -medians[place])[:SLOWEST]
    plans = _plans(contender, learner, [sql for sql, _nth in order])
    whole = statistics.median(one.whole for one in runs)
    return {
        "whole_ms": round(whole, 2),
        "statements_ms": round(sum(medians.values()), 2),
        "commits_ms": round(statistics.median(one.commits for one in runs), 2),
        "slowest": [
            {
                "ms": round(medians[sql, nth], 2),
                "share": round(medians[sql, nth] / whole, 3),
                "sql": _shortened(sql),
                "plan": _shortened(plans.get(sql, "")),
            }
            for sql, nth in order
        ],
    }


def _plans(contender: Contender, learner: Any, wanted: list[str]) -> dict[str, str]:
    """Carry out a last switch, and have the plan of each wanted statement told just before it runs."""
    plans: dict[str, str] = {}

    def look(sql: str, parameters: Any) -> None:
        if sql in wanted and sql not in plans and first_word(sql) in EXPLAINED:
            plans[sql] = analysed(sql, parameters)

    switch = contender.prepare(learner)
    with watched(look):
        switch()
    return plans


def _shortened(text: str) -> str:
    left_out = len(text) - 2 * _KEPT
    return text if left_out <= 0 else f"{text[:_KEPT]} [… {left_out} characters …] {text[-_KEPT:]}"


def _line(found: dict[str, Any]) -> str:
    slowest = "; ".join(f"{one['ms']} ms {one['sql'][:60]}" for one in found["slowest"])
    return (
        f"{found['whole_ms']} ms, {found['statements_ms']} of them statements, {found['commits_ms']} commits: {slowest}"
    )
