"""Learners whose name begins with what somebody has typed so far, found by indexes among hundreds of thousands."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connections, models
from django.db.models import Q, QuerySet
from opaque_keys.edx.keys import CourseKey

from attempts.host.models import host_model

#: Accounts by that beginning, and enrolments in the first courses, that are looked at for who may not see everybody.
_LOOKED_AT = 300
_COURSES = 10
#: Comes after every character that a name may have.
_AFTER_ALL = "\U0010ffff"
_LONGEST = 254


def learners_beginning_with(text: str, courses: Collection[CourseKey] | None, limit: int) -> list[Any]:
    """Return users of the host whose username begins with a text; then, of everybody, those whose e-mail address does.

    Capitals count as far as the engine tells them apart; there the text is also tried in small letters, in capitals,
    and with a first capital. With ``courses``, addresses are not looked at, for they would be told letter by letter;
    and somebody is missed, until more is typed, if more than 300 accounts have that beginning and there are more than
    300 learners or ten courses.

    Args:
        text: what was typed.
        courses: only learners who were ever enrolled in one of these; None for everybody.
        limit: how many at most.
    """
    text = text.strip()
    if not text or "\x00" in text or len(text) > _LONGEST:
        return []
    if courses is not None:
        return _in_courses(text, courses, limit) if courses else []
    found = {user.pk: user for user in _beginning("username", text, limit)}
    if len(found) < limit:
        found.update((user.pk, user) for user in _beginning("email", text, limit) if user.pk not in found)
    return list(found.values())[:limit]


def _in_courses(text: str, courses: Collection[CourseKey], limit: int) -> list[Any]:
    enrolments = host_model("student.CourseEnrollment").objects.order_by()
    named = list(_beginning("username", text, _LOOKED_AT))
    ids = [user.pk for user in named]
    there = set(enrolments.filter(user_id__in=ids, course_id__in=courses).values_list("user_id", flat=True))
    found = [user for user in named if user.pk in there]
    if len(named) >= _LOOKED_AT and len(found) < limit:
        among = get_user_model()._default_manager.filter(pk__in=_some_of(courses, enrolments))
        found += [user for user in _beginning("username", text, limit, among) if user.pk not in there]
    return sorted(found, key=lambda user: user.get_username())[:limit]


def _some_of(courses: Collection[CourseKey], enrolments: QuerySet[Any]) -> set[int]:
    """User ids of learners of the first courses, one course after the other: each is one stretch of an index."""
    some: set[int] = set()
    for key in sorted(courses, key=str)[:_COURSES]:
        # A range, and ordered by it: else an engine may read the table in the hope of meeting enough of them soon.
        rows = enrolments.filter(course__gte=key, course__lte=key).order_by("course_id")
        some.update(rows.values_list("user_id", flat=True)[: _LOOKED_AT - len(some)])
        if len(some) >= _LOOKED_AT:
            break
    return some


def _beginning(column: str, text: str, limit: int, among: QuerySet[Any] | None = None) -> Iterator[Any]:
    rows = get_user_model()._default_manager.all() if among is None else among
    seen: set[int] = set()
    for condition in _conditions(column, text, connections[rows.db].vendor):
        for user in rows.filter(condition).order_by(column)[: limit - len(seen)]:
            if user.pk not in seen:
                seen.add(user.pk)
                yield user
        if len(seen) >= limit:
            return


def _conditions(column: str, text: str, vendor: str) -> list[Q]:
    """Conditions that an index on the column serves, one for each spelling."""
    if vendor == "mysql":
        # Its collation does not tell capitals apart.
        return [Q(**{f"{column}__istartswith": text})]
    spellings = dict.fromkeys((text, text.lower(), text.upper(), text.capitalize()))
    if vendor == "sqlite":
        # Its LIKE is served by no index, for it does not tell capitals apart and the index does.
        return [Q(**{f"{column}__gte": one, f"{column}__lt": one + _AFTER_ALL}) for one in spellings]
    return [Q(**{f"{column}__startswith": one}) for one in spellings]


def courses_within(orgs: Collection[str], courses: Collection[CourseKey]) -> list[CourseKey]:
    """Return the keys of the host's courses that are among some, or of some organisations; one statement."""
    overviews: type[models.Model] = host_model("course_overviews.CourseOverview")
    rows = overviews._default_manager.filter(Q(org__in=orgs) | Q(pk__in=courses)).order_by()
    found = rows.values_list("pk", flat=True)
    # The host's columns may not tell case apart.
    return [key for key in found if key.org in orgs or key in courses]
