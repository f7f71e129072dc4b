"""Operations on all learners."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q

from attempts.data import OperationData, OperationQuery, Page, Reach
from attempts.models import AttemptContext
from attempts.operations import operation_data, readable_operations
from attempts.paging import page_of
from attempts.searches.scopes import between, scope_filter

#: What operations can be ordered by, and the column it is.
ORDERS = {"created": "pk", "completed_at": "completed_at"}


def search_operations(
    query: OperationQuery, learner: Any, *, within: Reach, cursor: str | None, size: int
) -> Page[OperationData]:
    """Return a page of operations; at most three statements.

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
        wanted &= Q(learner=learner)
    for column in ("kind", "status"):
        if getattr(query, column) is not None:
            wanted &= Q(**{column: getattr(query, column)})
    if query.requested_by is not None:
        # Looked up beforehand: by a key alone, every engine takes the index of the operations.
        users = get_user_model()._default_manager.filter(username=query.requested_by)
        wanted &= Q(requested_by_id__in=list(users.values_list("pk", flat=True)))
    if query.attempt is not None:
        ids = list(AttemptContext.objects.filter(uuid=query.attempt).values_list("pk", flat=True))
        wanted &= Q(from_attempt_id__in=ids) | Q(to_attempt_id__in=ids)
    wanted &= between("created", query.created_after, query.created_before)
    wanted &= between("completed_at", query.completed_after, query.completed_before)
    rows = readable_operations().filter(wanted)
    return page_of(rows, operation_data, cursor=cursor, size=size, order=query.order, columns=ORDERS)
