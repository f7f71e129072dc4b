"""Attempts of all learners who were ever reset; the one implicit attempt of everybody else has no row to be found."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Q, Subquery

from attempts.contexts import attempt_data, readable_attempts
from attempts.data import AttemptData, AttemptQuery, Page, Reach
from attempts.models import LearnerCourse
from attempts.paging import page_of
from attempts.searches.scopes import between, few, given, places, stretches

#: What attempts can be ordered by, and the column it is.
ORDERS = {"created": "pk", "opened_at": "opened_at", "archived_at": "archived_at", "grade": "percent_grade"}
# No join: an engine may begin with the table that is joined.
_POINTER = Subquery(LearnerCourse.objects.filter(pk=OuterRef("learner_course_id")).values("active_number"))
_IS_ACTIVE = Q(number=_POINTER)


def search_attempts(
    query: AttemptQuery, learner: Any, *, within: Reach, cursor: str | None, size: int
) -> Page[AttemptData]:
    """Return a page of attempts; at most two statements.

    Args:
        query: which ones, and in which order.
        learner: the host's user whom the query names, None for everybody.
        within: where the caller may look.
        cursor: where to go on; None for the first page.
        size: how many at most.

    Raises:
        InvalidCursor: see there.
    """
    nowhere = _is_about_the_archived(query) and query.state == "active"
    found = [] if nowhere else places(query.course_key, query.org, within)
    where = _ranges(query)
    same = given(query, "passed", "number")
    if learner is not None:
        identities = list(LearnerCourse.objects.filter(user=learner).values_list("pk", flat=True))
        where_to_look = few(found, where & Q(**same, learner_course_id__in=identities))
    else:
        indexed = ("passed",) if any("org" in place for place in found) else ("passed", "number")
        where_to_look = stretches(found, same, where, indexed if ORDERS[query.order.removeprefix("-")] == "pk" else ())
    return page_of(
        readable_attempts().select_related("learner_course__user"),
        attempt_data,
        cursor=cursor,
        size=size,
        order=query.order,
        columns=ORDERS,
        stretches=where_to_look,
    )


def condition(query: AttemptQuery) -> Q:
    """Return which attempts a query asks for, as a condition on their rows; learner, places and order left out."""
    if _is_about_the_archived(query) and query.state == "active":
        return Q(pk__in=())
    return _ranges(query) & Q(**given(query, "passed", "number"))


def _ranges(query: AttemptQuery) -> Q:
    """Everything but what columns equal."""
    where = between("opened_at", query.opened_after, query.opened_before)
    where &= between("archived_at", query.archived_after, query.archived_before)
    where &= between("percent_grade", query.minimum_grade, None)
    if query.state == "active":
        return where & _IS_ACTIVE
    return where & ~_IS_ACTIVE if query.state == "archived" or _is_about_the_archived(query) else where


def _is_about_the_archived(query: AttemptQuery) -> bool:
    """Whether a value is asked for that was frozen when an attempt was archived, and that an active one has not."""
    frozen = (query.archived_after, query.archived_before, query.passed, query.minimum_grade)
    return any(value is not None for value in frozen) or query.order.removeprefix("-") in ("archived_at", "grade")
