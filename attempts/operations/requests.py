"""Asking for a switch: checked, written down, handed to a worker once it is committed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.db import IntegrityError, OperationalError, router, transaction
from opaque_keys.edx.keys import CourseKey

from attempts.data import LEARNER_ROLE, Kind, Provenance
from attempts.exceptions import (
    CommentTooLong,
    Conflict,
    IdempotencyMismatch,
    InvalidIdempotencyKey,
    NotEligible,
    NotEnrolled,
    OperationInFlight,
    UnknownOverride,
)
from attempts.fence import announce_request
from attempts.filters import veto
from attempts.host.isolation import begins_anew, first_now, is_deadlock
from attempts.models import AttemptContext, AttemptOperation
from attempts.models.operations import COMMENT_LENGTH, IDEMPOTENCY_KEY_LENGTH
from attempts.policies import Situation, learner_objections, objections, overridable_codes
from attempts.telemetry import operations as telemetry

#: Of an insert that deadlocks with others of the same learner.
_TRIES = 5


@dataclass(frozen=True)
class Request:
    """A switch as somebody asked for it.

    Attributes:
        kind: reset, undo or activate.
        user: the host's user whose attempts they are.
        course_key: the plain key of the course.
        to_attempt: the archived attempt to activate; None for other kinds.
        requested_by: the host's user who asks, None for the system.
        comment: the reason, at most 255 characters.
        override: codes of the reasons to go on in spite of.
        idempotency_key: the same key from the same requester names the same request.
        provenance: by which right and through what it came.
    """

    kind: Kind
    user: Any
    course_key: CourseKey
    to_attempt: AttemptContext | None
    requested_by: Any
    comment: str
    override: frozenset[str]
    idempotency_key: str | None
    provenance: Provenance

    def validate(self) -> None:
        """Check what does not depend on the learner's state.

        Raises:
            CommentTooLong, InvalidIdempotencyKey, UnknownOverride: see there.
        """
        if len(self.comment) > COMMENT_LENGTH:
            raise CommentTooLong(len(self.comment), COMMENT_LENGTH)
        key = self.idempotency_key
        # MySQL and MariaDB do not tell keys apart that differ in blanks at the end.
        if key is not None and (not 1 <= len(key) <= IDEMPOTENCY_KEY_LENGTH or key != key.strip()):
            raise InvalidIdempotencyKey(IDEMPOTENCY_KEY_LENGTH)
        allowed = overridable_codes()
        unknown = self.override - allowed
        if unknown:
            raise UnknownOverride(sorted(unknown), sorted(allowed))

    @property
    def scoped_key(self) -> str | None:
        """The idempotency key as it is stored: with the requester, so that two people can use the same."""
        if self.idempotency_key is None:
            return None
        return f"{self.requested_by.pk if self.requested_by else 'system'}:{self.idempotency_key}"

    def matches(self, row: AttemptOperation) -> bool:
        """Tell whether ``row`` was made by this very request."""
        return (
            (row.kind, row.learner_id, row.course_key) == (self.kind, self.user.pk, self.course_key)
            and (row.comment, frozenset(row.overridden)) == (self.comment, self.override)
            and (self.to_attempt is None or row.to_attempt_id == self.to_attempt.pk)
        )


def earlier_operation(request: Request, *, past_snapshot: bool = False) -> AttemptOperation | None:
    """Return the operation that this request made before, None if it is new.

    Args:
        request: what is asked for.
        past_snapshot: look at what is committed. Only for who inserts nothing afterwards: where no row is found, the
            gap is locked in which others insert theirs.

    Raises:
        IdempotencyMismatch: the key belongs to another request.
    """
    if request.scoped_key is None:
        return None
    rows = AttemptOperation.objects.filter(idempotency_key=request.scoped_key)
    row = first_now(rows) if past_snapshot else rows.first()
    if row is not None and not request.matches(row):
        raise IdempotencyMismatch(row.uuid)
    return row


def refuse_if_in_flight(user_id: int, course_key: CourseKey) -> None:
    """Refuse while another operation of this learner and course has not ended.

    Raises:
        OperationInFlight: there is one.
    """
    rows = AttemptOperation.objects.filter(learner_id=user_id, course_key=course_key, in_flight=True)
    uuid = rows.values_list("uuid", flat=True).first()
    if uuid is not None:
        raise OperationInFlight(uuid)


def refuse(
    situation: Situation,
    override: Collection[str],
    role: str,
    ask_site: Callable[[], NotEligible | None],
) -> None:
    """Refuse a switch that something stands against, except for overridden reasons.

    Args:
        situation: the facts.
        override: codes of the reasons to go on in spite of.
        role: by which right it is asked for; a learner's own has rules of its own.
        ask_site: says what the site's own code has against it; asked only if nothing else stands against it.

    Raises:
        NotEligible: the reason's own class if there is one reason, else with all of them.
    """
    found = objections(situation)
    if role == LEARNER_ROLE:
        # Of a course that is not hers she need not learn when it starts.
        found = [reason for reason in found if isinstance(reason, NotEnrolled)] or found
        known = {reason.code for reason in found}
        found += [reason for reason in learner_objections(situation) if reason.code not in known]
    reasons = [reason for reason in found if not (reason.overridable and reason.code in override)]
    if not reasons:
        vetoed = ask_site()
        reasons = [vetoed] if vetoed else []
    if len(reasons) == 1:
        raise reasons[0]
    if reasons:
        raise NotEligible(f"There are {len(reasons)} reasons against this {situation.kind}.", reasons)


@contextmanager
def refusals_told(request: Request) -> Iterator[None]:
    """Log and count the reasons for which a request is refused; the caller is refused all the same."""
    try:
        yield
    except (NotEligible, Conflict) as error:
        codes = [reason.code for reason in error.reasons] if isinstance(error, NotEligible) else [error.code]
        telemetry.refused(request.kind, request.user.pk, request.course_key, codes)
        raise


def request_switch(request: Request, situation: Situation, *, dispatch: Callable[[UUID], None]) -> AttemptOperation:
    """Write a request down as an operation and hand it to a worker on commit; return the operation.

    Args:
        request: what is asked for.
        situation: the facts it is judged on.
        dispatch: hands an operation to a worker.

    Raises:
        NotEligible, OperationInFlight, IdempotencyMismatch: see there. Nothing is written.
    """
    try:
        refuse_if_in_flight(request.user.pk, request.course_key)
        refuse(situation, request.override, request.provenance.role, partial(_veto, request, situation))
        row = _write(request)
    except (IntegrityError, OperationInFlight, NotEligible) as error:
        return _twin(request, error)
    transaction.on_commit(partial(telemetry.requested, row), robust=True)
    transaction.on_commit(partial(_hand_over, row, dispatch), robust=True)
    return row


def _hand_over(row: AttemptOperation, dispatch: Callable[[UUID], None]) -> None:
    announce_request()
    try:
        dispatch(row.uuid)
    except Exception as error:
        # A broker that is away does not undo the request; it stays enqueued and `recover` finds it.
        telemetry.not_enqueued(row, error)


def _veto(request: Request, situation: Situation) -> NotEligible | None:
    return veto(
        user=request.user,
        course_key=request.course_key,
        kind=request.kind,
        from_number=situation.active_number,
        to_number=situation.to_number,
        requested_by=request.requested_by,
        comment=request.comment,
        override=request.override,
        stage="request",
    )


def _twin(request: Request, error: Exception) -> AttemptOperation:
    """Another request was written between our looks: return it if it is this very one, else refuse.

    Nothing is locked to look again: a worker may hold the row for as long as its switch takes, and two losers of a
    race would each wait for what the failed insert of the other has locked.
    """
    earlier = earlier_operation(request, past_snapshot=True)
    if earlier is not None:
        return earlier
    if isinstance(error, IntegrityError):
        refuse_if_in_flight(request.user.pk, request.course_key)
        # The winner is there, but not in the snapshot of a caller's REPEATABLE READ transaction, or its worker has it.
        raise OperationInFlight(None) from error
    raise error


def _write(request: Request) -> AttemptOperation:
    """Write a request down, again if others who write one for the same learner were let go first.

    MySQL and MariaDB end one of two inserts of a key that a third has taken back, or that an operation had which has
    ended and whose entry in the index is not cleared away yet. The next try meets the row of the other.
    """
    is_outermost = begins_anew(router.db_for_write(AttemptOperation))
    for _ in range(_TRIES - 1):
        try:
            return _insert(request)
        except OperationalError as error:
            # What the caller had done in its transaction is gone with it.
            if not (is_outermost and is_deadlock(error)):
                raise
    return _insert(request)


@transaction.atomic
def _insert(request: Request) -> AttemptOperation:
    return AttemptOperation.objects.create(
        kind=request.kind,
        learner=request.user,
        course_key=request.course_key,
        org=str(request.course_key.org),
        to_attempt=request.to_attempt,
        requested_by=request.requested_by,
        comment=request.comment,
        overridden=sorted(request.override),
        idempotency_key=request.scoped_key,
        **asdict(request.provenance),
    )
