"""The sweeps after each switch."""

from __future__ import annotations

from dataclasses import dataclass

from attempts import conf
from attempts.data import OperationData
from attempts.sweeping.sweep import sweep


@dataclass(frozen=True)
class Sweep:
    """Sweeps the learner of a switch.

    Attributes:
        name, immediate: see :class:`attempts.followups.FollowUp`.
        turn: which of ``ATTEMPTS_SWEEP_DELAYS`` it waits for.
    """

    name: str
    turn: int
    immediate: bool = False

    @property
    def delay(self) -> float:
        """Seconds after the commit."""
        return conf.sweep_delays()[self.turn]

    def run(self, operation: OperationData) -> None:
        """Put rows back; what is left to look at is in the log."""
        sweep(operation.learner.id, operation.course_key)


#: Once for what was under way, once for tasks that were computing grades.
SWEEPS = (Sweep("sweep", 0), Sweep("sweep_late", 1))
