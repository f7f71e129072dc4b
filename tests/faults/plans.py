"""What happens in a history: derived from its seed alone, so that any history can be had again.

A plan is a list of steps. How they interleave with other histories, and how far a process got when it died, is up to
the machine; what is asked for and what breaks is not.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from tests.faults.seeding import BLOCKS

#: Tables a learner writes into, and how often each is chosen.
_TABLES = {
    "courseware_studentmodule": 5,
    "completion_blockcompletion": 3,
    "grades_persistentsubsectiongrade": 2,
    "grades_persistentcoursegrade": 2,
    "submissions_studentitem": 1,
}
_LATE_TABLES = ("courseware_studentmodule", "grades_persistentcoursegrade", "grades_persistentsubsectiongrade")
_MORE_BLOCKS = ("b3", "b4")
#: Seconds by which a clock may be wrong.
_CLOCKS = (-300, -90, 90, 300)
#: Faults that hit whatever the site is at, not only the history that brings them: each comes once in so many histories.
_SITE_FAULTS = {"stop_broker": 40, "kill_broker": 50, "kill_worker": 250}

Step = dict[str, Any]


@dataclass
class Plan:
    """A history.

    Attributes:
        seed: what it was derived from.
        steps: what is done, in this order.
    """

    seed: int
    steps: list[Step] = field(default_factory=list)

    @property
    def may_go_astray(self) -> bool:
        """Whether anything in it happens beside a switch or across it, which a sweep looks for afterwards."""
        racing = any(step["do"] == "hold" or step.get("during") or step.get("clock") for step in self.steps)
        return racing or self.seed % 4 == 0


def plan_of(seed: int) -> Plan:
    """Return the history of a seed: 6 to 12 steps, one to three of them switches, with a fault at least."""
    rng = random.Random(seed)
    plan = Plan(seed)
    switches = rng.choice((1, 1, 1, 2, 2, 3))
    late = rng.random() < 0.5
    for number in range(switches):
        plan.steps += [_work(rng) for _ in range(rng.randint(1, 2 if switches < 3 else 1))]
        if late and len(plan.steps) < 8:
            plan.steps.append(_hold(rng, number))
        plan.steps.append(_switch(rng, seed, number))
        if late:
            plan.steps.append({"do": "release", "hold": number, "clock": 0, "faults": []})
            late = rng.random() < 0.3
    if rng.random() < 0.1:
        plan.steps.append({"do": "sweep"})
    while len(plan.steps) < 6:
        plan.steps.append(_work(rng))
    _break_something(rng, plan)
    return plan


def _work(rng: random.Random) -> Step:
    tables = rng.choices(list(_TABLES), list(_TABLES.values()), k=rng.randint(1, 2))
    writes = sorted({(table, rng.choice((*BLOCKS, *_MORE_BLOCKS))) for table in tables})
    return {"do": "work", "writes": writes, "faults": [], "clock": 0}


def _hold(rng: random.Random, number: int) -> Step:
    insert = rng.random() < 0.3
    return {
        "do": "hold",
        "hold": number,
        "insert": insert,
        "table": "courseware_studentmodule" if insert else rng.choice(_LATE_TABLES),
        "block": "late" if insert else "b0",
        "some_columns": rng.random() < 0.3,
    }


def _switch(rng: random.Random, seed: int, number: int) -> Step:
    kind = "reset" if number == 0 else rng.choice(("reset", "undo", "undo", "activate"))
    return {
        "do": "switch",
        "kind": kind,
        "number": number,
        "to": rng.random(),
        "by": "call" if rng.random() < 0.3 else "http",
        "faults": [],
        "request_faults": [],
        "clock": 0,
        "request_clock": 0,
        "during": [(rng.random() * 0.15, _work(rng)) for _ in range(rng.choice((0, 0, 1, 2)))],
        "rival": None,
        "twin": rng.random() < 0.05,
        "messages": [],
        "site": None,
    }


def _break_something(rng: random.Random, plan: Plan) -> None:
    """Put faults into a plan. Every other history has its worker killed at the boundary whose turn it is."""
    switches = [step for step in plan.steps if step["do"] == "switch"]
    seed = plan.seed
    if seed % 2 == 0:
        # Which boundary that is depends on how many there are, and that is known when it is asked for.
        switches[(seed // 2) % len(switches)]["faults"].append({"do": "kill", "turn": seed // 2})
    for fault, every in _SITE_FAULTS.items():
        if seed % every == every // 2 + 1:
            rng.choice(switches)["site"] = fault
    for _ in range(rng.choice((0, 1, 1, 2)) if seed % 2 == 0 else rng.choice((1, 1, 2))):
        _FAULTS[rng.randrange(len(_FAULTS))](rng, plan, rng.choice(switches))


def _kill_again(rng: random.Random, _plan: Plan, step: Step) -> None:
    step["faults"].append({"do": "kill", "turn": rng.randrange(1000)})


def _lose_connection(rng: random.Random, _plan: Plan, step: Step) -> None:
    step["faults"].append({"do": "lose_connection", "turn": rng.randrange(1000)})


def _fill_disk(rng: random.Random, _plan: Plan, step: Step) -> None:
    step["faults"].append({"do": "fill_disk", "turn": rng.randrange(1000)})


def _kill_web(rng: random.Random, _plan: Plan, step: Step) -> None:
    step["by"] = "http"
    step["request_faults"].append({"do": "kill", "at": rng.randrange(22)})


def _web_loses_connection(rng: random.Random, _plan: Plan, step: Step) -> None:
    step["by"] = "http"
    step["request_faults"].append({"do": rng.choice(("lose_connection", "fill_disk")), "at": rng.randrange(22)})


def _kill_learner(rng: random.Random, plan: Plan, _step: Step) -> None:
    fault = {"do": rng.choice(("kill", "kill", "lose_connection", "fill_disk")), "at": rng.randrange(16)}
    rng.choice([step for step in plan.steps if step["do"] == "work"])["faults"].append(fault)


def _deadlock(_rng: random.Random, plan: Plan, step: Step) -> None:
    """The switch must have both rows to move, so somebody writes them just before."""
    step["rival"] = {"do": "cross"}
    both = [("courseware_studentmodule", "b0"), ("grades_persistentcoursegrade", "b0")]
    plan.steps.insert(plan.steps.index(step), {"do": "work", "writes": both, "faults": [], "clock": 0})


def _lock_timeout(rng: random.Random, _plan: Plan, step: Step) -> None:
    step["rival"] = {"do": "hold", "what": rng.choice(("states", "grade", "identity"))}


def _messages(rng: random.Random, _plan: Plan, step: Step) -> None:
    step["messages"] = [rng.choice(("again", "again", "older", "recover")) for _ in range(rng.randint(1, 3))]


def _clock(rng: random.Random, plan: Plan, step: Step) -> None:
    where = rng.choice(("clock", "clock", "request_clock", "learner"))
    if where == "learner":
        rng.choice([one for one in plan.steps if one["do"] == "work"])["clock"] = rng.choice(_CLOCKS)
    else:
        step[where] = rng.choice(_CLOCKS)


_FAULTS = (
    _kill_again,
    _lose_connection,
    _lose_connection,
    _fill_disk,
    _kill_web,
    _kill_web,
    _web_loses_connection,
    _kill_learner,
    _kill_learner,
    _deadlock,
    _lock_timeout,
    _messages,
    _messages,
    _messages,
    _clock,
)


def undisturbed(seed: int) -> Plan:
    """Return a history with a switch of each kind in which nothing breaks."""
    steps: list[Step] = []
    for number, kind in enumerate(("reset", "undo", "reset", "activate")):
        rng = random.Random(number)
        everything = [(table, "b0") for table in _TABLES]
        steps.append({"do": "work", "writes": everything, "faults": [], "clock": 0})
        steps.append({**_switch(rng, seed, number), "kind": kind, "to": 0.0, "by": "call", "during": [], "twin": False})
    return Plan(seed, steps)
