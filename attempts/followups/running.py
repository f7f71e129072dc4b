"""Carrying out one follow-up, alone."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from random import SystemRandom
from typing import Any

from django.db import models
from django.db.models import F
from django.utils import timezone

from attempts import conf
from attempts.data import OperationData
from attempts.followups.base import FollowUpFailed, FollowUpNotNeeded
from attempts.followups.outbox import CLOCK_SLACK
from attempts.followups.registry import installed_follow_ups
from attempts.models import FollowUp, FollowUpStatus
from attempts.models.followups import CODE_LENGTH
from attempts.prepared import PreparedUpdate
from attempts.telemetry.follow_ups import Outcome, tried


def run(operation: OperationData, name: str) -> float | None:
    """Carry out a follow-up if it is due and nobody is at it; what it raises is recorded and goes no further.

    Returns:
        The seconds to its next try, None if there is to be none.
    """
    row = _claim(operation, name)
    return None if row is None else run_claimed(operation, row)


def run_claimed(operation: OperationData, row: FollowUp) -> float | None:
    """Carry out a follow-up that this process has taken; what it raises is recorded and goes no further.

    Returns:
        The seconds to its next try, None if there is to be none.
    """
    one = installed_follow_ups().get(row.name)
    began = time.perf_counter()
    try:
        if one is None:
            raise FollowUpFailed("not_installed", "This site has no such follow-up any more, or cannot load it.")
        one.run(operation)
    except FollowUpNotNeeded as reason:
        if _end(row, FollowUpStatus.SKIPPED, reason.code, reason.detail):
            tried(row.name, "skipped", tries=row.tries, duration=_since(began), code=reason.code)
    except FollowUpFailed as error:
        return _failed(row, _since(began), error, error)
    except Exception as error:
        kind = type(error).__name__
        told = FollowUpFailed(kind, f"{kind}; the log of the worker has the details.")
        return _failed(row, _since(began), error, told)
    else:
        if _end(row, FollowUpStatus.DONE):
            tried(row.name, "done", tries=row.tries, duration=_since(began))
    return None


def _claim(operation: OperationData, name: str) -> FollowUp | None:
    """Take a follow-up for as long as a worker may take; None if it has ended, is not due yet or is taken.

    Taken by an UPDATE of what is due, which then is not due any more: two workers cannot both have it.
    """
    now = timezone.now()
    waiting = FollowUp.objects.filter(operation__uuid=operation.uuid, name=name, status=FollowUpStatus.WAITING)
    row = waiting.filter(due__lte=now + CLOCK_SLACK).first()
    if row is None:
        return None
    mine = FollowUp.objects.filter(pk=row.pk, status=FollowUpStatus.WAITING, due=row.due, tries=row.tries)
    if not mine.update(tries=F("tries") + 1, tried_at=now, due=now + conf.stuck_after()):
        return None
    row.tries += 1
    return row


def _failed(row: FollowUp, duration: float, error: Exception, told: FollowUpFailed) -> float | None:
    """Record a failure; return the seconds to the next try, None if it is given up."""
    gives_up = not told.again or row.tries >= conf.follow_up_tries()
    outcome: Outcome = "given_up" if gives_up else "retried"
    tried(row.name, outcome, tries=row.tries, duration=duration, code=told.code, error=error)
    if gives_up:
        _end(row, FollowUpStatus.FAILED, told.code, told.detail)
        return None
    jitter = SystemRandom().uniform(0.75, 1.25)
    wait = conf.follow_up_retry_seconds() * 2 ** (row.tries - 1) * jitter
    due = timezone.now() + timedelta(seconds=wait)
    _taken(row).update(due=due, error_code=told.code[:CODE_LENGTH], error=told.detail)
    return wait


def _end(row: FollowUp, status: FollowUpStatus, code: str = "", detail: str = "") -> bool:
    """Write down what became of it; return whether it was still ours to say."""
    values = status.value, timezone.now(), code[:CODE_LENGTH], detail
    return bool(_ended(row.operation_id, row.name, row.tries, *values))


def _since(began: float) -> float:
    return time.perf_counter() - began


def _taken(row: FollowUp) -> models.QuerySet[FollowUp]:
    """The row, unless somebody has taken it over meanwhile: then what became of it is theirs to say."""
    return _waiting(row.operation_id, row.name, row.tries)


def _waiting(operation_id: int, name: str, tries: int) -> models.QuerySet[FollowUp]:
    return FollowUp.objects.filter(operation_id=operation_id, name=name, status=FollowUpStatus.WAITING, tries=tries)


@PreparedUpdate
def _ended(operation_id: int, name: str, tries: int, status: str, now: datetime, code: str, detail: str) -> Any:
    ended = {"status": status, "ended_at": now, "error_code": code, "error": detail}
    return _waiting(operation_id, name, tries), ended
