"""Who is late: work that began before the latest switch of the learner it writes about, or while it runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import router
from django.db.models import QuerySet
from opaque_keys.edx.keys import CourseKey

from attempts import conf
from attempts.fence.work import Unit
from attempts.host.expressions import DatabaseNow
from attempts.host.isolation import can_hold, values_held, values_now
from attempts.keys import AttemptCourseLocator
from attempts.models import AttemptOperation, LearnerCourse
from attempts.stores import TableStore


def learner_named_by(store: TableStore, instance: Any) -> Any:
    """Return what a row names its learner by: see :class:`attempts.stores.LearnerKind`."""
    value = instance
    for name in store.learner.split("__"):
        value = getattr(value, name)
    return getattr(value, "pk", value)


def switched_since(unit: Unit, user_id: int) -> Iterator[CourseKey]:
    """Yield the plain keys of the courses in which a learner was switched since a unit began; see `values_now`.

    Both moments of the comparison are the database's, so the clocks of hosts do not matter.
    """
    rows = _identities(user_id).filter(switched_at__isnull=False).annotate(now=DatabaseNow())
    window = unit.seconds() + (0 if unit.after_commit else conf.commit_margin().total_seconds())
    for course_key, switched_at, now in values_now(rows, "course_key", "switched_at", "now"):
        if (now - switched_at).total_seconds() < window:
            yield course_key


def holds_off_switch(user_id: int, course_key: CourseKey) -> bool:
    """Let the next switch of a learner wait for the end of the open transaction; tell whether it still can.

    It cannot where a switch holds the operation already, whose look at the learner's rows would miss a new one. That
    lasts for the moment, so nobody waits for it: it may itself want a row that the transaction has written.
    """
    rows = AttemptOperation.objects.using(router.db_for_write(AttemptOperation))
    if not can_hold(rows.db):
        return True
    asked_for = rows.filter(learner_id=user_id, course_key=course_key, in_flight=True)
    pk = asked_for.values_list("pk", flat=True).first()
    # By primary key: on MySQL another index would be locked too, into which the end of the switch is written.
    return pk is None or bool(values_held(rows.filter(pk=pk), "pk"))


def is_active(user_id: int, key: AttemptCourseLocator) -> bool:
    """Tell whether an attempt that somebody has read as an archived one is the active one; see `values_now`."""
    return bool(values_now(_identities(user_id).filter(course_key=key.plain, active_number=key.attempt), "pk"))


def _identities(user_id: int) -> QuerySet[LearnerCourse]:
    return LearnerCourse.objects.using(router.db_for_write(LearnerCourse)).filter(user_id=user_id)
