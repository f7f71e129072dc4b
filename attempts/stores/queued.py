"""Tables that the host searches for work to do, in all courses at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from attempts.host.models import host_model
from attempts.keys import AttemptCourseLocator, KeyRewrite
from attempts.stores.base import LearnerNames, Move, Moved, StoreSurvey
from attempts.stores.rekeyed import RekeyedStore


@dataclass(frozen=True, kw_only=True)
class QueuedStore(RekeyedStore):
    """A table whose archived rows must also be out of sight of a queue that no course narrows.

    A flag says which rows wait. None does while it is archived; those that did are put aside by primary key, and wait
    again when their attempt comes back.

    Attributes:
        flag: the field, yes or no, that the queue goes by.
        waiting: its value in the rows that wait.
        anew: makes the values of a row that asks for all the work of an attempt, for a host that throws rows away once
            they no longer wait; it is added where one of those that were put aside is gone.
    """

    flag: str
    waiting: bool
    anew: Callable[[LearnerNames, Move], Mapping[str, Any]] | None = None

    @property
    def is_emptied(self) -> bool:
        """Whether the host throws rows away."""
        return self.anew is not None

    @property
    def marks(self) -> tuple[str, ...]:
        """The flag."""
        return (self.flag,)

    def switch(self, learner: LearnerNames, move: Move, survey: StoreSurvey) -> Moved:
        """Rewrite the rows of both attempts; put aside which ones wait, and let those of the other one wait again."""
        moved = super().switch(learner, move, survey)
        if moved.archived:
            # Of what was rewritten just now, and not before: rows may come until then, and are locked since.
            waiting = self._waiting(learner, move.archiving)
            move.ledger.put_aside(self.name, {str(key): {} for key in waiting.values_list("pk", flat=True)})
            waiting.update(**{self.flag: not self.waiting})
        kept = move.ledger.found(self.name) if move.restoring else None
        if kept:
            back = self.rows(learner, move.course_key).filter(pk__in=list(kept)).update(**{self.flag: self.waiting})
            if self.anew and back < len(kept):
                model = host_model(self.model)
                model._base_manager.using(self.database()).bulk_create([model(**self.anew(learner, move))])
        return moved

    def rewrite(self, learner: LearnerNames, rewrite: KeyRewrite, *, pk: Any = None) -> int:
        """Rewrite the learner's rows; a single one that the sweep archives does not wait from then on."""
        done = super().rewrite(learner, rewrite, pk=pk)
        if pk is not None and isinstance(rewrite.target, AttemptCourseLocator):
            self._waiting(learner, rewrite).filter(pk=pk).update(**{self.flag: not self.waiting})
        return done

    def _waiting(self, learner: LearnerNames, rewrite: KeyRewrite) -> QuerySet:
        """The rows under the key that they were rewritten to that wait."""
        return self.rows(learner, rewrite.target).filter(**{self.flag: self.waiting})
