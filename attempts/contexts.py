"""Reading attempts: those with a row, and the implicit first one of a learner never reset."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from opaque_keys.edx.keys import CourseKey

from attempts.data import AttemptData, AttemptSummary, LearnerData, ProofData
from attempts.exceptions import AlreadyActive, AttemptNotFound
from attempts.host.courses import Enrolment
from attempts.host.learners import learner_data
from attempts.models import AttemptContext, AttemptProof, LearnerCourse
from attempts.rows import with_uuid
from attempts.stores import in_store_order
from attempts.uuids import attempt_uuid


def readable_attempts() -> QuerySet[AttemptContext]:
    """Return the attempts of everybody, with what :func:`attempt_data` needs of other tables but the user's."""
    return AttemptContext.objects.select_related("learner_course", "proof").defer("proof__checksums")


def active_number(user_id: int, course_key: CourseKey) -> int:
    """Return the number of the active attempt; one statement."""
    rows = LearnerCourse.objects.filter(user_id=user_id, course_key=course_key)
    return rows.values_list("active_number", flat=True).first() or 1


def active_since(user_id: int, course_key: CourseKey) -> tuple[int, datetime | None] | None:
    """Return the number of the active attempt and when it began; None for a learner never reset. One statement."""
    own = AttemptContext.objects.filter(learner_course__user_id=user_id, learner_course__course_key=course_key)
    return own.filter(number=F("learner_course__active_number")).values_list("number", "opened_at").first()


def attempts_of(user: Any, places: Collection[Enrolment]) -> dict[CourseKey, tuple[AttemptData, ...]]:
    """Return all attempts of a learner at each of some courses, by number; one statement."""
    learner = learner_data(user)
    found: dict[CourseKey, tuple[AttemptData, ...]] = {place.course_key: () for place in places}
    rows = readable_attempts().filter(learner_course__user_id=user.pk, learner_course__course_key__in=list(found))
    for row in rows.order_by("number"):
        found[row.learner_course.course_key] += (attempt_data(row, learner),)
    return {place.course_key: found[place.course_key] or (_implicit_first(learner, place),) for place in places}


def recorded_attempts(user: Any) -> tuple[AttemptData, ...]:
    """Return the attempts of a learner that have a row, at whatever course, by course and number; one statement."""
    rows = readable_attempts().filter(learner_course__user_id=user.pk)
    learner = learner_data(user)
    return tuple(attempt_data(row, learner) for row in rows.order_by("learner_course__course_key", "number"))


def attempt_by_uuid(uuid: UUID | str) -> AttemptData:
    """Return the attempt with this uuid; one statement.

    Raises:
        AttemptNotFound: no row has it, or the text is no uuid.
    """
    row = with_uuid(readable_attempts().select_related("learner_course__user"), uuid).first()
    if row is None:
        raise AttemptNotFound(uuid)
    return attempt_data(row)


def refreshed(attempt: AttemptData) -> AttemptData:
    """Return an attempt as it is now; one statement. One without a row is as it was."""
    try:
        return attempt_by_uuid(attempt.uuid)
    except AttemptNotFound:
        return attempt


def find_target(user: Any, place: Enrolment, to: AttemptData | UUID | int | str | None) -> AttemptContext:
    """Return the row of the attempt that somebody wants to be active.

    Args:
        user: the host's user.
        place: the course.
        to: the attempt's number, uuid or value object.

    Raises:
        AlreadyActive: it is the first attempt of a learner never reset.
        AttemptNotFound: it is none of this learner at this course.
    """
    of = f"{user.get_username()} in {place.course_key}"
    own = AttemptContext.objects.filter(learner_course__user_id=user.pk, learner_course__course_key=place.course_key)
    to = _normalised(to)
    if isinstance(to, int):
        row = own.filter(number=to).first() if 0 < to < 2**31 else None
    else:
        row = own.filter(pk__in=with_uuid(AttemptContext.objects.all(), to).values("pk")).first() if to else None
    if row is None:
        if to in (1, attempt_uuid(user.pk, place.course_key, 1)) and not own.exists():
            raise AlreadyActive(1)
        raise AttemptNotFound(to, of)
    return row


def archived_rows(user: Any, place: Enrolment) -> list[int]:
    """Return the primary keys of the rows of a learner's archived attempts at a course, by number; one statement."""
    own = AttemptContext.objects.filter(learner_course__user_id=user.pk, learner_course__course_key=place.course_key)
    return list(own.exclude(number=F("learner_course__active_number")).order_by("number").values_list("pk", flat=True))


def find_target_number(user: Any, place: Enrolment, to: AttemptData | UUID | int | str | None) -> int:
    """Return the number of the attempt that somebody wants to be active; arguments are those of :func:`find_target`.

    Raises:
        AttemptNotFound: it is none of this learner at this course.
    """
    try:
        return find_target(user, place, to).number
    except AlreadyActive:
        return 1


def _normalised(to: AttemptData | UUID | int | str | None) -> UUID | int | str | None:
    if isinstance(to, AttemptData):
        return to.uuid
    try:
        return UUID(to) if isinstance(to, str) else to
    except ValueError:
        return to


def _implicit_first(learner: LearnerData, place: Enrolment) -> AttemptData:
    return AttemptData(
        uuid=attempt_uuid(learner.id, place.course_key, 1),
        learner=learner,
        course_key=place.course_key,
        number=1,
        state="active",
        opened_at=place.enrolled_at,
        archived_at=None,
        summary=None,
        is_recorded=False,
    )


def attempt_data(row: AttemptContext, learner: LearnerData | None = None) -> AttemptData:
    """Return the value object of a row.

    Args:
        row: the row, one of :func:`readable_attempts`; unless ``learner`` is given, with the identity row's user.
        learner: whose it is.
    """
    is_active = row.number == row.learner_course.active_number
    return AttemptData(
        uuid=row.uuid,
        learner=learner or learner_data(row.learner_course.user),
        course_key=row.learner_course.course_key,
        number=row.number,
        state="active" if is_active else "archived",
        opened_at=row.opened_at,
        archived_at=None if is_active else row.archived_at,
        summary=None if is_active else _summary(row),
        proof=None if is_active else proof_data(row),
    )


def proof_data(row: AttemptContext) -> ProofData | None:
    """Return what the last trial of bringing an archived attempt back has shown, None if there was none since."""
    proof: AttemptProof | None = getattr(row, "proof", None)
    if proof is None or proof.archived_at != row.archived_at:
        return None
    return ProofData(proof.checked_at, proof.restorable, proof.problem, proof.made_at, tuple(proof.changed))


def _summary(row: AttemptContext) -> AttemptSummary:
    return AttemptSummary(
        percent_grade=row.percent_grade,
        letter_grade=row.letter_grade,
        passed=row.passed,
        completed_blocks=row.completed_blocks or 0,
        completion_ratio=row.completion_ratio,
        rows=in_store_order(row.rows),
    )
