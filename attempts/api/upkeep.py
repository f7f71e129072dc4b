"""What operators do: prove that all is well, see what is covered, carry out what was left behind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from uuid import UUID

from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from attempts import contexts, coverage, monitoring, operations, proofs, sweeping, tasks, verification
from attempts.api.contexts import PAGE_SIZE
from attempts.api.references import CourseRef, can_have_attempts, learner_at
from attempts.data import (
    AttemptData,
    Finding,
    HealthCheck,
    OperationData,
    OperationInFlightData,
    SiteInfo,
    SweepReport,
    TableCoverage,
    Workload,
)
from attempts.exceptions import AttemptActive, BrokerUnavailable
from attempts.host.courses import enrolments
from attempts.host.learners import LearnerRef, find_learner
from attempts.host.service import require_lms
from attempts.keys import checked_course_key


def verify(who: LearnerRef | None = None, course_key: CourseRef | None = None, /) -> Iterator[Finding]:
    """Yield each invariant that does not hold, naming the row; nothing if all is well.

    Args:
        who: the learner; None for everybody who was ever reset.
        course_key: the course; None for all.

    Raises:
        NotInStudio: this is Studio, where it cannot be told.
        LearnerNotFound, InvalidCourseKey, DeprecatedCourseKey: see there.
    """
    require_lms()
    key = None if course_key is None else checked_course_key(course_key)
    if who is None:
        return verification.verify_site(key)
    user = find_learner(who)
    keys: list[CourseKey] = [key] if key else [place.course_key for place in enrolments(user.pk)]
    checked = [found for found in keys if can_have_attempts(found)]
    return (finding for found in checked for finding in verification.verify_identity(user.pk, found))


def sweep(who: LearnerRef | None = None, course_key: CourseRef | None = None, /) -> Iterator[SweepReport]:
    """Put rows that late writes left in the wrong attempt back; yield the reports that say something.

    Args:
        who: the learner; None for everybody who was ever switched.
        course_key: the course; None for all.

    Raises:
        NotInStudio: this is Studio.
        LearnerNotFound, InvalidCourseKey, DeprecatedCourseKey: see there.
    """
    require_lms()
    key = None if course_key is None else checked_course_key(course_key)
    return sweeping.sweep_site(None if who is None else find_learner(who).pk, key)


def prove(who: LearnerRef, course_key: CourseRef, /, number: int | None = None) -> list[AttemptData]:
    """Bring archived attempts of a learner back on trial, take that back, and return them with what was found.

    Args:
        who: the learner.
        course_key: the course.
        number: only this attempt.

    Raises:
        AttemptNotFound, AttemptActive: the attempt asked for is not there, or not archived.
        NotInStudio: this is Studio.
        LearnerNotFound, CourseNotFound, InvalidCourseKey, DeprecatedCourseKey: see there.
    """
    require_lms()
    user, place = learner_at(who, course_key)
    if number is not None:
        proofs.prove(contexts.find_target(user, place, number).pk)
    else:
        for row in contexts.archived_rows(user, place):
            proofs.prove(row)
    found = contexts.attempts_of(user, [place])[place.course_key]
    return [one for one in found if one.number == number or (number is None and not one.is_active)]


def prove_all(*, older_than: timedelta | None = None) -> Iterator[AttemptData]:
    """Bring the archived attempts of everybody back on trial, one by one; yield each with what was found.

    Args:
        older_than: check again those whose last check is older; None: only those that were never checked since they
            were archived.

    Raises:
        NotInStudio: this is Studio.
    """
    require_lms()
    before = None if older_than is None else timezone.now() - older_than
    for row in proofs.provable_attempts(before):
        with suppress(AttemptActive):
            yield contexts.attempt_by_uuid(proofs.prove(row).context.uuid)


def audit() -> list[TableCoverage]:
    """Return every table of this host with data of a learner in a course, and what attempts do about it.

    Those whose ``answer`` is None are neither stored nor declared: nobody has thought of them.

    Raises:
        ImproperlyConfigured: stores or declarations cannot be loaded.
    """
    return coverage.audit_host()


def recover(*, older_than: timedelta | None = None) -> list[UUID]:
    """Carry out the operations that a killed worker or an absent broker left behind; return those taken up.

    Args:
        older_than: how long an operation must have been in flight; default ``ATTEMPTS_STUCK_AFTER``.
    """
    return operations.recover(older_than=older_than, dispatch=tasks.enqueue_follow_up)


def hand_over_recovery() -> int:
    """Have a worker do what :func:`recover` does, with overdue follow-ups and exports; return how many are stuck now.

    Raises:
        BrokerUnavailable: nothing was handed over.
        NotInStudio: this is Studio.
    """
    require_lms()
    stuck = monitoring.count_stuck()
    with _broker_named():
        tasks.enqueue_recovery()
    return stuck


def hand_over_operation(uuid: UUID | str, /) -> OperationData:
    """Hand an operation that is in flight to a worker once more; return it as it is now.

    It is carried out once, however often it is handed over. One that has ended is left alone.

    Raises:
        BrokerUnavailable: it was not handed over.
        OperationNotFound, NotInStudio: see there.
    """
    require_lms()
    operation = operations.find_operation(uuid)
    if operation.in_flight:
        with _broker_named():
            tasks.enqueue_operation(operation.uuid)
    return operation


def hand_over_follow_ups(uuid: UUID | str, /) -> tuple[OperationData, list[str]]:
    """Have workers run again what was given up after an operation; return the operation as it was, and their names.

    In a transaction of the caller's, a worker that is quicker than its commit finds nothing to do; `recover` finds it.

    Raises:
        BrokerUnavailable: not all were handed over; `recover` takes up the others.
        OperationNotFound, NotInStudio: see there.
    """

    def hand_over(operation: UUID, name: str, seconds: float) -> None:
        with _broker_named():
            tasks.enqueue_follow_up(operation, name, seconds)

    return operations.hand_over_follow_ups(uuid, dispatch=hand_over)


@contextmanager
def _broker_named() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        # Transports raise what they like, and what they say can name hosts and accounts.
        raise BrokerUnavailable from error


def operations_in_flight(most: int = PAGE_SIZE) -> list[OperationInFlightData]:
    """Return the operations that have not ended, the oldest first; a constant number of statements.

    Args:
        most: how many at most.
    """
    return operations.operations_in_flight(most)


def recover_follow_ups(*, older_than: timedelta | None = None) -> list[tuple[UUID, str]]:
    """Carry out the follow-ups that are overdue; return them by operation and name.

    Args:
        older_than: how long they must be overdue; default one minute.

    Raises:
        NotInStudio: this is Studio.
    """
    return operations.recover_follow_ups(older_than, dispatch=tasks.enqueue_follow_up)


def repeat_follow_ups(uuid: UUID | str, /, name: str | None = None) -> OperationData:
    """Run the follow-ups of an operation that failed or wait, here and now; return the operation.

    Those that are done or were skipped are not run again.

    Args:
        uuid: the operation.
        name: only this follow-up.

    Raises:
        OperationNotFound, FollowUpNotFound, NotInStudio: see there.
    """
    return operations.repeat_follow_ups(uuid, name, dispatch=tasks.enqueue_follow_up)


def health(*, recent: bool = False) -> tuple[HealthCheck, ...]:
    """Look whether the database, our tables, the broker, operations and `recover` are as they should be.

    Args:
        recent: take what somebody has found within the last five seconds, so that many may ask.
    """
    return monitoring.recent_health() if recent else monitoring.health()


def workload() -> Workload:
    """Return what is under way, what is stuck and what was given up; five statements."""
    return monitoring.read_state()


def about_site() -> SiteInfo:
    """Return versions, stores, follow-ups and the settings in force, without secrets.

    Raises:
        ImproperlyConfigured, ImportError: stores cannot be loaded.
    """
    return monitoring.about_site()


def metrics(accept: str = "") -> tuple[bytes, str] | None:
    """Return the page of metrics for Prometheus and its content type; None without ``prometheus_client``.

    The numbers are read at most once in ``ATTEMPTS_METRICS_MAX_AGE`` seconds.

    Args:
        accept: the ``Accept`` header of the request; empty for Prometheus' plain text.
    """
    return monitoring.metrics_page(accept)
