"""Stores that guard: rows that make a switch wrong unless an operator says otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import QuerySet

from attempts.exceptions import NotEligible
from attempts.stores.base import LearnerNames, Move, Moved, StoreSurvey
from attempts.stores.tables import Found, TableStore, as_text


@dataclass(frozen=True, kw_only=True)
class GuardingStore(TableStore):
    """A table whose rows stand against a switch and are left as they are, by a switch in spite of them too.

    Attributes:
        reason: makes the reason from the number of rows.
        guards_return: whether they stand against bringing an archived attempt back too, not only against a new one.
    """

    reason: Callable[[int], NotEligible]
    guards_return: bool = False

    def read_survey(self, learner: LearnerNames, move: Move, found: Found) -> StoreSurvey:
        """Return the reason, if there are rows; none of them would move."""
        rows = found.rows["archived"]
        objects = rows and (self.guards_return or move.restoring is None)
        return StoreSurvey(rows=0, problem=self.reason(rows) if objects else None)

    def switch(self, learner: LearnerNames, move: Move, survey: StoreSurvey) -> Moved:
        """Move nothing."""
        return Moved()

    def objecting_courses(self, learner: LearnerNames, growth: int) -> list[QuerySet]:
        """Return a query for the courses in which the learner has such rows."""
        rows = self.rows_anywhere(learner)
        return [rows.annotate(course_text=as_text(self.course)).values_list("course_text", flat=True).distinct()]
