"""What something costs in an LMS, and a report of it at the end of the run."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db import connections

#: Lines that are shown after the tests.
REPORT: list[str] = []


class Cost:
    """What something took: seconds by the clock and of this process, and statements."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.own_seconds = 0.0
        self.statements: Counter[str] = Counter()

    def __call__(self, run: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.statements[sql.split(maxsplit=1)[0].upper()] += 1
        return run(sql, params, many, context)

    def __str__(self) -> str:
        kinds = ", ".join(f"{count} {kind}" for kind, count in self.statements.most_common())
        times = f"{self.seconds * 1000:.0f} ms ({self.own_seconds * 1000:.0f} ms of them computing)"
        return f"{times}, {self.statements.total()} statements ({kinds})"


@contextmanager
def measured() -> Iterator[Cost]:
    cost = Cost()
    with ExitStack() as stack:
        for connection in connections.all():
            stack.enter_context(connection.execute_wrapper(cost))
        start, own_start = time.perf_counter(), time.process_time()
        yield cost
        cost.seconds, cost.own_seconds = time.perf_counter() - start, time.process_time() - own_start
