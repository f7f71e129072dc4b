"""What is told of what comes after a switch."""

from __future__ import annotations

from typing import Literal

from attempts.data import OperationData
from attempts.telemetry import counts
from attempts.telemetry.attributes import set_attributes
from attempts.telemetry.context import known_facts
from attempts.telemetry.events import Event
from attempts.telemetry.logs import EventLog

log = EventLog("attempts.followups")

#: What becomes of one try.
Outcome = Literal["done", "skipped", "retried", "given_up"]
_EVENTS = {
    "done": Event.FOLLOW_UP_DONE,
    "skipped": Event.FOLLOW_UP_SKIPPED,
    "retried": Event.FOLLOW_UP_RETRIED,
    "given_up": Event.FOLLOW_UP_GIVEN_UP,
}
#: What is counted, for no table knows it: a follow-up that works in the end has no trace of its failures.
FAILURES: tuple[Outcome, ...] = ("retried", "given_up")


def facts_of_data(operation: OperationData) -> dict[str, object]:
    """Return what lines say of an operation that was read, as `facts_of` does of a row."""
    return {
        "kind": operation.kind,
        "learner": operation.learner.id,
        "course": str(operation.course_key),
        "request_id": operation.provenance.request_id or None,
    }


def tried(
    name: str, outcome: Outcome, *, tries: int, duration: float, code: str = "", error: Exception | None = None
) -> None:
    """Tell what became of one try of a follow-up of the operation at work.

    Args:
        name: the follow-up.
        outcome: what became of it.
        tries: how often it was begun so far, this time included.
        duration: seconds that this try took.
        code: why it was skipped or failed; empty if it was done.
        error: what was raised, if it failed.
    """
    words = {"follow_up": name, "outcome": outcome, "tries": tries, "duration": duration, "code": code or None}
    if outcome in FAILURES:
        counts.count(counts.FOLLOW_UP_FAILURES, name, outcome)
        log.warning(_EVENTS[outcome], error, **words)
    else:
        log.info(_EVENTS[outcome], **words)
    set_attributes({**known_facts(), **words})
