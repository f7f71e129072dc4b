"""The events as follow-ups: one each, so that what fails is not mixed up with what has worked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC

from openedx_events.tooling import OpenEdxPublicSignal

from attempts.data import OperationData
from attempts.events.payloads import switch_payload
from attempts.events.sending import send
from attempts.events.signals import ATTEMPT_ARCHIVED, ATTEMPT_OPENED, ATTEMPT_RESTORED


@dataclass(frozen=True)
class SendEvent:
    """Sends one of the public events.

    Attributes:
        name, delay, immediate: see :class:`attempts.followups.FollowUp`.
        after_reset, after_others: the event after a reset, and after an undo or an activation.
    """

    name: str
    after_reset: OpenEdxPublicSignal
    after_others: OpenEdxPublicSignal
    delay: float = 0.0
    immediate: bool = False

    def run(self, operation: OperationData) -> None:
        """Send it.

        Raises:
            FollowUpFailed: a receiver or the event bus failed.
        """
        signal = self.after_reset if operation.kind == "reset" else self.after_others
        payload = switch_payload(operation)
        send(signal, payload.switched_at.replace(tzinfo=UTC), switch=payload)


EVENTS = (
    SendEvent("event_archived", ATTEMPT_ARCHIVED, ATTEMPT_ARCHIVED),
    SendEvent("event_opened_or_restored", ATTEMPT_OPENED, ATTEMPT_RESTORED),
)
