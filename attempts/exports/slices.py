"""What an export takes at a time: some learners of a course, with all that is theirs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet
from opaque_keys.edx.keys import CourseKey

from attempts.data import ExportQuery
from attempts.exceptions import AttemptsError, InvalidExport
from attempts.host.courses import course_keys
from attempts.host.expressions import exactly
from attempts.host.models import host_model
from attempts.keys import checked_course_key, plain_course_key
from attempts.models import LearnerCourse

#: Learners of a slice: what is done over after a crash, and what one part of a file has at most.
LEARNERS = 2000


@dataclass(frozen=True)
class Slice:
    """Learners of a course with a user id above ``after``, up to ``through``; None for no bound.

    Together the slices of a course have every learner, those who were never enrolled too.

    Attributes:
        course_key: the plain key of the course.
        after, through: the bounds.
        learners: enrolments in it.
    """

    course_key: CourseKey
    after: int | None
    through: int | None
    learners: int


def courses_of(query: ExportQuery) -> list[CourseKey]:
    """Return the courses of an export in order; those that cannot have attempts are left out.

    Raises:
        CourseNotFound: there is no course by this key.
        InvalidExport: there is no course of the organisation.
    """
    if query.course_key is not None:
        return course_keys(key=query.course_key)
    with_attempts = set(_with_attempts(query))
    found = {*course_keys(org=query.org), *with_attempts}
    if query.org and not found:
        raise InvalidExport(f"There is no course of the organisation {query.org}.")
    if query.learner_id is not None:
        found &= {*_attended(query.learner_id), *with_attempts}
    return sorted(filter(_can_have_attempts, found), key=str)


def slices(query: ExportQuery, course_key: CourseKey, after: int | None) -> Iterator[Slice]:
    """Yield what is left of a course after a user id."""
    if query.learner_id is not None:
        # One slice: once it is done, nothing is left.
        if after is None:
            yield Slice(course_key, query.learner_id - 1, query.learner_id, 1)
        return
    count = 0
    for user_id in _enrolled(course_key, after).iterator(10_000):
        count += 1
        if count == LEARNERS:
            yield Slice(course_key, after, user_id, count)
            after, count = user_id, 0
    yield Slice(course_key, after, None, count)


def learner_count(query: ExportQuery, course_key: CourseKey) -> int:
    """Return how many enrolments an export has in a course."""
    return 1 if query.learner_id is not None else _enrolled(course_key, None).count()


def _enrolled(course_key: CourseKey, after: int | None) -> QuerySet:
    rows = host_model("student.CourseEnrollment").objects.filter(exactly("course_id", course_key), course_id=course_key)
    rows = rows.filter(user_id__gt=after) if after is not None else rows
    return rows.order_by("user_id").values_list("user_id", flat=True)


def _attended(user_id: int) -> Iterator[CourseKey]:
    """Courses in which somebody is enrolled, or has looked around without."""
    for label, learner in (("student.CourseEnrollment", "user_id"), ("courseware.StudentModule", "student_id")):
        rows = host_model(label).objects.filter(**{learner: user_id}).order_by()
        yield from map(plain_course_key, rows.values_list("course_id", flat=True).distinct())


def _with_attempts(query: ExportQuery) -> Iterator[CourseKey]:
    """Courses of learners who were ever reset, those that the host has forgotten too."""
    rows = LearnerCourse.objects.order_by()
    rows = rows.filter(user_id=query.learner_id) if query.learner_id is not None else rows
    for key in rows.values_list("course_key", flat=True).distinct():
        if not query.org or key.org == query.org:
            yield key


def _can_have_attempts(course_key: CourseKey) -> bool:
    try:
        return checked_course_key(course_key) == course_key
    except AttemptsError:
        return False
