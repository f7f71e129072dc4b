"""What the docs promise is what there is."""

from __future__ import annotations

import csv
from pathlib import Path

from attempts.exceptions import NotEligible
from attempts_api.v1.error_codes import ERROR_CODES

DOCS = Path(__file__).parent.parent.parent / "docs"


def rows(name: str) -> list[list[str]]:
    """Return the rows of a table, but for its head."""
    with (DOCS / name).open(newline="") as file:
        return list(csv.reader(file))[1:]


def test_the_list_of_error_codes_is_the_one_in_the_code() -> None:
    """With status and meaning."""
    assert rows("errors.csv") == [[code, str(error.status), error.meaning] for code, error in ERROR_CODES.items()]


def test_the_list_of_reasons_is_the_one_in_the_code() -> None:
    """And which of them can be overridden."""
    kinds = sorted(NotEligible.__subclasses__(), key=lambda kind: kind.code)
    assert [(row[0], row[2]) for row in rows("reasons.csv")] == [
        (kind.code, "yes" if kind.overridable else "no") for kind in kinds
    ]
