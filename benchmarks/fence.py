"""``python -m benchmarks.fence``: saves of learners' states with and without the fence, side by side in one run.

Prints the saves of a ``StudentModule`` per second, inside a unit of work as in a request,

* *bare*: with nobody listening to the save but the host itself;
* *fenced*: with the fence, nothing switched lately: one look at the cache;
* *lately*: with the fence, another learner switched a moment ago: one more statement by primary key.

The three take turns, round by round, in a database that is gone afterwards; each figure is the median of the rounds.
The shared cache is Redis at ``REDIS_URL`` if that is set, or else the sandbox's directory.
"""

from __future__ import annotations

import os
import statistics
import time
from typing import Any

import django

ROUNDS, SAVES = 15, 200


def main() -> None:
    """Measure and print."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    from django.db import connection
    from django.test.utils import override_settings, setup_databases, teardown_databases

    from tests.caches import SHARED

    database = setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
    try:
        with override_settings(CACHES=SHARED):
            results = _measure()
    finally:
        teardown_databases(database, verbosity=0)
    kind = SHARED["shared"]["BACKEND"].rpartition(".")[2]
    print(f"{connection.vendor}, {kind}, median of {ROUNDS} rounds of {SAVES} saves")
    print(f"{'':>8}{'saves/s':>10}{'ms/save':>10}{'more':>8}")
    for name, seconds in results.items():
        more = seconds / results["bare"] - 1
        print(f"{name:>8}{1 / seconds:>10.0f}{seconds * 1000:>10.3f}{more:>8.1%}")


def _measure() -> dict[str, float]:
    """The seconds that one save takes, by kind."""
    from django.core.cache import caches

    from attempts.fence import announce_switch, unit_of_work
    from tests.factories import StateFactory, enrolled
    from tests.fences import fence_down

    row = StateFactory(student=enrolled(), module_type="html")
    rounds: dict[str, list[float]] = {"bare": [], "fenced": [], "lately": []}
    for _ in range(ROUNDS):
        with unit_of_work():
            caches["shared"].clear()
            row.save()
            rounds["fenced"].append(_seconds(row))
            with fence_down():
                rounds["bare"].append(_seconds(row))
            announce_switch()
            rounds["lately"].append(_seconds(row))
    return {name: statistics.median(found) for name, found in rounds.items()}


def _seconds(row: Any) -> float:
    began = time.perf_counter()
    for _ in range(SAVES):
        row.save()
    return (time.perf_counter() - began) / SAVES


if __name__ == "__main__":
    main()
