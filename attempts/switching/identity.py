"""The identity row: found or made, and locked for the rest of the transaction."""

from __future__ import annotations

from django.db import router
from django.db.models import QuerySet
from opaque_keys.edx.keys import CourseKey

from attempts.host.isolation import keeps_snapshot
from attempts.models import LearnerCourse
from attempts.prepared import PreparedQuery


def lock_identity(user_id: int, course_key: CourseKey) -> LearnerCourse:
    """Return the identity row of a learner at a course, locked; make it if this is the first switch.

    Must run in a transaction. Two first switches at once insert the same row; the unique constraint lets one
    through, and both then wait for its lock.
    """
    # A lock on a row that is not there would be one on the gap around it, into which first switches of others insert.
    careful = keeps_snapshot(router.db_for_write(LearnerCourse))
    identity = None if careful and not _is_there(user_id, course_key) else _locked.first(user_id, course_key)
    if identity is None:
        LearnerCourse.objects.bulk_create(
            [LearnerCourse(user_id=user_id, course_key=course_key)], ignore_conflicts=True
        )
        [identity] = _locked(user_id, course_key)
    return identity


@PreparedQuery
def _locked(user_id: int, course_key: CourseKey) -> QuerySet:
    return LearnerCourse.objects.select_for_update().filter(user_id=user_id, course_key=course_key)


def _is_there(user_id: int, course_key: CourseKey) -> bool:
    return LearnerCourse.objects.filter(user_id=user_id, course_key=course_key).exists()
