"""The command: ``python -m tests.faults --histories N --seed S``, or ``--replay SEED``."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any


def main() -> int:
    """Run a campaign; return 0 if every promise was kept."""
    words = _words()
    var = Path(tempfile.mkdtemp(prefix="attempts-faults-"))
    from tests.faults.site import free_port

    port = free_port()
    os.environ["SANDBOX_VAR"] = str(var)
    os.environ["CELERY_BROKER_URL"] = f"redis://127.0.0.1:{port}/0"
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.faults.settings"
    if words.database:
        os.environ["DATABASE_URL"] = words.database
    status = _run(words, var, port)
    if status == 0:
        shutil.rmtree(var, ignore_errors=True)
    else:
        sys.stderr.write(f"What the processes have said is in {var}.\n")
    return status


def _words() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--histories", type=int, default=200, help="how many (default: 200)")
    parser.add_argument("--seed", "--first-seed", type=int, default=1, help="of the first one (default: 1)")
    parser.add_argument(
        "--replay", type=int, metavar="SEED", action="append", help="only this history; can be repeated"
    )
    parser.add_argument("--database", metavar="URL", help="MariaDB, MySQL or PostgreSQL (default: DATABASE_URL)")
    parser.add_argument("--summary", type=Path, metavar="FILE", help="write the summary there after each batch")
    parser.add_argument(
        "--continue", dest="go_on", action="store_true", help="after the last seed of the summary that is there"
    )
    words = parser.parse_args()
    if words.go_on and not words.summary:
        parser.error("--continue needs --summary FILE: the summary says where to go on.")
    return words


def _run(words: argparse.Namespace, var: Path, port: int) -> int:
    import django

    django.setup()
    from django.db import connection
    from django.test.utils import setup_databases, teardown_databases

    from tests.faults.campaign import Campaign, print_line
    from tests.faults.seeding import make_site, warm_up
    from tests.faults.summary import added

    if connection.vendor not in ("mysql", "postgresql"):
        print_line("The campaign needs MariaDB, MySQL or PostgreSQL: name one by --database or DATABASE_URL.")
        return 2
    earlier = json.loads(words.summary.read_text()) if words.go_on and words.summary.exists() else None
    first = earlier["last_seed"] + 1 if earlier else words.seed
    seeds = words.replay or range(first, words.seed + words.histories)
    if not seeds:
        print_line("There is nothing left to do.")
        return 0
    print_line(f"seeds {seeds}" if words.replay else f"seeds {seeds[0]} to {seeds[-1]}")
    kept = {}

    def keep(summary: dict[str, Any]) -> None:
        kept.update(added(earlier, summary) if earlier else summary)
        if words.summary:
            words.summary.write_text(json.dumps(kept, indent=2) + "\n")

    made = setup_databases(verbosity=0, interactive=False)
    try:
        make_site()
        warm_up()
        asyncio.run(Campaign(var, port, print_line, keep).run(seeds))
    finally:
        teardown_databases(made, verbosity=0)
    print_line(json.dumps(kept, indent=2))
    broken = sorted({violation["seed"] for violation in kept["violations"]})
    if broken:
        print_line(f"FAILED. To replay: python -m tests.faults {' '.join(f'--replay {seed}' for seed in broken)}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
