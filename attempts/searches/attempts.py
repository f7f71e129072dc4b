"""Attempts of all learners who were ever reset; the one implicit attempt of everybody else has no row to be found."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q

from attempts.contexts import attempt_data
from attempts.data import AttemptData, AttemptQuery, Page, Reach
from attempts.models import AttemptContext
from attempts.paging import page_of
from attempts.searches.scopes import between, scope_filter

#: What attempts can be ordered by, and the column it is.
ORDERS = {"created": "pk", "opened_at": "opened_at", "archived_at": "archived_at", "grade": "percent_grade"}
_IS_ACTIVE = Q(number=F("learner_course__active_number"))


def search_attempts(
    query: AttemptQuery, learner: Any, *, within: Reach, cursor: str | None, size: int
) -> Page[AttemptData]:
    """Return a page of attempts; one statement.

    Args:
        query: which ones, and in which order.
        learner: the host's user whom the query names, None for everybody.
        within: where the caller may look.
        cursor: where to go on; None for the first page.
        size: how many at most.

    Raises:
        InvalidCursor: see there.
    """
    wanted = scope_filter(query.course_key, query.org, within)
    if learner is not None:
        wanted &= Q(learner_course__user=learner)
    if query.number is not None:
        wanted &= Q(number=query.number)
    wanted &= between("opened_at", query.opened_after, query.opened_before)
    wanted &= between("archived_at", query.archived_after, query.archived_before)
    wanted &= between("percent_grade", query.minimum_grade, None)
    if query.passed is not None:
        wanted &= Q(passed=query.passed)
    if query.state == "active":
        wanted &= _IS_ACTIVE
    if query.state == "archived" or _is_about_the_archived(query):
        wanted &= ~_IS_ACTIVE
    rows = AttemptContext.objects.filter(wanted).select_related("learner_course__user")
    return page_of(rows, attempt_data, cursor=cursor, size=size, order=query.order, columns=ORDERS)


def _is_about_the_archived(query: AttemptQuery) -> bool:
    """Whether a value is asked for that was frozen when an attempt was archived, and that an active one has not."""
    frozen = (query.archived_after, query.archived_before, query.passed, query.minimum_grade)
    return any(value is not None for value in frozen) or query.order.removeprefix("-") in ("archived_at", "grade")
