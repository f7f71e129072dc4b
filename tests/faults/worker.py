"""The Celery worker of the campaign: the sandbox's, with faults that an operation's comment asks for.

A comment is the JSON of the operation's place in its history, of what happens at which boundary of the task, and of how
wrong the clock of the worker is.
"""

from __future__ import annotations

import json
from typing import Any

from celery.signals import task_postrun, task_prerun, worker_process_init

from sandbox.celery import app
from tests.faults.hooks import Faults, leave_word

_TASK = "attempts.run_operation"
_faults: list[Faults] = []


def run_worker(children: int) -> None:
    """Be a worker with so many children, until the process ends."""
    worker_process_init.connect(_child_begins, weak=False)
    task_prerun.connect(_task_begins, weak=False)
    task_postrun.connect(_task_ends, weak=False)
    options = ["--pool", "prefork", "--concurrency", str(children), "--loglevel", "ERROR"]
    app.worker_main(["worker", *options, "--without-gossip", "--without-mingle", "--without-heartbeat"])


def _child_begins(**_kwargs: Any) -> None:
    faults = Faults("worker")
    faults.install()
    _faults[:] = [faults]


def _task_begins(task: Any, args: Any, **_kwargs: Any) -> None:
    from attempts.models import AttemptOperation

    if task.name != _TASK:
        return
    row = AttemptOperation.objects.filter(uuid=args[0]).values_list("kind", "comment", "status").first()
    if row is not None and row[1].startswith("{"):
        words = json.loads(row[1])
        _faults[0].begin(words["work"], row[0], words.get("faults", ()), words.get("clock", 0))
        _faults[0].ended_before = row[2] in ("complete", "failed")


def _task_ends(task: Any, state: str, **_kwargs: Any) -> None:
    if task.name == _TASK:
        kind, ended_before = _faults[0]._kind, getattr(_faults[0], "ended_before", True)
        boundaries = _faults[0].end()
        if state == "SUCCESS" and not ended_before:
            leave_word("boundaries", kind=kind, count=boundaries)
