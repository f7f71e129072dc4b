"""The sidebar of a course, which the platform caches for an hour with the place to resume and what is gated."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from opaque_keys.edx.keys import CourseKey

from attempts.host.content import published_version
from attempts.host.models import host_model, is_installed


def keys(user_id: int, course_key: CourseKey) -> Iterator[str]:
    """Yield the cache keys of a learner's sidebar of a course; two statements.

    ``lms/djangoapps/course_home_api/outline/views.py``: ``CourseNavigationBlocksView`` puts together the course, its
    version, the learner, her cohort, her mode of enrolment, and three flags.
    """
    version = published_version(course_key)
    if version is None:
        return
    cohorts = {"", *_cohorts(user_id, course_key)}
    enrolments = host_model("student.CourseEnrollment").objects.filter(user_id=user_id, course_id=course_key)
    modes = {"", *enrolments.values_list("mode", flat=True)}
    for cohort, mode, *flags in product(sorted(cohorts), sorted(modes), *[(False, True)] * 3):
        parts = [course_key, version, user_id, cohort, mode, *flags]
        yield "course_sidebar_blocks_" + "_".join(map(str, parts))


def _cohorts(user_id: int, course_key: CourseKey) -> list[str]:
    if not is_installed("course_groups.CohortMembership"):
        return []
    rows = host_model("course_groups.CohortMembership").objects.filter(user_id=user_id, course_id=course_key)
    return [str(pk) for pk in rows.values_list("course_user_group_id", flat=True)]
