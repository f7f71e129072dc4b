"""Switches: whether one would be accepted, what it would do, asking for it, and following it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from attempts import contexts, operations, policies, searches, tasks
from attempts.api.contexts import PAGE_SIZE, learner_to_look_for
from attempts.api.references import AttemptRef, CourseRef, learner_at
from attempts.data import (
    EVERYWHERE,
    AttemptTurns,
    Eligibility,
    Kind,
    OperationData,
    OperationQuery,
    Page,
    Preview,
    Provenance,
    Reach,
)
from attempts.host.courses import Enrolment
from attempts.host.learners import LearnerRef, find_learner, learner_data
from attempts.previews import eligibility_of, preview_of


def eligibility(
    who: LearnerRef, course_key: CourseRef, /, *, kind: Kind = "reset", to: AttemptRef | None = None
) -> Eligibility:
    """Say whether a switch would be accepted now, with every reason against it; nothing is written.

    Args:
        who: the learner.
        course_key: the course.
        kind: the switch.
        to: the attempt to activate, for that kind: its number, uuid or value object.

    Raises:
        LearnerNotFound, CourseNotFound, AttemptNotFound, InvalidCourseKey, DeprecatedCourseKey: see there.
    """
    return eligibility_of(_situation(kind, who, course_key, to)[1])


def preview(
    who: LearnerRef, course_key: CourseRef, /, *, kind: Kind = "reset", to: AttemptRef | None = None
) -> Preview:
    """Say what a switch would move, store by store, and every reason against it; nothing is written.

    Arguments and errors are those of :func:`eligibility`.
    """
    user, situation = _situation(kind, who, course_key, to)
    return preview_of(learner_data(user), situation)


def request_reset(
    who: LearnerRef,
    course_key: CourseRef,
    /,
    *,
    requested_by: Any,
    comment: str = "",
    override: Collection[str] = (),
    idempotency_key: str | None = None,
    provenance: Provenance | None = None,
) -> OperationData:
    """Ask for a new attempt; the active one is archived by a worker once this is committed.

    Args:
        who: the learner.
        course_key: the course.
        requested_by: the host's user who asks; None for the system, said on purpose.
        comment: why, at most 255 characters.
        override: codes of the reasons to go on in spite of; the caller answers for the right to.
        idempotency_key: the same key from the same requester names the same request, which is carried out once.
        provenance: by which right and through what it is asked for.

    Returns:
        The operation, enqueued; an earlier one if the idempotency key says so.

    Raises:
        NotEligible: with every reason; its subclass if there is one reason only.
        OperationInFlight, IdempotencyMismatch, CommentTooLong, InvalidIdempotencyKey, UnknownOverride,
        LearnerNotFound, CourseNotFound, InvalidCourseKey, DeprecatedCourseKey: see there. Nothing is written.
    """
    words = (requested_by, comment, override, idempotency_key, provenance)
    return _request("reset", who, course_key, None, words)


def request_undo(
    who: LearnerRef,
    course_key: CourseRef,
    /,
    *,
    requested_by: Any,
    comment: str = "",
    override: Collection[str] = (),
    idempotency_key: str | None = None,
    provenance: Provenance | None = None,
) -> OperationData:
    """Ask to take back the last completed operation: the attempt that was active before becomes active again.

    What the learner did since is archived as an attempt of its own, so that an undo can be undone. Arguments and
    errors are those of :func:`request_reset`.

    Raises:
        RequestedByOthers: the provenance says that the learner herself asks, and the last operation was not hers.
    """
    words = (requested_by, comment, override, idempotency_key, provenance)
    return _request("undo", who, course_key, None, words)


def request_activate(
    who: LearnerRef,
    course_key: CourseRef,
    to: AttemptRef,
    /,
    *,
    requested_by: Any,
    comment: str = "",
    override: Collection[str] = (),
    idempotency_key: str | None = None,
    provenance: Provenance | None = None,
) -> OperationData:
    """Ask to make the archived attempt ``to`` (number, uuid or value object) active.

    Other arguments and errors are those of :func:`request_reset`.

    Raises:
        AttemptNotFound: there is no such attempt of this learner at this course.
    """
    words = (requested_by, comment, override, idempotency_key, provenance)
    return _request("activate", who, course_key, to, words)


def operation(uuid: UUID | str, /) -> OperationData:
    """Return an operation and how far it is.

    Raises:
        OperationNotFound: there is none by that uuid.
    """
    return operations.find_operation(uuid)


def attempt_turns(who: LearnerRef, /, *, within: Reach = EVERYWHERE) -> dict[UUID, AttemptTurns]:
    """Return by what each attempt of a learner began and ended, by the attempt's uuid; a constant number of statements.

    Attempts that no operation has touched are left out.

    Args:
        who: the learner.
        within: at which courses.

    Raises:
        LearnerNotFound: nobody goes by that name.
    """
    return operations.turns_of(find_learner(who).pk, within)


def search_operations(
    query: OperationQuery, /, *, within: Reach = EVERYWHERE, cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[OperationData]:
    """Return a page of operations; a constant number of statements.

    Args:
        query: which ones, and in which order.
        within: where the caller may look.
        cursor: where to go on, from the page before; None for the first page.
        size: how many at most.

    Raises:
        LearnerNotFound: the query names nobody, or nobody whom the caller may see.
        InvalidCursor: the cursor is none of this list in this order.
    """
    user = learner_to_look_for(query.learner, within)
    return searches.search_operations(query, user, within=within, cursor=cursor, size=size)


def _request(
    kind: Kind,
    who: LearnerRef,
    course_key: CourseRef,
    to: AttemptRef | None,
    words: tuple[Any, str, Collection[str], str | None, Provenance | None],
) -> OperationData:
    requested_by, comment, override, idempotency_key, provenance = words
    user, place = learner_at(who, course_key)
    target = contexts.find_target(user, place, to) if kind == "activate" else None
    request = operations.Request(
        kind=kind,
        user=user,
        course_key=place.course_key,
        to_attempt=target,
        requested_by=requested_by,
        comment=comment,
        override=frozenset(override),
        idempotency_key=idempotency_key,
        provenance=provenance or Provenance(),
    )
    request.validate()
    with operations.refusals_told(request):
        earlier = operations.earlier_operation(request)
        if earlier is not None:
            return operations.operation_data(earlier)
        situation = _situation_at(kind, user, place, target.number if target else None)
        row = operations.request_switch(request, situation, dispatch=tasks.enqueue_operation)
    return operations.operation_data(row)


def _situation(
    kind: Kind, who: LearnerRef, course_key: CourseRef, to: AttemptRef | None
) -> tuple[Any, policies.Situation]:
    user, place = learner_at(who, course_key)
    to_number = contexts.find_target_number(user, place, to) if kind == "activate" else None
    return user, _situation_at(kind, user, place, to_number)


def _situation_at(kind: Kind, user: Any, place: Enrolment, to_number: int | None = None) -> policies.Situation:
    return policies.survey_situation(
        kind,
        user,
        place,
        active_number=contexts.active_number(user.pk, place.course_key),
        to_number=to_number,
    )
