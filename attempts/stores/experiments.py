"""Groups of content experiments, which a new attempt keeps or draws again, as the policy says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from attempts.host.models import host_model
from attempts.stores.base import LearnerNames, Move, Moved, StoreSurvey
from attempts.stores.rekeyed import RekeyedStore
from attempts.stores.tables import Found


@dataclass(frozen=True)
class ExperimentGroups(RekeyedStore):
    """The learner's random groups: the platform draws again where it finds none.

    Every attempt has rows of its own: a new one that keeps the groups gets copies of those that are archived.
    """

    is_work: ClassVar[bool] = False

    def read_survey(self, learner: LearnerNames, move: Move, found: Found) -> StoreSurvey:
        """Return the counts; none if the other attempt was archived before there was this store."""
        survey = super().read_survey(learner, move, found)
        younger = move.restoring and move.ledger.found(self.name) is None
        return replace(survey, rows=0, foreign=0, problem=None) if younger else survey

    def switch(self, learner: LearnerNames, move: Move, survey: StoreSurvey) -> Moved:
        """Archive the groups of one attempt; bring back those of the other, or copy them for a new one."""
        move.ledger.put_aside(self.name, {})
        moved = super().switch(learner, move, survey)
        if move.to_number is None and move.policy.experiments == "keep" and moved.archived:
            copies = list(self.rows(learner, move.archiving.target))
            for row in copies:
                row.pk = None
                setattr(row, self.course, move.course_key)
            host_model(self.model)._base_manager.using(self.database()).bulk_create(copies)
        return moved
