"""What a worker's task costs: statements and time."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Self

from celery.signals import task_postrun, task_prerun
from django.db import connection
from django.test.utils import CaptureQueriesContext


@dataclass(frozen=True)
class Cost:
    """Statements issued, transaction control included, and milliseconds."""

    statements: int
    milliseconds: float


class TaskMeter:
    """A context in which the cost of each Celery task that runs in this process is noted, by the task's name.

    Tasks that a task runs here before it ends are not part of its own cost.
    """

    def __init__(self) -> None:
        self.costs: dict[str, Cost] = {}
        self._running: list[_Running] = []

    def __enter__(self) -> Self:
        task_prerun.connect(self._begin)
        task_postrun.connect(self._end)
        return self

    def __exit__(self, *_error: object) -> None:
        task_prerun.disconnect(self._begin)
        task_postrun.disconnect(self._end)

    def _begin(self, **_words: Any) -> None:
        self._running.append(_Running())

    def _end(self, task: Any, **_words: Any) -> None:
        ended = self._running.pop()
        total = ended.end()
        self.costs[task.name] = Cost(
            total.statements - ended.inner_statements, total.milliseconds - ended.inner_milliseconds
        )
        if self._running:
            self._running[-1].inner_statements += total.statements
            self._running[-1].inner_milliseconds += total.milliseconds


class _Running:
    """A task that has begun, and what the tasks that it has run have cost."""

    def __init__(self) -> None:
        self.inner_statements, self.inner_milliseconds = 0, 0.0
        self._capture = CaptureQueriesContext(connection)
        self._capture.__enter__()
        self._began = time.perf_counter()

    def end(self) -> Cost:
        milliseconds = (time.perf_counter() - self._began) * 1000
        self._capture.__exit__(None, None, None)
        return Cost(len(self._capture), milliseconds)
