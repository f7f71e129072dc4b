"""What all lists can be narrowed by: course, organisation, and where the caller may look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q
from opaque_keys.edx.keys import CourseKey

from attempts.data import Reach
from attempts.paging import Stretch

#: Courses and organisations that are looked into one by one; SQLite joins 500 stretches at most, two for each.
_MOST_PLACES = 200

Place = Mapping[str, Any]


def places(course_key: CourseKey | None, org: str | None, within: Reach) -> list[Place]:
    """Return what the columns ``course_key`` and ``org`` may equal, one or the other; none if there is nowhere to look.

    Args:
        course_key: one course, None for any.
        org: one organisation, None for any.
        within: where the caller may look.
    """
    if course_key is not None:
        return [{"course_key": course_key}] if within.covers(course_key) and org in (None, course_key.org) else []
    if org is not None and (within.everywhere or org in within.orgs):
        return [{"org": org}]
    if within.everywhere:
        return [{}]
    courses = [key for key in within.courses if key.org not in within.orgs and org in (None, key.org)]
    orgs = within.orgs if org is None else ()
    return [*({"course_key": key} for key in sorted(courses, key=str)), *({"org": one} for one in sorted(orgs))]


def given(query: Any, *columns: str) -> dict[str, Any]:
    """Return the values that a query asks for in some columns of that name."""
    return {column: getattr(query, column) for column in columns if getattr(query, column) is not None}


def stretches(found: Sequence[Place], same: Mapping[str, Any], where: Q, indexed: Sequence[str]) -> list[Stretch]:
    """Return the rows in some places, each place to be served by an index.

    Args:
        found: the places.
        same: what columns equal.
        where: what else is asked for.
        indexed: which columns an index has between the place and the order; the first of them that is in ``same``
            is made use of.
    """
    leading = next((column for column in indexed if column in same), None)
    at = {leading: same[leading]} if leading else {}
    where &= Q(**{column: value for column, value in same.items() if column not in at})
    each, rest = found[:_MOST_PLACES], found[_MOST_PLACES:]
    return [Stretch({**place, **at}, where) for place in each] + few(rest, where & Q(**at))


def few(found: Sequence[Place], *conditions: Q) -> list[Stretch]:
    """Return the rows in some places for which a condition is true, each of which leaves few enough to be sorted."""
    some: dict[str, list[Any]] = defaultdict(list)
    for place in found:
        for column, value in place.items():
            some[column].append(value)
    anywhere = Q(*((f"{column}__in", values) for column, values in some.items()), _connector=Q.OR)
    return [Stretch(where=condition & anywhere) for condition in conditions] if found else []


def between(column: str, after: object, before: object) -> Q:
    """Return the condition that a column lies between two values, either of which may be None; ends included."""
    wanted = Q()
    if after is not None:
        wanted &= Q(**{f"{column}__gte": after})
    if before is not None:
        wanted &= Q(**{f"{column}__lte": before})
    return wanted
