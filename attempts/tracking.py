"""Tracking events: what the host's event log, and whoever reads it, learns of a switch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eventtracking import tracker

from attempts.data import OperationData
from attempts.followups import FollowUpFailed, FollowUpNotNeeded, errors_logged_by

ARCHIVED = "edx.course.attempt.archived"
OPENED = "edx.course.attempt.opened"
RESTORED = "edx.course.attempt.restored"
#: Where the two attempts are in an event.
ARCHIVED_ATTEMPT, ACTIVE_ATTEMPT = "archived_attempt", "active_attempt"
#: Where the library logs what its backends and processors raise, and swallows it.
_BACKENDS = "eventtracking.backends.routing"


class TrackSwitch:
    """Emits two events for each switch: what was archived, and what was opened or restored."""

    name = "tracking"
    delay = 0.0
    immediate = False

    def run(self, operation: OperationData) -> None:
        """Emit them.

        Raises:
            FollowUpNotNeeded: this site has no tracker.
            FollowUpFailed: a backend failed.
        """
        try:
            site_tracker = tracker.get_tracker()
        except KeyError:
            raise FollowUpNotNeeded("tracking_off", "This site has no event tracking.") from None
        entered = OPENED if operation.kind == "reset" else RESTORED
        about = {ARCHIVED: ARCHIVED_ATTEMPT, entered: ACTIVE_ATTEMPT}
        told = event(operation)
        with errors_logged_by(_BACKENDS) as errors:
            for name, which in about.items():
                with site_tracker.context("attempts.switch", {**context(operation), "attempt": told[which]}):
                    site_tracker.emit(name, told)
        if errors:
            raise FollowUpFailed("tracking_failed", "A backend of event tracking failed; the log has the details.")


def context(operation: OperationData) -> dict[str, Any]:
    """Return the context that the platform gives its events about a learner in a course."""
    return {
        "user_id": operation.learner.id,
        "course_id": str(operation.course_key),
        "org_id": operation.course_key.org,
    }


def event(operation: OperationData) -> Mapping[str, Any]:
    """Return what the events carry: ids and numbers, nothing personal, plain keys."""
    switched_at = operation.completed_at
    return {
        "user_id": operation.learner.id,
        "course_id": str(operation.course_key),
        "operation": str(operation.uuid),
        "kind": operation.kind,
        "switched_at": switched_at.isoformat() if switched_at else None,
        ARCHIVED_ATTEMPT: {"uuid": str(operation.from_uuid), "number": operation.from_number},
        ACTIVE_ATTEMPT: {"uuid": str(operation.to_uuid), "number": operation.to_number},
        "undoes": str(operation.undoes) if operation.undoes else None,
    }


TRACKING = TrackSwitch()
