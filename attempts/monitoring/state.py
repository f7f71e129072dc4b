"""What the tables say at this moment: numbers that go up and down. Each statement reads a stretch of one index."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, QuerySet
from django.utils import timezone

from attempts import conf
from attempts.data import Workload
from attempts.followups.outbox import OVERDUE_AFTER
from attempts.models import AttemptOperation, FollowUp, FollowUpStatus
from attempts.models.operations import IN_FLIGHT_STATUSES
from attempts.operations.recovery import in_flight, stuck

#: No more of what is stuck are counted: each of them has to be looked at, and so many are an alarm whatever the number.
MOST_STUCK = 1_000


def read_state() -> Workload:
    """Read it; five statements, whatever there is."""
    rows = AttemptOperation.objects.filter(status__in=IN_FLIGHT_STATUSES).order_by()
    found = dict(rows.values_list("status").annotate(Count("pk")))
    unfinished = [FollowUpStatus.WAITING, FollowUpStatus.FAILED]
    follow_ups = FollowUp.objects.filter(status__in=unfinished).order_by()
    by_status = dict(follow_ups.values_list("status").annotate(Count("pk")))
    return Workload(
        in_flight={status.value: found.get(status.value, 0) for status in IN_FLIGHT_STATUSES},
        oldest=_age_of_oldest(),
        stuck=count_stuck(),
        waiting=by_status.get(FollowUpStatus.WAITING, 0),
        overdue=_overdue().count(),
        failed=by_status.get(FollowUpStatus.FAILED, 0),
    )


def count_stuck() -> int:
    """Return how many operations are stuck, at most :data:`MOST_STUCK`."""
    return len(stuck(conf.stuck_after()).values_list("pk", flat=True)[:MOST_STUCK])


def _age_of_oldest() -> float:
    oldest = in_flight().order_by("created").values_list("created", flat=True).first()
    return max(timezone.now() - oldest, timedelta(0)).total_seconds() if oldest else 0.0


def _overdue() -> QuerySet[FollowUp]:
    return FollowUp.objects.filter(status=FollowUpStatus.WAITING, due__lte=timezone.now() - OVERDUE_AFTER)
