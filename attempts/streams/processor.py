"""The processor of event-tracking that names the attempt in the context of a learner's events."""

from __future__ import annotations

from typing import Any

from attempts import conf
from attempts.streams.naming import KEY, attempt_of_new
from attempts.telemetry.events import Event
from attempts.telemetry.logs import EventLog

log = EventLog(__name__)

#: How the names of our own events begin; they name the attempt that they are about.
_OWN = "edx.course.attempt."


class AttemptProcessor:
    """Adds ``attempt``, with uuid and number, to the context of an event of a learner in a course.

    It belongs into ``EVENT_TRACKING_PROCESSORS``: these run in the process that emits, before any backend hands the
    event to a queue. What else calls itself so in the context, such as in that of a mobile app, is not believed.
    """

    def __call__(self, event: dict[str, Any]) -> dict[str, Any]:
        """Return the event; never raise, for it has to be emitted all the same."""
        if not conf.events_have_attempts() or str(event.get("name")).startswith(_OWN):
            return event
        context = event.get("context")
        if not isinstance(context, dict):
            return event
        context.pop(KEY, None)
        try:
            attempt = attempt_of_new(event)
        except Exception as error:
            # Databases, caches and what others put into events raise what they like.
            log.error(Event.EVENT_WITHOUT_ATTEMPT, error, name=event.get("name"))
            return event
        if attempt is not None:
            context[KEY] = attempt
        return event
