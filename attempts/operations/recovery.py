"""Taking up what a killed worker or an absent broker left behind."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from attempts import conf
from attempts.data import OperationInFlightData
from attempts.host.service import require_lms
from attempts.models import AttemptOperation
from attempts.operations.execution import execute
from attempts.operations.follow_ups import Dispatch
from attempts.operations.records import operation_data, readable_operations
from attempts.telemetry import operations as telemetry


def stuck_operations(older_than: timedelta | None = None) -> list[UUID]:
    """Return the operations in flight for longer than ``older_than`` (default: the setting), oldest first."""
    rows = stuck(conf.stuck_after() if older_than is None else older_than)
    return list(rows.order_by("pk").values_list("uuid", flat=True))


def in_flight() -> QuerySet[AttemptOperation]:
    """Return the operations that have not ended."""
    # As a list of one: a bare boolean keeps SQLite from the index, and a million rows would be read.
    return AttemptOperation.objects.filter(in_flight__in=[True])


def stuck(older_than: timedelta) -> QuerySet[AttemptOperation]:
    """Return the operations in flight for longer than ``older_than``."""
    horizon = timezone.now() - older_than
    # Nothing is begun before it is asked for: the second condition says so to the index.
    rows = in_flight().filter(created__lte=horizon)
    return rows.annotate(since=Coalesce("started_at", "created")).filter(since__lte=horizon)


def operations_in_flight(most: int) -> list[OperationInFlightData]:
    """Return the operations that have not ended, the oldest first; two statements.

    Args:
        most: how many at most.
    """
    now, limit = timezone.now(), conf.stuck_after()
    rows = readable_operations().filter(in_flight__in=[True]).order_by("created", "pk")[:most]
    found = []
    for operation in map(operation_data, rows):
        age = max(now - (operation.started_at or operation.created), timedelta(0))
        found.append(OperationInFlightData(operation, age.total_seconds(), is_stuck=age >= limit))
    return found


def recover(*, older_than: timedelta | None = None, dispatch: Dispatch | None = None) -> list[UUID]:
    """Carry out the operations that are stuck, here and now; return those taken up.

    An operation whose worker is alive after all is not harmed: both want the same row lock, and the second finds
    the operation ended. One that the database refuses again stays in flight, for the next time.

    Args:
        older_than: how long an operation must have been in flight; default ``ATTEMPTS_STUCK_AFTER``.
        dispatch: hands the follow-ups to workers.

    Raises:
        NotInStudio: this is Studio.
    """
    require_lms()
    uuids = stuck_operations(older_than)
    for uuid in uuids:
        try:
            execute(uuid, dispatch=dispatch)
        except Exception as error:
            # One bad operation must not keep the others waiting; what became of it is recorded with it.
            telemetry.not_recovered(uuid, error)
    return uuids
