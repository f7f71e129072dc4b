"""What a sample query is, and how an engine takes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from attempts.datasets import DATASETS
from attempts.datasets.engines import Engine

#: What is long or said twice: the month of ``opened_at`` as text, such as 2026-11; the part of the possible points.
WORDS: Final[Mapping[str, str]] = {
    "month": "SUBSTR(CAST(opened_at AS CHAR(7)), 1, 7)",
    "part": """CASE
      WHEN COALESCE(override_possible_graded, possible_graded) > 0
      THEN COALESCE(override_earned_graded, earned_graded) / COALESCE(override_possible_graded, possible_graded)
      WHEN COALESCE(override_possible_all, possible_all) > 0
      THEN COALESCE(override_earned_all, earned_all) / COALESCE(override_possible_all, possible_all)
    END""",
}


@dataclass(frozen=True)
class Sample:
    """One question.

    Attributes:
        name: what code calls it.
        question: what it answers, as people ask it.
        note: what one has to know of the answer; a sentence or two.
        sql: the query, with words in braces: a dataset's name is its view, ``course`` and ``learner`` are literals,
            ``days`` is what :class:`attempts.datasets.engines.Engine` calls so, the others are in :data:`WORDS`.
    """

    name: str
    question: str
    note: str
    sql: str

    def on(self, engine: Engine, *, course: str, learner: str | int) -> str:
        """Return the query as one engine takes it.

        Args:
            engine: the engine.
            course: the plain key of the course that is asked about.
            learner: the learner, where one is asked about: a user id, or in exports a pseudonym.
        """
        tables = {dataset.name: dataset.view for dataset in DATASETS}
        literals = {"course": _literal(course), "learner": _literal(learner)}
        return self.sql.format_map({**WORDS, **tables, **literals, "days": engine.days})


def _literal(value: str | int) -> str:
    return str(value) if isinstance(value, int) else "'{}'".format(value.replace("'", "''"))
