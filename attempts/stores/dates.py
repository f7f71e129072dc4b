"""Individual due dates: a pile of rows of which the newest for each block counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from attempts.host.models import host_model
from attempts.stores.base import LearnerNames, Move, Moved, StoreSurvey
from attempts.stores.tables import Found, TableStore

#: What a date of a learner says, in edx-when: an absolute date or a shift of the course's; neither is "no extension".
_COPIED = ("user_id", "content_date_id", "abs_date", "rel_date", "reason", "actor_id")
_LATER = ("first_component_block_id", "is_content_gated")


@dataclass(frozen=True)
class PersonalDates(TableStore):
    """The dates of edx-when that are one learner's: cancelled and given again as its users do, by newer rows.

    No row is changed. The rows in force are put aside by primary key. A new attempt gets an empty row for each of
    them; an attempt that comes back gets a copy of those it had.
    """

    def read_survey(self, learner: LearnerNames, move: Move, found: Found) -> StoreSurvey:
        """Return how many dates are on the pile, and how many would be given again."""
        kept = move.ledger.found(self.name) if move.restoring else None
        return StoreSurvey(rows=found.rows["archived"], restorable=len(kept or ()))

    def switch(self, learner: LearnerNames, move: Move, survey: StoreSurvey) -> Moved:
        """Put aside the dates in force; cancel them, and give again those of the other attempt."""
        pile = self.rows(learner, move.course_key).order_by("modified", "pk") if survey.rows else []
        newest = {row.content_date_id: row for row in pile}
        in_force = [row for row in newest.values() if row.abs_date is not None or row.rel_date is not None]
        move.ledger.put_aside(self.name, {str(row.pk): {} for row in in_force})
        kept = move.ledger.found(self.name) if move.restoring else {}
        if kept is None:
            return Moved(archived=len(in_force))
        again = list(self.all_rows().filter(pk__in=list(kept)).order_by("pk")) if kept else []
        given = {row.content_date_id for row in again}
        made = [self._copy(row) for row in again]
        made += [
            self._copy(row, abs_date=None, rel_date=None, reason="")
            for row in in_force
            if row.content_date_id not in given
        ]
        # The times of creation and modification are now, which makes these rows the newest.
        host_model(self.model)._base_manager.using(self.database()).bulk_create(made)
        return Moved(len(in_force), len(again))

    def _copy(self, row: Any, **changes: Any) -> Any:
        model = host_model(self.model)
        known = {field.attname for field in model._meta.concrete_fields}
        values = {name: getattr(row, name) for name in (*_COPIED, *_LATER) if name in known}
        return model(**{**values, **changes})
