"""``python -m benchmarks``: a reset beside the bare statements that any reset has to spend, in one run.

Prints, for 10 to 10,000 rows per learner, the milliseconds of

* *floor*: five hand-written ``UPDATE`` statements over the same rows in one transaction, keys replaced by ``REPLACE``;
* *reset* and *undo*: the whole switch, as a worker runs it, policy, summary and records included.

Each figure is the median of several learners, floor and ours taking turns in a database that is gone afterwards.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from typing import Any

import django

ROWS = (10, 100, 1_000, 10_000)
LEARNERS = 7


def main() -> None:
    """Measure and print."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    from django.db import connection
    from django.test.utils import setup_databases, teardown_databases

    database = setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
    try:
        print(f"{connection.vendor}, median of {LEARNERS} learners, milliseconds")
        print(f"{'rows':>8}{'floor':>10}{'reset':>10}{'undo':>10}{'reset/floor':>14}")
        for rows in ROWS:
            floor, reset, undo = _measure(rows)
            print(f"{rows:>8}{floor:>10.1f}{reset:>10.1f}{undo:>10.1f}{reset / floor:>14.2f}", flush=True)
    finally:
        teardown_databases(database, verbosity=0)


def _measure(rows: int) -> tuple[float, float, float]:
    from attempts import api
    from attempts.operations import execute
    from tests.factories import COURSE, PolicyFactory

    if not api.effective_policy(COURSE).active:
        PolicyFactory()
    floors, resets, undos = [], [], []
    for _ in range(LEARNERS):
        floors.append(_milliseconds(_floor, _learner(rows)))
        learner = _learner(rows)
        operation = api.request_reset(learner, COURSE, requested_by=None)
        resets.append(_milliseconds(execute, operation.uuid))
        operation = api.request_undo(learner, COURSE, requested_by=None)
        undos.append(_milliseconds(execute, operation.uuid))
    return statistics.median(floors), statistics.median(resets), statistics.median(undos)


def _learner(rows: int) -> Any:
    """A learner with states and completions, half and half."""
    from sandbox.courseware.models import StudentModule
    from tests.factories import COURSE, CompletionFactory, StateFactory, enrolled

    learner = enrolled()
    keys = [COURSE.make_usage_key("problem", f"{number:032x}") for number in range(rows // 2)]
    StudentModule.objects.bulk_create(StateFactory.build(student=learner, module_state_key=key) for key in keys)
    completions = [CompletionFactory.build(user=learner, block_key=key) for key in keys]
    type(completions[0]).objects.bulk_create(completions)
    return learner


def _floor(learner: Any) -> None:
    from django.db import connection, transaction

    from tests.snapshots import KEYED

    with transaction.atomic(), connection.cursor() as cursor:
        for table, (owner, course, usage) in KEYED.items():
            keys = "".join(f", {column} = REPLACE({column}, 'Run+', 'Run+attempt@1+')" for column in usage)
            cursor.execute(
                f"UPDATE {table} SET {course} = 'attempt-v1:Org+Course+Run+attempt@1'{keys} "
                f"WHERE {owner} = %s AND {course} = 'course-v1:Org+Course+Run'",
                [str(learner.pk) if table.startswith("submissions") else learner.pk],
            )


def _milliseconds(call: Callable[[Any], None], argument: Any) -> float:
    began = time.perf_counter()
    call(argument)
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
