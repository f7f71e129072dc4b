"""``python -m benchmarks.child PART OPTIONS FILE``: one part on the database that ``DATABASE_URL`` names.

A process of its own for each part, so that none begins with what another has left in memory. ``python -m benchmarks``
starts it.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path

from benchmarks.options import Options
from benchmarks.session import database


def main(part: str, options: str, path: str) -> None:
    """Measure, and write what was found."""
    with database():
        from benchmarks.facts import facts

        found = import_module(f"benchmarks.parts.{part}").run(Options.from_json(options))
        Path(path).write_text(json.dumps({"facts": facts(), "found": found}), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
