"""The attempt of an event, as the event's context names it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from attempts import conf
from attempts.keys import AttemptCourseLocator
from attempts.streams import subjects
from attempts.streams.lookup import archived_attempt, attempt_at, attempt_of_work
from attempts.telemetry.events import Event
from attempts.telemetry.logs import EventLog

log = EventLog(__name__)

#: Where it is in an event's context.
KEY = "attempt"


def attempt_of_new(event: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the attempt of an event that is being emitted, None if it has none; uuid as text, and number."""
    moment = subjects.happened_at(event)
    return _attempt(event, None if moment is None else subjects.seconds_since(moment))


def attempt_of_emitted(event: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the attempt of an event that was emitted, None if it has none; as its context names it, or by its time.

    Nothing is raised: whoever makes statements of events goes on without it, and the log says so.
    """
    try:
        named = _named(event)
        if named is not None or not conf.events_have_attempts():
            return named
        moment = subjects.happened_at(event) or subjects.emitted_at(event)
        return None if moment is None else _attempt(event, subjects.seconds_since(moment))
    except Exception as error:
        log.error(Event.EVENT_WITHOUT_ATTEMPT, error, name=event.get("name"))
        return None


def _named(event: Mapping[str, Any]) -> dict[str, Any] | None:
    context = event.get("context")
    named = context.get(KEY) if isinstance(context, Mapping) else None
    if not isinstance(named, Mapping):
        return None
    return {"uuid": str(UUID(str(named.get("uuid")))), "number": named.get("number")}


def _attempt(event: Mapping[str, Any], age: float | None) -> dict[str, Any] | None:
    """The attempt of an event that happened so many seconds ago; None: in the work that runs here."""
    key = subjects.course_of(event)
    user_id = None if key is None else subjects.learner_of(event)
    if key is None or user_id is None:
        return None
    if isinstance(key, AttemptCourseLocator):
        number, uuid = archived_attempt(user_id, key)
    elif age is None:
        number, uuid = attempt_of_work(user_id, key)
    else:
        number, uuid = attempt_at(user_id, key, age)
    return {"uuid": str(uuid), "number": number}
