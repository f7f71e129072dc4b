"""Groups of content experiments, which a new attempt keeps or draws again, as the policy says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from attempts.stores.base import LearnerNames, Move, StoreSurvey
from attempts.stores.rekeyed import RekeyedStore
from attempts.stores.tables import Found


@dataclass(frozen=True)
class ExperimentGroups(RekeyedStore):
    """The learner's random groups: the platform draws again where it finds none.

    A new attempt has none if the policy says ``redraw``. An attempt that comes back has those it had, if they were
    archived with it; if they were kept, they are still there.
    """

    is_work: ClassVar[bool] = False

    def read_survey(self, learner: LearnerNames, move: Move, found: Found) -> StoreSurvey:
        """Return the counts; no rows of the active attempt if they are to be kept.

        They are archived if a new attempt is to draw, or if the other attempt has groups of its own.
        """
        survey = super().read_survey(learner, move, found)
        moves = survey.restorable > 0 if move.restoring else move.policy.experiments == "redraw"
        return survey if moves else replace(survey, rows=0, foreign=0, problem=None)
