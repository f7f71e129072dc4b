"""The plan for a whole site: what resetting every learner of a course takes, from what was measured.

For so many learners, with *n* workers on machines of their own and a database server of *c* cores:

* a worker is busy for ``busy`` seconds with each operation and all that follows it, one divided by the operations per
  second of one worker;
* the server computes ``server`` seconds for each;
* so *n* workers carry out ``min(n / busy, c / server)`` operations each second: the first while workers are few, the
  second once the server's cores are all busy;
* ``hours = learners / that / 3600``; requesting comes first or meanwhile, and takes ``learners * request`` seconds in
  one process.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

LEARNERS = 400_000
#: Numbers of workers that are planned for.
WORKERS = (1, 2, 4, 8, 16)


@dataclass(frozen=True)
class Inputs:
    """What was measured with one worker, all that follows a switch included.

    Attributes:
        busy: seconds for each operation.
        worker: seconds that the worker computes for each.
        server: seconds that the database's server computes for each; None if that was not seen.
        request: seconds that a request takes.
        log: bytes of the server's log for each; None if that was not seen.
        cores: cores that the server has.
    """

    busy: float
    worker: float
    server: float | None
    request: float
    log: int | None
    cores: int

    @classmethod
    def of(cls, throughput: dict[str, Any]) -> Inputs:
        """Return the inputs from the results of the part ``throughput``.

        Raises:
            ValueError: nothing was measured with one worker.
        """
        one = next((run for run in throughput["runs"] if run["workers"] == 1), None)
        if one is None:
            raise ValueError("the plan needs what was measured with one worker")
        found = one["with_follow_ups"]
        server = found["server_cpu_ms"]
        return cls(
            busy=1 / found["per_second"],
            worker=found["workers_cpu_ms"] / 1000,
            server=None if server is None else server / 1000,
            request=one["request_ms"] / 1000,
            log=found["log_bytes"],
            cores=throughput["cores"],
        )

    @property
    def server_share(self) -> float | None:
        """The server's share of all computing, from 0.0 to 1.0."""
        return None if self.server is None else self.server / (self.server + self.worker)

    @property
    def most_per_second(self) -> float | None:
        """Operations per second at which the server's cores are all busy."""
        return None if not self.server else self.cores / self.server


def hours(inputs: Inputs, workers: int, learners: int = LEARNERS) -> float:
    """Return the hours that so many workers need for so many learners."""
    return learners / per_second(inputs, workers) / 3600


def per_second(inputs: Inputs, workers: int) -> float:
    """Return the operations per second of so many workers."""
    fed = workers / inputs.busy
    return fed if inputs.most_per_second is None else min(fed, inputs.most_per_second)


def plan(inputs: Inputs, learners: int = LEARNERS) -> list[dict[str, Any]]:
    """Return the plan, a line for each number of workers."""
    return [
        {
            "workers": workers,
            "per_second": round(per_second(inputs, workers), 1),
            "hours": round(hours(inputs, workers, learners), 1),
            "server_cores_busy": None
            if inputs.server is None
            else round(per_second(inputs, workers) * inputs.server, 2),
            "limit": "workers" if per_second(inputs, workers) == workers / inputs.busy else "server",
        }
        for workers in WORKERS
    ]
