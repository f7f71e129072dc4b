"""What a tracking event is about: which learner, in which course, when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey

from attempts.exceptions import AttemptsError
from attempts.keys import AttemptCourseLocator, checked_course_key


def course_of(event: Mapping[str, Any]) -> CourseKey | None:
    """Return the key of the course that an event is about, plain or of an archived attempt.

    None if it is about none, or about what has no attempts. What the event says of itself counts before what it says of
    the page it comes from.
    """
    for said in (_data(event).get("course_id"), _context(event).get("course_id")):
        key = _key(said)
        if key is not None:
            return key
    return None


def learner_of(event: Mapping[str, Any]) -> int | None:
    """Return the user id of the learner that an event is about, None if it says none.

    As event-routing-backends chooses the actor of a statement: whom the event is about before who caused it.
    """
    data, context = _data(event), _context(event)
    said = _number(data.get("user_id"))
    if said is not None:
        return said
    username = data.get("username")
    if _is_name(username) and username != context.get("username"):
        return _user_id(username)
    # A task of an instructor says the name alone.
    return _number(context.get("user_id")) or _user_id(context.get("username"))


def happened_at(event: Mapping[str, Any]) -> datetime | None:
    """Return when an event happened, if it says so itself: one of a mobile app may have waited for a network."""
    return _time(_context(event).get("timestamp"))


def emitted_at(event: Mapping[str, Any]) -> datetime | None:
    """Return when an event was emitted."""
    return _time(event.get("timestamp")) or _time(event.get("time"))


def seconds_since(moment: datetime) -> float:
    """Return how long ago a moment was; 0 for one that is still to come by this host's clock."""
    return max(0.0, (timezone.now() - moment).total_seconds())


def _data(event: Mapping[str, Any]) -> Mapping[str, Any]:
    return _mapping(event.get("data"))


def _context(event: Mapping[str, Any]) -> Mapping[str, Any]:
    return _mapping(event.get("context"))


def _mapping(value: Any) -> Mapping[str, Any]:
    # Of browsers it may be anything.
    return value if isinstance(value, Mapping) else {}


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 255 and "\x00" not in value


def _user_id(username: Any) -> int | None:
    if not _is_name(username):
        return None
    return get_user_model().objects.filter(username=username).values_list("pk", flat=True).first()


def _number(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    try:
        number = int(value)
    except ValueError:
        return None
    return number if 0 < number < 2**63 else None


def _key(value: Any) -> CourseKey | None:
    if not value or not isinstance(value, str | CourseKey):
        return None
    try:
        key = CourseKey.from_string(str(value))
        return key if isinstance(key, AttemptCourseLocator) else checked_course_key(key)
    except (InvalidKeyError, AttemptsError):
        return None


def _time(value: Any) -> datetime | None:
    if isinstance(value, str):
        try:
            value = parse_datetime(value)
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    return value if timezone.is_aware(value) else timezone.make_aware(value, timezone.get_default_timezone())
