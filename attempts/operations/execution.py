"""Carrying out an operation: claimed, judged again, switched and recorded in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from edx_django_utils.cache import RequestCache

from attempts import followups
from attempts.data import AttemptSummary
from attempts.exceptions import AttemptsError, NotEligible
from attempts.fence import announce_move, announce_switch
from attempts.filters import site_has_steps, veto
from attempts.host.clock import DatabaseClock
from attempts.host.courses import completable_block_count, enrolment
from attempts.host.expressions import DatabaseNow
from attempts.host.service import require_lms
from attempts.models import AttemptOperation, LearnerCourse, OperationKind, OperationStatus
from attempts.models.operations import IN_FLIGHT_STATUSES
from attempts.operations.follow_ups import Dispatch, begin_follow_ups
from attempts.operations.obstacles import make_way
from attempts.operations.records import operation_data
from attempts.operations.requests import refuse
from attempts.policies import Situation, survey_situation
from attempts.prepared import PreparedQuery, PreparedUpdate
from attempts.switching import Outcome, Stamp, lock_identity, switch
from attempts.telemetry import operations as telemetry

#: What a database says when another transaction was in the way or the connection was lost: nothing was done, and
#: the same work may succeed later. A clash of keys is one of them: the learner saved something between the two halves
#: of a switch, for a block that the other attempt has too.
TRANSIENT_ERRORS = (OperationalError, InterfaceError, IntegrityError)
#: The codes of that.
REFUSAL_CODES = ("write_conflict", "database_unavailable")


@telemetry.traced
def execute(uuid: UUID, *, dispatch: Dispatch | None = None) -> None:
    """Carry out an operation; do nothing if it has ended.

    Running it twice, or in two workers at once, is harmless: the second waits for the row and finds it ended. If
    the process dies on the way, the transaction is rolled back and the operation is still in flight.

    Args:
        uuid: the operation.
        dispatch: hands the follow-ups to workers; without it they wait for `recover`, but for immediate ones.

    Raises:
        OperationalError, InterfaceError, IntegrityError: somebody was in the way; the operation is in flight and may
            be tried again.
        NotInStudio: another process has to do it; the operation is as it was.
        Exception: anything unforeseen, after the operation was recorded as failed.
    """
    require_lms()
    _mark_started(uuid)
    try:
        with transaction.atomic():
            operation = _claim(uuid)
            if operation is not None:
                clock = DatabaseClock(operation._state.db, operation.claimed_at)
                _complete(operation, _carry_out(operation), clock.now, dispatch)
    except TRANSIENT_ERRORS as error:
        obstacle = make_way(uuid) if isinstance(error, IntegrityError) else None
        if obstacle is None:
            raise
        _fail(uuid, obstacle.code, obstacle.detail)
    except AttemptsError as error:
        _fail(uuid, error.code, _sentences(error))
    except Exception as error:
        _fail(uuid, "internal_error", f"{type(error).__name__}; the log of the worker has the details.", error)
        raise


def give_up(uuid: UUID, error: Exception) -> None:
    """Record that somebody was in the way every time."""
    code = refusal_code(error)
    telemetry.given_up(uuid, error, code)
    _fail(uuid, code, "The database refused every try; the log of the worker has its last answer. Ask again.")


def refusal_code(error: Exception) -> str:
    """Return the code of what a database said when it was in the way."""
    return REFUSAL_CODES[0] if isinstance(error, IntegrityError) else REFUSAL_CODES[1]


def _mark_started(uuid: UUID) -> None:
    """Show that a worker is on it, in a transaction of its own so that others can see it."""
    _start(uuid, timezone.now())


def _claim(uuid: UUID) -> Any:
    """Lock the operation for the rest of the transaction; return it and when it was, None if it has ended.

    The lock is taken by an UPDATE, which every engine understands, SQLite included.
    """
    if not _take(uuid):
        telemetry.skipped(uuid)
        return None
    operation = _taken.first(uuid)
    telemetry.started(operation)
    return operation


@PreparedUpdate
def _start(uuid: UUID, now: datetime) -> Any:
    enqueued = AttemptOperation.objects.filter(uuid=uuid, status=OperationStatus.ENQUEUED)
    return enqueued, {"status": OperationStatus.IN_PROGRESS, "started_at": now}


@PreparedUpdate
def _take(uuid: UUID) -> Any:
    in_flight = AttemptOperation.objects.filter(uuid=uuid, status__in=IN_FLIGHT_STATUSES)
    return in_flight, {"status": OperationStatus.IN_PROGRESS}


@PreparedQuery
def _taken(uuid: UUID) -> QuerySet:
    rows = AttemptOperation.objects.filter(uuid=uuid).select_related("learner", "requested_by", "to_attempt")
    return rows.annotate(claimed_at=DatabaseNow())


def _carry_out(operation: AttemptOperation) -> Outcome:
    announce_switch()
    user = operation.learner
    announce_move(user.pk, operation.course_key)
    identity = lock_identity(user.pk, operation.course_key)
    target = operation.to_attempt.number if operation.to_attempt else None
    place = enrolment(user.pk, operation.course_key)
    survey = partial(
        survey_situation, operation.kind, user, place, active_number=identity.active_number, to_number=target
    )
    situation = survey()
    refuse(situation, operation.overridden, operation.role, partial(_veto, operation, situation))
    if site_has_steps():
        # They may have taken their time, and what they did not see is not to be lost.
        situation = survey()
        refuse(situation, operation.overridden, operation.role, lambda: None)
    if operation.kind == OperationKind.UNDO:
        undone = situation.switches[-1]
        operation.undoes = AttemptOperation(id=undone.id, uuid=undone.uuid)
    return switch(
        identity,
        situation.names,
        situation.move,
        stamp=Stamp(situation.move.now, operation.requested_by, f"{operation.kind} {operation.uuid}"),
        opened_first=situation.place.enrolled_at,
        summary=_summary(identity, situation),
        surveys=situation.surveys,
    )


def _veto(operation: AttemptOperation, situation: Situation) -> NotEligible | None:
    return veto(
        user=operation.learner,
        course_key=operation.course_key,
        kind=situation.kind,
        from_number=situation.active_number,
        to_number=situation.to_number,
        requested_by=operation.requested_by,
        comment=operation.comment,
        override=frozenset(operation.overridden),
        stage="execution",
    )


def _summary(identity: LearnerCourse, situation: Situation) -> AttemptSummary:
    result = situation.result
    completed = sum(survey.completed for survey in situation.surveys.values())
    completable = completable_block_count(identity.course_key)
    return AttemptSummary(
        percent_grade=result.percent_grade if result else None,
        letter_grade=result.letter_grade if result else "",
        passed=result.passed if result else None,
        completed_blocks=completed,
        completion_ratio=min(1.0, completed / completable) if completable else None,
        rows={},
    )


#: What is known of an operation once it is complete.
_RECORDED = ("from_attempt_id", "to_attempt_id", "undoes_id", "rows", "status", "in_flight", "completed_at")


@PreparedUpdate
def _record(pk: int, *values: Any) -> Any:
    return AttemptOperation.objects.filter(pk=pk), dict(zip(_RECORDED, values, strict=True))


def _complete(
    operation: AttemptOperation, outcome: Outcome, now: Callable[[], datetime], dispatch: Dispatch | None
) -> None:
    operation.from_attempt = outcome.from_attempt
    operation.to_attempt = outcome.to_attempt
    operation.rows = {table: asdict(moved) for table, moved in outcome.rows.items()}
    operation.status = OperationStatus.COMPLETE
    operation.in_flight = None
    # The sweep goes by it: by the clock of a worker that is ahead, the new attempt's first rows would seem to be older.
    operation.completed_at = now()
    _record(operation.pk, *(getattr(operation, name) for name in _RECORDED))
    planned = followups.plan(operation)
    # Where the host keeps what it has read of grades until the request or task ends.
    transaction.on_commit(RequestCache.clear_all_namespaces, robust=True)
    transaction.on_commit(partial(telemetry.completed, operation), robust=True)
    # Robust: the switch is committed by then, whatever happens.
    transaction.on_commit(lambda: begin_follow_ups(operation_data(operation, planned), planned, dispatch), robust=True)


def _fail(uuid: UUID, code: str, sentence: str, error: Exception | None = None) -> None:
    """Record a failure, unless another worker has ended the operation meanwhile."""
    telemetry.failed(uuid, code, error)
    AttemptOperation.objects.filter(uuid=uuid, status__in=IN_FLIGHT_STATUSES).update(
        status=OperationStatus.FAILED,
        in_flight=None,
        completed_at=DatabaseNow(),
        error_code=code,
        error=sentence,
    )


def _sentences(error: AttemptsError) -> str:
    if isinstance(error, NotEligible):
        return " ".join(reason.detail for reason in error.reasons)
    return error.detail
