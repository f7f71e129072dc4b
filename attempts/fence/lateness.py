"""Who is late: work that began before the latest switch of the learner it writes about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import router
from django.db.models import QuerySet
from opaque_keys.edx.keys import CourseKey

from attempts import conf
from attempts.fence.work import Unit
from attempts.host.expressions import DatabaseNow
from attempts.host.isolation import values_now
from attempts.keys import AttemptCourseLocator
from attempts.models import LearnerCourse
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


def is_active(user_id: int, key: AttemptCourseLocator) -> bool:
    """Tell whether an attempt that somebody has read as an archived one is the active one; see `values_now`."""
    return bool(values_now(_identities(user_id).filter(course_key=key.plain, active_number=key.attempt), "pk"))


def _identities(user_id: int) -> QuerySet[LearnerCourse]:
    return LearnerCourse.objects.using(router.db_for_write(LearnerCourse)).filter(user_id=user_id)
