"""Write ``docs/components.csv`` anew from what is declared in ``attempts.coverage.declared``."""

import csv
import os
import sys
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent
HEADER = ("Component", "Table", "Answer", "Why")


def main() -> None:
    """Write one line for each table, in the order of the declarations."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sandbox.settings")
    django.setup()

    from attempts.coverage.declared import AREAS

    with (ROOT / "docs" / "components.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        for area in AREAS:
            for component, tables in area.items():
                writer.writerows((component, table, answer, reason) for table, (answer, reason) in tables.items())


if __name__ == "__main__":
    main()
