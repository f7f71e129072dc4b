"""Operations per second with several workers on Redis, requests enqueued beforehand, and who computes for them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import psutil
from django.db.models import QuerySet

from attempts import api, conf
from attempts.models import AttemptOperation, FollowUp
from attempts.tasks import run_operation
from benchmarks.facts import facts
from benchmarks.filling import Work, learners, open_course, rows_per_learner, settle
from benchmarks.options import Options
from benchmarks.workers import (
    check_broker,
    computed,
    log_written,
    servers_computed,
    wait_for,
    warm_up_queue,
    workers,
)
from sandbox.celery import app
from tests.factories import COURSE

#: Operations of each worker that do not count.
WARM_UP = 3
#: Seconds in which one operation and what follows it must be over, at the very least.
_SLOWEST = 5


@dataclass(frozen=True)
class Reading:
    """Clocks at one moment: the time, and what the workers and the server have computed."""

    at: float
    workers: float
    server: float | None
    log: int | None

    def since(self, earlier: Reading, operations: int) -> dict[str, float | None]:
        """Return what one of some operations took since an earlier reading."""
        server = None if self.server is None or earlier.server is None else self.server - earlier.server
        log = None if self.log is None or earlier.log is None else self.log - earlier.log
        return {
            "per_second": round(operations / (self.at - earlier.at), 3),
            "workers_cpu_ms": round((self.workers - earlier.workers) * 1000 / operations, 2),
            "server_cpu_ms": None if server is None else round(server * 1000 / operations, 2),
            "log_bytes": None if log is None else round(log / operations),
        }


def run(options: Options) -> dict[str, Any]:
    """Measure each number of workers."""
    check_broker()
    open_course(COURSE)
    _purge()
    runs = []
    for number in options.workers:
        runs.append(_with_workers(number, options))
        print(_line(runs[-1]), flush=True)
    blocks = max(1, options.worker_rows // 2)
    return {
        "runs": runs,
        "switches": options.switches,
        "rows_moved": rows_per_learner(blocks),
        "cores": facts()["cores"],
        "warm_up": WARM_UP,
    }


def _with_workers(number: int, options: Options) -> dict[str, Any]:
    work = Work(max(1, options.worker_rows // 2))
    first, crowd = learners(WARM_UP * number, work), learners(options.switches, work)
    settle()
    with workers(number) as processes:
        _warm_up(first, number, processes)
        # What followed the warm-up waits in the queue, and would be counted.
        _purge()
        began = time.perf_counter()
        uuids = [api.request_reset(learner, COURSE, requested_by=None).uuid for learner in crowd]
        requesting = (time.perf_counter() - began) / len(uuids)
        operations = AttemptOperation.objects.filter(uuid__in=uuids)
        return {"workers": number, "request_ms": round(requesting * 1000, 2), **_measured(operations, processes)}


def _warm_up(crowd: list[Any], number: int, processes: list[psutil.Process]) -> None:
    """Let each worker carry out some operations."""
    uuids = []
    for n, learner in enumerate(crowd):
        with patch("attempts.tasks.enqueue_operation"):
            uuids.append(api.request_reset(learner, COURSE, requested_by=None).uuid)
        run_operation.apply_async((str(uuids[-1]),), queue=warm_up_queue(n % number))
    operations = AttemptOperation.objects.filter(uuid__in=uuids)
    wait_for(lambda: _all_ended(operations), "the workers are warm", processes, 120 + _SLOWEST * len(uuids))


def _measured(operations: QuerySet, processes: list[psutil.Process]) -> dict[str, Any]:
    """Let the workers at what is enqueued, and read the clocks when they are through."""
    total = operations.count()
    patience = _SLOWEST * total
    began = _reading(processes)
    app.control.add_consumer(conf.queue())
    wait_for(lambda: _all_ended(operations), "all operations have ended", processes, patience)
    switched = _reading(processes)
    follow_ups = FollowUp.objects.filter(operation__in=operations, status="waiting")
    wait_for(lambda: not follow_ups.exists(), "nothing is left to do", processes, patience)
    done = _reading(processes)
    failed = operations.exclude(status="complete").count()
    if failed:
        raise AssertionError(f"{failed} of {total} operations failed")
    return {"switches": switched.since(began, total), "with_follow_ups": done.since(began, total)}


def _all_ended(operations: QuerySet) -> bool:
    return not operations.filter(in_flight=True).exists()


def _purge() -> None:
    with app.connection_for_write() as broker:
        broker.default_channel.queue_purge(conf.queue())


def _reading(processes: list[psutil.Process]) -> Reading:
    return Reading(time.time(), computed(processes), servers_computed(), log_written())


def _line(found: dict[str, Any]) -> str:
    one, all_of_it = found["switches"], found["with_follow_ups"]
    return (
        f"{found['workers']} workers: {one['per_second']} switches/s, {all_of_it['per_second']} with all that follows;"
        f" for each the workers compute {all_of_it['workers_cpu_ms']} ms, the server {all_of_it['server_cpu_ms']} ms"
    )
