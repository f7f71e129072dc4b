"""The door to attempts: what other apps, the REST API and the commands may call.

Learners are named by user, user id, username or e-mail address; courses by plain key, parsed or as text. Results
are value objects of :mod:`attempts.data`. Every refusal is an error of :mod:`attempts.exceptions`.

None of these functions asks who is calling: permissions are the business of the faces.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from opaque_keys.edx.keys import CourseKey

from attempts import adapters, contexts, operations, policies, tasks, verification
from attempts.data import (
    AttemptData,
    BlockCompletion,
    BlockState,
    CourseStanding,
    Eligibility,
    Finding,
    Grades,
    Kind,
    LearnerData,
    OperationData,
    OwnPolicy,
    PolicyData,
    Preview,
)
from attempts.exceptions import AttemptsError
from attempts.host import roles
from attempts.host.courses import Enrolment, enrolment, enrolments
from attempts.host.learners import LearnerRef, find_learner, learner_data
from attempts.keys import checked_course_key
from attempts.previews import eligibility_of, preview_of

__all__ = [
    "active_attempt",
    "attempt",
    "attempts",
    "change_policy",
    "completion",
    "courses",
    "effective_policy",
    "eligibility",
    "grades",
    "is_support",
    "learner",
    "operation",
    "own_policy",
    "preview",
    "recover",
    "request_activate",
    "request_reset",
    "request_undo",
    "states",
    "user",
    "verify",
]

CourseRef = CourseKey | str
AttemptRef = AttemptData | UUID | int | str


def learner(who: LearnerRef, /) -> LearnerData:
    """Return a learner.

    Raises:
        LearnerNotFound: nobody goes by that name.
    """
    return learner_data(find_learner(who))


def user(who: LearnerRef, /) -> Any:
    """Return the host's user by that name, for ``requested_by``.

    Raises:
        LearnerNotFound: nobody goes by that name.
    """
    return find_learner(who)


def is_support(user: Any, /) -> bool:
    """Tell whether a user of the host may do support work on the whole site."""
    return roles.is_support(user)


def active_attempt(who: LearnerRef, course_key: CourseRef, /) -> AttemptData:
    """Return the active attempt of a learner at a course; attempt 1 if the learner was never reset.

    Raises:
        LearnerNotFound, CourseNotFound, InvalidCourseKey, DeprecatedCourseKey: see there.
    """
    return next(found for found in attempts(who, course_key) if found.is_active)


def attempts(who: LearnerRef, course_key: CourseRef, /) -> tuple[AttemptData, ...]:
    """Return all attempts of a learner at a course, by number; a constant number of statements.

    Raises:
        LearnerNotFound, CourseNotFound, InvalidCourseKey, DeprecatedCourseKey: see there.
    """
    user, place = _learner_at(who, course_key)
    return contexts.attempts_of(user, place)


def attempt(uuid: UUID | str, /) -> AttemptData:
    """Return an attempt of a learner who was reset at least once.

    The only attempt of a learner never reset has a uuid but no row, and cannot be found by it.

    Raises:
        AttemptNotFound: there is none by that uuid.
    """
    return contexts.attempt_by_uuid(uuid)


def courses(who: LearnerRef, /) -> tuple[CourseStanding, ...]:
    """Return where a learner stands in each course ever enrolled in, by course key.

    Courses that cannot have attempts (deprecated keys) are left out.

    Raises:
        LearnerNotFound: nobody goes by that name.
    """
    user = find_learner(who)
    return tuple(_standing(user, place) for place in enrolments(user.pk) if _can_have_attempts(place.course_key))


def effective_policy(course_key: CourseRef, /) -> PolicyData:
    """Return the policy in force for a course, and where each part of it comes from.

    Raises:
        InvalidCourseKey, DeprecatedCourseKey: see there.
    """
    return policies.effective_policy(checked_course_key(course_key))


def own_policy(*, org: str = "", course_key: CourseRef | None = None) -> OwnPolicy:
    """Return what the policy of a course, of an organisation, or of the instance decides itself.

    Raises:
        InvalidPolicy: both an organisation and a course are named.
        InvalidCourseKey, DeprecatedCourseKey: see there.
    """
    return policies.own_policy(org, _course_text(course_key))


def change_policy(
    changes: Mapping[str, Any],
    /,
    *,
    changed_by: Any,
    org: str = "",
    course_key: CourseRef | None = None,
) -> OwnPolicy:
    """Change the policy of a course, of an organisation, or of the instance; its history is kept.

    Args:
        changes: fields and their new values; ``INHERIT`` leaves a field to the wider policy, None as ``max_resets``
            means unlimited.
        changed_by: the host's user who does it; None for the system.
        org: the organisation.
        course_key: the course.

    Raises:
        InvalidPolicy: an unknown field, a wrong value, or two scopes at once; nothing is changed.
        InvalidCourseKey, DeprecatedCourseKey: see there.
    """
    return policies.change_policy(org, _course_text(course_key), changes, changed_by)


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
) -> OperationData:
    """Ask for a new attempt; the active one is archived by a worker once this is committed.

    Args:
        who: the learner.
        course_key: the course.
        requested_by: the host's user who asks; None for the system, said on purpose.
        comment: why, at most 255 characters.
        override: codes of the reasons to go on in spite of; the caller answers for the right to.
        idempotency_key: the same key from the same requester names the same request, which is carried out once.

    Returns:
        The operation, enqueued; an earlier one if the idempotency key says so.

    Raises:
        NotEligible: with every reason; its subclass if there is one reason only.
        OperationInFlight, IdempotencyMismatch, CommentTooLong, InvalidIdempotencyKey, UnknownOverride,
        LearnerNotFound, CourseNotFound, InvalidCourseKey, DeprecatedCourseKey: see there. Nothing is written.
    """
    return _request("reset", who, course_key, None, requested_by, comment, override, idempotency_key)


def request_undo(
    who: LearnerRef,
    course_key: CourseRef,
    /,
    *,
    requested_by: Any,
    comment: str = "",
    override: Collection[str] = (),
    idempotency_key: str | None = None,
) -> OperationData:
    """Ask to take back the last completed operation: the attempt that was active before becomes active again.

    What the learner did since is archived as an attempt of its own, so that an undo can be undone. Arguments and
    errors are those of :func:`request_reset`.
    """
    return _request("undo", who, course_key, None, requested_by, comment, override, idempotency_key)


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
) -> OperationData:
    """Ask to make the archived attempt ``to`` (number, uuid or value object) active.

    Other arguments and errors are those of :func:`request_reset`.

    Raises:
        AttemptNotFound: there is no such attempt of this learner at this course.
    """
    return _request("activate", who, course_key, to, requested_by, comment, override, idempotency_key)


def operation(uuid: UUID | str, /) -> OperationData:
    """Return an operation and how far it is.

    Raises:
        OperationNotFound: there is none by that uuid.
    """
    return operations.find_operation(uuid)


def states(attempt: AttemptData, /) -> Iterator[BlockState]:
    """Yield the block states of an attempt, active or archived, by plain keys; streamed."""
    return adapters.states(attempt)


def grades(attempt: AttemptData, /) -> Grades:
    """Return the course grade and the subsection grades of an attempt, active or archived, by plain keys."""
    return adapters.grades(attempt)


def completion(attempt: AttemptData, /) -> Iterator[BlockCompletion]:
    """Yield how far each block was completed in an attempt, active or archived, by plain keys; streamed."""
    return adapters.completion(attempt)


def verify(who: LearnerRef | None = None, course_key: CourseRef | None = None, /) -> Iterator[Finding]:
    """Yield each invariant that does not hold, naming the row; nothing if all is well.

    Args:
        who: the learner; None for everybody who was ever reset.
        course_key: the course; None for all.

    Raises:
        LearnerNotFound, InvalidCourseKey, DeprecatedCourseKey: see there.
    """
    key = None if course_key is None else checked_course_key(course_key)
    if who is None:
        return verification.verify_site(key)
    user = find_learner(who)
    keys: list[CourseKey] = [key] if key else [place.course_key for place in enrolments(user.pk)]
    checked = [found for found in keys if _can_have_attempts(found)]
    return (finding for found in checked for finding in verification.verify_identity(user.pk, found))


def recover(*, older_than: timedelta | None = None) -> list[UUID]:
    """Carry out the operations that a killed worker or an absent broker left behind; return those taken up.

    Args:
        older_than: how long an operation must have been in flight; default ``ATTEMPTS_STUCK_AFTER``.
    """
    return operations.recover(older_than=older_than)


def _request(
    kind: Kind,
    who: LearnerRef,
    course_key: CourseRef,
    to: AttemptRef | None,
    requested_by: Any,
    comment: str,
    override: Collection[str],
    idempotency_key: str | None,
) -> OperationData:
    user, place = _learner_at(who, course_key)
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
    )
    request.validate()
    earlier = operations.earlier_operation(request)
    if earlier is not None:
        return operations.operation_data(earlier)
    situation = _situation_at(kind, user, place, target.number if target else None)
    row = operations.request_switch(request, situation, dispatch=tasks.enqueue_operation)
    return operations.operation_data(row)


def _learner_at(who: LearnerRef, course_key: CourseRef) -> tuple[Any, Enrolment]:
    key = checked_course_key(course_key)
    user = find_learner(who)
    return user, enrolment(user.pk, key)


def _situation(
    kind: Kind, who: LearnerRef, course_key: CourseRef, to: AttemptRef | None
) -> tuple[Any, policies.Situation]:
    user, place = _learner_at(who, course_key)
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


def _standing(user: Any, place: Enrolment) -> CourseStanding:
    found = contexts.attempts_of(user, place)
    situation = _situation_at("reset", user, place)
    return CourseStanding(
        course_key=place.course_key,
        display_name=place.display_name,
        is_enrolled=place.is_active,
        active_attempt=next(one for one in found if one.is_active),
        attempts=len(found),
        eligibility=eligibility_of(situation),
        undo_to=situation.switches[-1].from_number if situation.switches else None,
        last_operation=operations.last_operation(user.pk, place.course_key),
    )


def _course_text(course_key: CourseRef | None) -> str:
    return "" if course_key is None else str(checked_course_key(course_key))


def _can_have_attempts(course_key: CourseKey) -> bool:
    try:
        checked_course_key(course_key)
    except AttemptsError:
        return False
    return True
