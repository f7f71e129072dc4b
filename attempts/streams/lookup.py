"""Which attempt was active some time ago."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import router
from django.db.models import F, QuerySet
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from attempts import conf
from attempts.fence import Pointer, current_unit, remembered
from attempts.host.expressions import DatabaseNow
from attempts.keys import AttemptCourseLocator
from attempts.models import AttemptContext, AttemptOperation, LearnerCourse, OperationStatus
from attempts.prepared import PreparedQuery
from attempts.uuids import attempt_uuid

#: How many answers a unit of work keeps.
_MOST_KNOWN = 1000


def attempt_of_work(user_id: int, course_key: CourseKey) -> tuple[int, UUID]:
    """Return number and uuid of the attempt that the work which runs here belongs to.

    That is the one that was active when the request or task began, as for the fence, and stays so until it ends; in
    commands and shells the one that is active now.

    Args:
        user_id: the learner.
        course_key: the plain key of the course.
    """
    unit = current_unit()
    if unit is None:
        return attempt_at(user_id, course_key, 0)
    key = "attempt", user_id, course_key
    if key not in unit.known:
        margin = 0 if unit.after_commit else conf.commit_margin().total_seconds()
        # A task may go over all learners of a course.
        if len(unit.known) >= _MOST_KNOWN:
            unit.known.clear()
        unit.known[key] = attempt_at(user_id, course_key, unit.seconds() + margin)
    found: tuple[int, UUID] = unit.known[key]
    return found


def attempt_at(user_id: int, course_key: CourseKey, age: float) -> tuple[int, UUID]:
    """Return number and uuid of the attempt that was active some time ago.

    One look at the cache for nearly everybody. One statement the first time, and for some minutes after a switch of
    the learner; two for what is older than that switch.

    Args:
        user_id: the learner.
        course_key: the plain key of the course.
        age: how long ago, in seconds.
    """
    read: list[_Read] = []

    def pointer_now() -> Pointer:
        read.append(_read(user_id, course_key))
        return read[0].pointer

    pointer = remembered(user_id, course_key, pointer_now)
    if _may_be_older(age, pointer):
        # The clocks of host and database may differ: what is near is compared by the database's alone.
        pointer, now = read[0] if read else _read(user_id, course_key)
        moment = now - timedelta(seconds=age)
        if pointer.switched_at is not None and moment.timestamp() < pointer.switched_at:
            return _in_history(user_id, course_key, moment) or (pointer.number, pointer.uuid)
    return pointer.number, pointer.uuid


def archived_attempt(user_id: int, key: AttemptCourseLocator) -> tuple[int, UUID]:
    """Return number and uuid of the attempt that a key names; one statement."""
    uuid = _uuids.first(user_id, key.plain, key.attempt)
    return key.attempt, uuid or attempt_uuid(user_id, key.plain, key.attempt)


class _Read(NamedTuple):
    """What the database says is active, and when that was by its clock."""

    pointer: Pointer
    now: datetime


def _read(user_id: int, course_key: CourseKey) -> _Read:
    row = _pointers.first(user_id, course_key)
    if row is None:
        return _Read(Pointer(1, attempt_uuid(user_id, course_key, 1), None), timezone.now())
    number, uuid, switched_at, now = row
    return _Read(Pointer(number, uuid, switched_at.timestamp() if switched_at else None), now)


def _may_be_older(age: float, pointer: Pointer) -> bool:
    """Whether what happened some seconds ago may have been before the latest switch."""
    if pointer.switched_at is None:
        return False
    return time.time() - age - conf.clock_skew().total_seconds() <= pointer.switched_at


def _in_history(user_id: int, course_key: CourseKey, moment: datetime) -> tuple[int, UUID] | None:
    """The attempt that the last switch before a moment led to, or else the one that the first switch left."""
    found = None
    for completed_at, *numbers_and_uuids in _switches(user_id, course_key):
        from_number, from_uuid, to_number, to_uuid = numbers_and_uuids
        if completed_at > moment:
            return found or (from_number, from_uuid)
        found = to_number, to_uuid
    return found


@PreparedQuery
def _pointers(user_id: int, course_key: CourseKey) -> QuerySet:
    rows = LearnerCourse.objects.using(router.db_for_write(LearnerCourse)).filter(
        user_id=user_id, course_key=course_key
    )
    active = rows.filter(attempts__number=F("active_number")).annotate(now=DatabaseNow())
    return active.values_list("active_number", "attempts__uuid", "switched_at", "now")


@PreparedQuery
def _switches(user_id: int, course_key: CourseKey) -> QuerySet:
    rows = AttemptOperation.objects.using(router.db_for_write(AttemptOperation))
    done = rows.filter(learner_id=user_id, course_key=course_key, status=OperationStatus.COMPLETE)
    names = ("from_attempt__number", "from_attempt__uuid", "to_attempt__number", "to_attempt__uuid")
    return done.order_by("completed_at", "id").values_list("completed_at", *names)


@PreparedQuery
def _uuids(user_id: int, course_key: CourseKey, number: int) -> QuerySet:
    rows = AttemptContext.objects.using(router.db_for_write(AttemptContext)).filter(number=number)
    return rows.filter(learner_course__user_id=user_id, learner_course__course_key=course_key).values_list(
        "uuid", flat=True
    )
