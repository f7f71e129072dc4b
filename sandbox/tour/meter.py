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
    """A context in which the cost of each Celery task that runs in this process is noted."""

    def __init__(self) -> None:
        self.costs: list[Cost] = []

    def __enter__(self) -> Self:
        task_prerun.connect(self._begin)
        task_postrun.connect(self._end)
        return self

    def __exit__(self, *_error: object) -> None:
        task_prerun.disconnect(self._begin)
        task_postrun.disconnect(self._end)

    def _begin(self, **_words: Any) -> None:
        self._capture = CaptureQueriesContext(connection)
        self._capture.__enter__()
        self._began = time.perf_counter()

    def _end(self, **_words: Any) -> None:
        milliseconds = (time.perf_counter() - self._began) * 1000
        self._capture.__exit__(None, None, None)
        self.costs.append(Cost(len(self._capture), milliseconds))
