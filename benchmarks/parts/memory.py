"""The memory that a switch takes in a fresh process, for several numbers of rows."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from typing import Any

from benchmarks.filling import Work, learners, open_course, settle
from benchmarks.options import Options
from benchmarks.session import environment
from tests.factories import COURSE

PROCESSES = 3


def run(options: Options) -> dict[str, Any]:
    """Start some processes for each number of rows, the smallest first."""
    open_course(COURSE)
    sizes = []
    for rows in options.rows:
        crowd = learners(PROCESSES, Work(max(1, rows // 2)))
        warm_up = learners(PROCESSES, Work(5))
        settle()
        found = [_process(one.pk, other.pk) for one, other in zip(warm_up, crowd, strict=True)]
        medians = {name: round(statistics.median(one[name] for one in found)) for name in found[0]}
        sizes.append({"rows": rows, **medians})
        print(f"{rows:>7} rows: {medians}", flush=True)
    return {"sizes": sizes, "processes": PROCESSES}


def _process(warm_up: int, learner: int) -> dict[str, int]:
    command = [sys.executable, "-m", "benchmarks.one_switch", str(warm_up), str(learner)]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        raise RuntimeError(f"a process that was to switch one learner failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])
