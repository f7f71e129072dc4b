"""Rows that a switch has run into: put where they belong, or named."""

from __future__ import annotations

from uuid import UUID

from attempts.exceptions import RowsInTheWay
from attempts.models import AttemptOperation
from attempts.sweeping import ROW_IN_THE_WAY, sweep
from attempts.telemetry import Event, EventLog, about_operation

log = EventLog(__name__)

#: Rows that are named in full.
_NAMED = 3


def make_way(uuid: UUID) -> RowsInTheWay | None:
    """Sweep the learner of an operation whose keys clashed; return what stands in its way for good, None if nothing.

    It clashes with what the learner saves meanwhile, which the next try finds, and with rows that a late write has
    left under the key that the active attempt will be archived by.
    """
    try:
        operation = AttemptOperation.objects.get(uuid=uuid)
        found = sweep(operation.learner_id, operation.course_key).findings
    except Exception as error:
        # The switch is tried again, and will say what is wrong with the site.
        with about_operation(uuid):
            log.error(Event.SWEEP_FAILED, error)
        return None
    blocking = [finding.detail for finding in found if finding.code == ROW_IN_THE_WAY]
    return RowsInTheWay(blocking[:_NAMED], len(blocking)) if blocking else None
