"""Operations on all learners."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from attempts.data import OperationData, OperationQuery, Page, Reach
from attempts.models import AttemptContext
from attempts.models.operations import IN_FLIGHT_STATUSES, OperationStatus
from attempts.operations import operation_data, readable_operations
from attempts.paging import page_of
from attempts.searches.scopes import Place, between, few, given, places, stretches

#: What operations can be ordered by, and the column it is.
ORDERS = {"created": "created", "completed_at": "completed_at"}


def search_operations(
    query: OperationQuery, learner: Any, *, within: Reach, cursor: str | None, size: int
) -> Page[OperationData]:
    """Return a page of operations; at most four statements.

    Args:
        query: which ones, and in which order.
        learner: the host's user whom the query names, None for everybody.
        within: where the caller may look.
        cursor: where to go on; None for the first page.
        size: how many at most.

    Raises:
        InvalidCursor: see there.
    """
    where = between("created", query.created_after, query.created_before)
    where &= between("completed_at", query.completed_after, query.completed_before)
    same = given(query, "kind")
    # Keys are looked up beforehand: an engine may begin with the table that is joined.
    if query.requested_by is not None:
        users = get_user_model()._default_manager.filter(username=query.requested_by)
        same["requested_by_id"] = _key(users)
    narrow = [Q()] if learner is None else [Q(learner=learner)]
    if query.attempt is not None:
        attempt = _key(AttemptContext.objects.filter(uuid=query.attempt))
        narrow = [one & Q(**{end: attempt}) for one in narrow for end in ("from_attempt_id", "to_attempt_id")]
    found, statuses = places(query.course_key, query.org, within), _statuses(query)
    each: list[dict[str, Any]] = [same] if statuses is None else [{**same, "status": one} for one in statuses]
    if learner is not None or query.attempt is not None:
        where_to_look = few(found, *(where & one & Q(**equal) for one in narrow for equal in each))
    else:
        indexed = _indexed(query, found)
        if statuses and "status" not in indexed:
            # Not one by one: there may be many places.
            each, where = [same], where & Q(status__in=statuses)
        where_to_look = [stretch for equal in each for stretch in stretches(found, equal, where, indexed)]
    return page_of(
        readable_operations(),
        operation_data,
        cursor=cursor,
        size=size,
        order=query.order,
        columns=ORDERS,
        stretches=where_to_look,
    )


def _statuses(query: OperationQuery) -> list[str] | None:
    """What the status may be, None if it does not matter."""
    if query.status is None and query.in_flight is None:
        return None
    fitting = [one.value for one in OperationStatus if query.in_flight in (None, one in IN_FLIGHT_STATUSES)]
    return [status for status in fitting if query.status in (None, status)]


def _indexed(query: OperationQuery, found: Sequence[Place]) -> tuple[str, ...]:
    """Which columns an index has between the place and the order."""
    if query.order.removeprefix("-") != "created":
        return ()
    if query.course_key is not None:
        return ("status",)
    return () if any(found) else ("requested_by_id", "status", "kind")


def _key(rows: QuerySet[Any]) -> int:
    """The primary key of the row that there may be; 0, which no row has, if there is none."""
    return rows.values_list("pk", flat=True).first() or 0
