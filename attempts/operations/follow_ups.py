"""What comes after a completed operation: begun on commit, repeated until it worked, taken up when left behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID

from attempts import followups
from attempts.data import OperationData
from attempts.exceptions import FollowUpNotFound
from attempts.fence import unit_of_work
from attempts.host.service import require_lms
from attempts.models import FollowUp
from attempts.operations.records import find_operation
from attempts.telemetry import Event, EventLog, about_operation
from attempts.telemetry.follow_ups import facts_of_data

log = EventLog(__name__)

#: Hands a follow-up of an operation to a worker, to be run after so many seconds.
Dispatch = Callable[[UUID, str, float], None]


def begin_follow_ups(operation: OperationData, planned: Sequence[FollowUp], dispatch: Dispatch | None) -> None:
    """Run what is immediate, here and now, and hand the rest to workers. Called once the switch is committed.

    What cannot be handed over, because there is no broker or nobody to hand it, stays waiting for `recover`.

    Args:
        operation: the operation, as it was committed.
        planned: its follow-ups, as they were.
        dispatch: hands a follow-up to a worker.
    """
    installed = followups.installed_follow_ups()
    for row in planned:
        if installed[row.name].immediate:
            try:
                _run(operation, row.name, dispatch, row)
            except Exception as error:
                # The database was in the way of saying what became of it; `recover` will find it.
                with about_operation(operation.uuid, **facts_of_data(operation)):
                    log.error(Event.FOLLOW_UP_NOT_RECORDED, error, follow_up=row.name)
    for row in planned:
        if not installed[row.name].immediate:
            _hand_over(operation, row.name, installed[row.name].delay, dispatch)


def run_follow_up(uuid: UUID, name: str, *, dispatch: Dispatch | None = None) -> None:
    """Carry out one follow-up if it is due; if it fails, hand over its next try.

    Raises:
        OperationNotFound: there is no such operation.
    """
    _run(find_operation(uuid), name, dispatch)


def recover_follow_ups(
    older_than: timedelta | None = None, *, dispatch: Dispatch | None = None
) -> list[tuple[UUID, str]]:
    """Carry out, here and now, the follow-ups that are overdue; return them by operation and name.

    Args:
        older_than: how long they must be overdue; default one minute.
        dispatch: hands over the next try of one that fails.

    Raises:
        NotInStudio: this is Studio.
    """
    require_lms()
    found = followups.left_behind(older_than)
    for uuid, name in found:
        try:
            run_follow_up(uuid, name, dispatch=dispatch)
        except Exception as error:
            # One must not keep the others waiting.
            with about_operation(uuid):
                log.error(Event.FOLLOW_UP_NOT_RECOVERED, error, follow_up=name)
    return found


def repeat_follow_ups(uuid: UUID | str, name: str | None = None, *, dispatch: Dispatch | None = None) -> OperationData:
    """Run the follow-ups of an operation that have not worked, here and now; return the operation.

    Args:
        uuid: the operation.
        name: only this one; None for all that failed or wait.
        dispatch: hands over the next try of one that fails again.

    Raises:
        OperationNotFound: there is no such operation.
        FollowUpNotFound: the operation has no follow-up ``name``.
        NotInStudio: this is Studio.
    """
    require_lms()
    operation = find_operation(uuid)
    if name is not None and name not in {row.name for row in operation.follow_ups}:
        raise FollowUpNotFound(name, uuid)
    for one in followups.reopen(operation.uuid, name):
        _run(operation, one, dispatch)
    return find_operation(uuid)


def hand_over_follow_ups(uuid: UUID | str, *, dispatch: Dispatch) -> tuple[OperationData, list[str]]:
    """Make the follow-ups of an operation that were given up due again, and hand them to workers.

    Args:
        uuid: the operation.
        dispatch: hands one of them over; what it raises is raised when all are due, so that `recover` finds them.

    Returns:
        The operation as it was, and the names of these follow-ups.

    Raises:
        OperationNotFound: there is no such operation.
        NotInStudio: this is Studio.
    """
    require_lms()
    operation = find_operation(uuid)
    given_up = followups.reopen(operation.uuid, waiting=False)
    for name in given_up:
        dispatch(operation.uuid, name, 0)
    return operation, given_up


def _run(operation: OperationData, name: str, dispatch: Dispatch | None, claimed: FollowUp | None = None) -> None:
    # A site's own may write into the new attempt at once.
    with unit_of_work(after_commit=True), about_operation(operation.uuid, **facts_of_data(operation)):
        wait = followups.run_claimed(operation, claimed) if claimed else followups.run(operation, name)
    if wait is not None:
        _hand_over(operation, name, wait, dispatch)


def _hand_over(operation: OperationData, name: str, seconds: float, dispatch: Dispatch | None) -> None:
    if dispatch is None:
        return
    try:
        dispatch(operation.uuid, name, seconds)
    except Exception as error:
        # Brokers fail in many ways; the row says what is to be done all the same.
        with about_operation(operation.uuid, **facts_of_data(operation)):
            log.warning(Event.FOLLOW_UP_NOT_ENQUEUED, error, follow_up=name)
