"""What is told of an operation at each step. One call each, so that the code that does the work stays readable."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol
from uuid import UUID

from edx_django_utils.monitoring import function_trace

from attempts.telemetry import counts
from attempts.telemetry.attributes import set_attributes
from attempts.telemetry.context import Operation, about_operation, facts_of, known_facts, learn
from attempts.telemetry.errors import described
from attempts.telemetry.events import Event
from attempts.telemetry.logs import EventLog

P = ParamSpec("P")
log = EventLog("attempts.operations")


class Ended(Operation, Protocol):
    """What is read of the row of an operation that has completed."""

    started_at: Any
    completed_at: Any
    rows: Mapping[str, Mapping[str, int]]


def traced(function: Callable[Concatenate[UUID, P], None]) -> Callable[Concatenate[UUID, P], None]:
    """Make a function of an operation's uuid a span of the host's monitoring, whose lines name the operation."""

    @wraps(function)
    def about(uuid: UUID, *args: P.args, **kwargs: P.kwargs) -> None:
        with about_operation(uuid), function_trace("attempts.operations.execute"):
            function(uuid, *args, **kwargs)

    return about


def requested(row: Operation) -> None:
    """Tell that a switch was asked for; to be called once that is committed."""
    with about_operation(row.uuid, **facts_of(row)):
        log.info(Event.OPERATION_REQUESTED, status="enqueued")
        set_attributes({**known_facts(), "status": "enqueued"})


def refused(kind: str, learner_id: int, course_key: Any, codes: Sequence[str]) -> None:
    """Tell that somebody asked for a switch in vain, and count each reason."""
    for code in codes:
        counts.count(counts.REFUSALS, kind, code)
    log.info(Event.OPERATION_REFUSED, kind=kind, learner=learner_id, course=course_key, code=",".join(codes))
    set_attributes({"kind": kind, "code": ",".join(codes)})


def not_enqueued(row: Operation, error: Exception) -> None:
    """Tell that no worker could be told of an operation."""
    with about_operation(row.uuid, **facts_of(row)):
        log.warning(Event.OPERATION_NOT_ENQUEUED, error, status="enqueued")


def started(row: Operation) -> None:
    """Tell that a worker has an operation in hand; whatever is told from here on knows what it is."""
    learn(**facts_of(row))
    log.info(Event.OPERATION_STARTED, status="in_progress")
    set_attributes({**known_facts(), "status": "in_progress"})


def skipped(uuid: UUID) -> None:
    """Tell that there was nothing to carry out."""
    with about_operation(uuid):
        log.info(Event.OPERATION_SKIPPED)


def completed(row: Ended) -> None:
    """Tell that a switch was made; to be called once it is committed."""
    outcome = {
        "status": "complete",
        # Told by two clocks, which may not agree.
        "duration": max(0.0, (row.completed_at - row.started_at).total_seconds()) if row.started_at else None,
        "rows": sum(moved["archived"] + moved["restored"] for moved in row.rows.values()),
    }
    with about_operation(row.uuid, **facts_of(row)):
        log.info(Event.OPERATION_COMPLETED, **outcome)
        set_attributes({**known_facts(), **outcome})


def failed(uuid: UUID, code: str, error: Exception | None = None) -> None:
    """Tell that an operation has failed.

    Args:
        uuid: the operation.
        code: why.
        error: what was raised, if nobody foresaw it.
    """
    with about_operation(uuid):
        (log.error if error else log.warning)(Event.OPERATION_FAILED, error, status="failed", code=code)
        set_attributes({**known_facts(), "status": "failed", "code": code})


def retried(uuid: UUID, error: Exception, code: str, seconds: float) -> None:
    """Tell that the database was in the way, and in how many seconds it is asked again."""
    counts.count(counts.RETRIES, code)
    with about_operation(uuid):
        log.info(Event.OPERATION_RETRIED, code=code, error=described(error), seconds=seconds)


def given_up(uuid: UUID, error: Exception, code: str) -> None:
    """Tell that the database was in the way every time."""
    with about_operation(uuid):
        log.warning(Event.OPERATION_GIVEN_UP, error, status="failed", code=code)


def not_recovered(uuid: UUID, error: Exception) -> None:
    """Tell that `recover` could not carry out an operation."""
    with about_operation(uuid):
        log.error(Event.OPERATION_NOT_RECOVERED, error)
