"""Reading operations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db.models import Max, Prefetch, QuerySet
from opaque_keys.edx.keys import CourseKey

from attempts.data import AttemptTurns, OperationData, Provenance, Reach, StoreProgress, StoreRows, Turn
from attempts.exceptions import OperationNotFound
from attempts.followups import follow_up_data
from attempts.host.learners import learner_data
from attempts.models import AttemptOperation, FollowUp, OperationKind, OperationStatus
from attempts.rows import with_uuid
from attempts.stores import in_store_order, moving_stores


def readable_operations() -> QuerySet[AttemptOperation]:
    """Return all operations, with what :func:`operation_data` needs of other tables."""
    rows = AttemptOperation.objects.select_related("learner", "requested_by", "from_attempt", "to_attempt", "undoes")
    return rows.prefetch_related(Prefetch("follow_ups", FollowUp.objects.order_by("pk")))


def find_operation(uuid: UUID | str) -> OperationData:
    """Return an operation; two statements.

    Raises:
        OperationNotFound: there is none by that uuid, or the text is no uuid.
    """
    row = with_uuid(readable_operations(), uuid).first()
    if row is None:
        raise OperationNotFound(uuid)
    return operation_data(row)


def last_operations(user_id: int, course_keys: Collection[CourseKey]) -> dict[CourseKey, OperationData]:
    """Return the newest operation of a learner at each of some courses, where there was one; two statements."""
    own = AttemptOperation.objects.filter(learner_id=user_id, course_key__in=course_keys)
    newest = own.order_by().values("course_key").annotate(newest=Max("pk")).values("newest")
    return {row.course_key: operation_data(row) for row in readable_operations().filter(pk__in=newest)}


def turns_of(user_id: int, within: Reach) -> dict[UUID, AttemptTurns]:
    """Return by what each attempt of a learner began and ended, by the attempt's uuid; one statement.

    Args:
        user_id: the learner.
        within: at which courses.
    """
    rows = AttemptOperation.objects.filter(learner_id=user_id, status=OperationStatus.COMPLETE).order_by("pk")
    if not (within.everywhere or within.orgs):
        rows = rows.filter(course_key__in=within.courses)
    found: dict[UUID, dict[str, Turn]] = defaultdict(dict)
    for course_key, source, target, *told in rows.values_list("course_key", *_ENDS, *_TOLD):
        if within.covers(course_key):
            turn = Turn(*told)
            found[target]["opened" if turn.kind == OperationKind.RESET.value else "activated"] = turn
            found[source]["archived"] = turn
    return {uuid: AttemptTurns(**turns) for uuid, turns in found.items()}


_ENDS = ("from_attempt__uuid", "to_attempt__uuid")
_TOLD = ("uuid", "kind", "completed_at", "requested_by__username", "comment")


def operation_data(row: AttemptOperation, follow_ups: Iterable[FollowUp] | None = None) -> OperationData:
    """Return the value object of a row.

    Args:
        row: the operation.
        follow_ups: its follow-ups, where they are known already.
    """
    values: dict[str, Any] = {
        name: getattr(row, name)
        for name in ("uuid", "kind", "course_key", "status", "comment", "created", "started_at", "completed_at")
    }
    moved = {table: StoreRows(**rows) for table, rows in in_store_order(row.rows).items()}
    return OperationData(
        **values,
        learner=learner_data(row.learner),
        requested_by=row.requested_by.get_username() if row.requested_by else None,
        overridden=tuple(row.overridden),
        from_number=row.from_attempt.number if row.from_attempt else None,
        to_number=row.to_attempt.number if row.to_attempt else None,
        from_uuid=row.from_attempt.uuid if row.from_attempt else None,
        to_uuid=row.to_attempt.uuid if row.to_attempt else None,
        undoes=row.undoes.uuid if row.undoes else None,
        error_code=row.error_code,
        error=row.error,
        rows=moved,
        progress=_progress(row.status, moved),
        provenance=Provenance(row.role, row.client, row.request_id),
        follow_ups=tuple(map(follow_up_data, row.follow_ups.all() if follow_ups is None else follow_ups)),
    )


def _progress(status: str, moved: dict[str, StoreRows]) -> tuple[StoreProgress, ...]:
    labels = {store.name: store.label for store in moving_stores()}
    if status == OperationStatus.COMPLETE:
        return tuple(StoreProgress(table, labels.get(table, table), "done", rows) for table, rows in moved.items())
    state: Any = "unchanged" if status == OperationStatus.FAILED else "waiting"
    return tuple(StoreProgress(table, label, state, None) for table, label in labels.items())
