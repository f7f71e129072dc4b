"""A store that is no table to the package, as docs/stores.rst shows it."""

from dataclasses import dataclass

from django.apps import apps

from attempts.stores import LearnerNames, Move, Moved, StoreSurvey


@dataclass(frozen=True)
class HintStore:
    """The number of hints left: put aside with an attempt, three in a new one."""

    name: str = "example_hintaccount"
    label: str = "Hints"

    def is_installed(self) -> bool:
        return apps.is_installed("tests.example")

    def database(self) -> str:
        return "default"

    def survey(self, learner: LearnerNames, move: Move) -> StoreSurvey:
        return StoreSurvey(rows=self._rows(learner, move).count(), restorable=len(move.ledger.found(self.name) or ()))

    def switch(self, learner: LearnerNames, move: Move, survey: StoreSurvey) -> Moved:
        rows = list(self._rows(learner, move).select_for_update())
        move.ledger.put_aside(self.name, {str(row.pk): {"left": row.left} for row in rows})
        kept = move.ledger.found(self.name) or {}
        for row in rows:
            self._rows(learner, move).filter(pk=row.pk).update(left=kept.get(str(row.pk), {"left": 3})["left"])
        return Moved(len(rows), len(kept))

    def _rows(self, learner: LearnerNames, move: Move):
        accounts = apps.get_model("example.HintAccount").objects
        return accounts.filter(user_id=learner.user_id, course_key=move.course_key)
