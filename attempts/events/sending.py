"""Sending a public event, and finding out whether it was taken.

The library tells its sender nothing. Receivers' errors come back as values, but for DEBUG, where they are raised. The
bus is one of the receivers; its producers catch whatever goes wrong, log it, and return as if all were well.
"""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime
from typing import Any

from django.conf import settings
from openedx_events.event_bus import NoEventBusProducer, get_producer
from openedx_events.tooling import OpenEdxPublicSignal

from attempts.followups import FollowUpFailed, errors_logged_by


def send(signal: OpenEdxPublicSignal, time: datetime, **data: Any) -> None:
    """Send an event to the receivers in this process and, if it is configured, to the event bus.

    Args:
        signal: the event.
        time: when it happened (UTC).
        data: what it carries.

    Raises:
        FollowUpFailed: ``event_bus_failed``, to be tried again; ``receiver_failed``, not to be: all receivers would
            hear of it again because of the one.
    """
    to_bus = _goes_to_bus(signal.event_type)
    if to_bus and isinstance(get_producer(), NoEventBusProducer):
        raise FollowUpFailed(
            "event_bus_failed",
            "EVENT_BUS_PRODUCER_CONFIG sends this event to the bus, but EVENT_BUS_PRODUCER is not usable.",
        )
    with ExitStack() as stack:
        errors = stack.enter_context(errors_logged_by(type(get_producer()).__module__)) if to_bus else []
        responses = signal.send_event(time=time, **data)
    failed = sorted({_name(receiver) for receiver, response in responses if isinstance(response, Exception)})
    if errors:
        raise FollowUpFailed("event_bus_failed", "The event bus did not take the event; the log has its answer.")
    if failed:
        raise FollowUpFailed("receiver_failed", f"These receivers failed: {', '.join(failed)}.", again=False)


def _goes_to_bus(event_type: str) -> bool:
    topics = getattr(settings, "EVENT_BUS_PRODUCER_CONFIG", {}).get(event_type, {})
    return any(topic.get("enabled") is True for topic in topics.values())


def _name(receiver: Any) -> str:
    return f"{getattr(receiver, '__module__', '?')}.{getattr(receiver, '__qualname__', type(receiver).__name__)}"
