"""Reading operations."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from opaque_keys.edx.keys import CourseKey

from attempts.data import OperationData, StoreRows
from attempts.exceptions import OperationNotFound
from attempts.host.learners import learner_data
from attempts.models import AttemptOperation
from attempts.stores import in_store_order


def _readable() -> QuerySet[AttemptOperation]:
    return AttemptOperation.objects.select_related("learner", "requested_by", "from_attempt", "to_attempt", "undoes")


def find_operation(uuid: UUID | str) -> OperationData:
    """Return an operation; one statement.

    Raises:
        OperationNotFound: there is none by that uuid, or the text is no uuid.
    """
    try:
        row = _readable().filter(uuid=UUID(str(uuid))).first()
    except ValueError:
        row = None
    if row is None:
        raise OperationNotFound(uuid)
    return operation_data(row)


def last_operation(user_id: int, course_key: CourseKey) -> OperationData | None:
    """Return the newest operation of a learner at a course, None if there was none; one statement."""
    row = _readable().filter(learner_id=user_id, course_key=course_key).order_by("-pk").first()
    return operation_data(row) if row else None


def operation_data(row: AttemptOperation) -> OperationData:
    """Return the value object of a row."""
    values: dict[str, Any] = {
        name: getattr(row, name)
        for name in ("uuid", "kind", "course_key", "status", "comment", "created", "started_at", "completed_at")
    }
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
        rows={table: StoreRows(**moved) for table, moved in in_store_order(row.rows).items()},
    )
