"""``python -m benchmarks.one_switch``: one switch in a fresh process, and what memory it took.

Takes the ids of two learners: one who is switched first, so that everything is loaded, and the one who counts. Prints
JSON: kibibytes resident before, at the highest, and afterwards. Asks Linux for them.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from pathlib import Path

from benchmarks.session import ENVIRONMENT


def main(warm_up: str, learner: str) -> None:
    """Switch both, and print what was found."""
    os.environ.update(ENVIRONMENT)
    import django

    django.setup()
    for user_id in (int(warm_up), int(warm_up)):
        _switch(user_id)
    gc.collect()
    # Lets the kernel forget how high it was while everything was loaded.
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before = _kibibytes("VmRSS")
    _switch(int(learner))
    peak = _kibibytes("VmHWM")
    print(json.dumps({"before_kib": before, "after_kib": _kibibytes("VmRSS"), "peak_growth_kib": peak - before}))


def _kibibytes(name: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def _switch(user_id: int) -> None:
    """Reset a learner and take it back."""
    from attempts import api
    from attempts.operations import execute
    from tests.factories import COURSE

    for request in (api.request_reset, api.request_undo):
        operation = request(user_id, COURSE, requested_by=None)
        execute(operation.uuid)
        if api.operation(operation.uuid).status != "complete":
            raise AssertionError(f"{operation.kind} ended as {api.operation(operation.uuid).error}")


if __name__ == "__main__":
    main(*sys.argv[1:])
