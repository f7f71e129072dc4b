"""The rows that say what is to be done: written with the switch, found again when they were left behind."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from attempts.data import FollowUpData
from attempts.followups.registry import installed_follow_ups
from attempts.models import AttemptOperation, FollowUp, FollowUpStatus

#: A message may come a little early by another machine's clock.
CLOCK_SLACK = timedelta(seconds=5)
#: How long a follow-up must be overdue before somebody else takes it up.
OVERDUE_AFTER = timedelta(seconds=60)


def plan(operation: AttemptOperation) -> list[FollowUp]:
    """Write down what is to be done after ``operation``; one statement, in the transaction of its switch.

    What is immediate is begun by then: it is the committing process's own.
    """
    now = timezone.now()
    planned = [
        FollowUp(
            operation=operation,
            name=one.name,
            created=now,
            due=now + timedelta(seconds=one.delay),
            tries=int(one.immediate),
            tried_at=now if one.immediate else None,
        )
        for one in installed_follow_ups().values()
    ]
    FollowUp.objects.bulk_create(planned)
    return planned


def left_behind(older_than: timedelta | None = None) -> list[tuple[UUID, str]]:
    """Return the follow-ups that wait for longer than they should, by operation and name, oldest first.

    Args:
        older_than: how long they must be overdue; default one minute.
    """
    horizon = timezone.now() - (OVERDUE_AFTER if older_than is None else older_than)
    rows = FollowUp.objects.filter(status=FollowUpStatus.WAITING, due__lte=horizon)
    return list(rows.order_by("due", "pk").values_list("operation__uuid", "name"))


def reopen(uuid: UUID, name: str | None = None, *, waiting: bool = True) -> list[str]:
    """Make the follow-ups of an operation that failed, or wait for their next try, due now; return their names.

    Args:
        uuid: the operation.
        name: only this follow-up; None for all of the operation.
        waiting: also those that wait; a worker may be at one of them, and it is run beside that.
    """
    among = [FollowUpStatus.FAILED, FollowUpStatus.WAITING] if waiting else [FollowUpStatus.FAILED]
    rows = FollowUp.objects.filter(operation__uuid=uuid, status__in=among)
    keys = dict((rows.filter(name=name) if name else rows).order_by("pk").values_list("pk", "name"))
    # What somebody else has reopened since we looked is theirs, and may be done by now.
    FollowUp.objects.filter(pk__in=keys, status__in=among).update(
        status=FollowUpStatus.WAITING, due=timezone.now(), tries=0, ended_at=None
    )
    return list(keys.values())


def follow_up_data(row: Any) -> FollowUpData:
    """Return the value object of a row."""
    return FollowUpData(
        name=row.name,
        status=row.status,
        tries=row.tries,
        due=row.due,
        ended_at=row.ended_at,
        error_code=row.error_code,
        error=row.error,
    )
