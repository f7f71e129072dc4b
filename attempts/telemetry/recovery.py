"""What is told of the runs of `recover`."""

from __future__ import annotations

from attempts.telemetry import counts
from attempts.telemetry.events import Event
from attempts.telemetry.logs import EventLog

log = EventLog("attempts.operations")


def recovered(operations: int, follow_ups: int) -> None:
    """Tell that what was left behind has been looked for, and how many of each were taken up."""
    counts.note_recovery()
    log.info(Event.RECOVER_ENDED, operations=operations, follow_ups=follow_ups)
