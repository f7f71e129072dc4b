"""What a report is made of, in a constant number of statements.

PostgreSQL and SQLite hand out rows as they are read; the client of MySQL and MariaDB holds all rows of a statement.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce
from opaque_keys.edx.keys import CourseKey

from attempts.analysis.retakes.texts import number_of, texts_of_attempts
from attempts.data import AttemptQuery
from attempts.data.work import part_of
from attempts.host.expressions import exactly
from attempts.host.models import host_model
from attempts.host.results import GRADES
from attempts.models import AttemptContext, LearnerCourse
from attempts.searches import condition
from attempts.stores.tables import as_text

#: Rows fetched at a time.
_CHUNK = 5000


class FoundAttempt(NamedTuple):
    """One attempt that was asked for; what was frozen is that of archived attempts only."""

    pk: int
    user_id: int
    active_number: int
    number: int
    opened_at: datetime | None
    percent_grade: float | None
    passed: bool | None
    completion_ratio: float | None

    @property
    def is_active(self) -> bool:
        """Whether it is the learner's active attempt."""
        return self.number == self.active_number


class SubsectionRow(NamedTuple):
    """A subsection to which a learner came in an attempt: points, those that staff set by hand before the others."""

    user_id: int
    course: str
    subsection: str
    earned_graded: float
    possible_graded: float
    earned_all: float
    possible_all: float

    @property
    def ratio(self) -> float | None:
        """The part of the possible points, as :attr:`attempts.data.SubsectionGrade.ratio` has it."""
        return part_of((self.earned_graded, self.possible_graded), (self.earned_all, self.possible_all))


def found_attempts(course_key: CourseKey, query: AttemptQuery) -> Iterator[FoundAttempt]:
    """Yield the attempts at a course that were asked for, by learner and number."""
    rows = AttemptContext.objects.filter(condition(query), course_key=course_key)
    columns = ("number", "opened_at", "percent_grade", "passed", "completion_ratio")
    learner = ("learner_course__user_id", "learner_course__active_number")
    rows = rows.order_by("learner_course_id", "number")
    yield from map(FoundAttempt._make, rows.values_list("pk", *learner, *columns).iterator(_CHUNK))


def active_grades(course_key: CourseKey) -> dict[int, tuple[float, bool]]:
    """Return grade and passed of the active attempt of each learner who was ever reset and has a grade."""
    rows = host_model(GRADES).objects.filter(exactly("course_id", course_key), course_id=course_key)
    found = _of_learners(rows, course_key).values_list("user_id", "percent_grade", "letter_grade").order_by()
    return {user_id: (grade, bool(letter)) for user_id, grade, letter in found.iterator(_CHUNK)}


def active_completions(course_key: CourseKey, completable: int | None) -> Mapping[int, float] | None:
    """Return how much of the course each learner who was ever reset has completed in the active attempt.

    0.0 to 1.0; learners who have completed nothing are left out. None if the host cannot tell.

    Args:
        course_key: the plain key of the course.
        completable: how many blocks can be completed, None if the host cannot tell.
    """
    if not completable:
        return None
    rows = host_model("completion.BlockCompletion").objects.filter(
        exactly("context_key", course_key), context_key=course_key, completion__gt=0
    )
    counted = _of_learners(rows, course_key).values("user_id").annotate(blocks=Count("pk")).order_by()
    found = counted.values_list("user_id", "blocks").iterator(_CHUNK)
    return {user_id: min(1.0, blocks / completable) for user_id, blocks in found}


def subsection_rows(course_key: CourseKey) -> Iterator[SubsectionRow]:
    """Yield the subsections that learners who were ever reset came to, in whatever attempt, learner by learner."""
    first, last = texts_of_attempts(course_key)
    rows = host_model("grades.PersistentSubsectionGrade").objects.annotate(
        course_text=as_text("course_id"), usage_text=as_text("usage_key")
    )
    rows = rows.filter(Q(course_text=str(course_key)) | Q(course_text__gte=first, course_text__lt=last))
    # A row may be there before the learner is, with no points.
    rows = _of_learners(rows, course_key).filter(Q(first_attempted__isnull=False) | Q(override__isnull=False))
    names = ("earned_graded", "possible_graded", "earned_all", "possible_all")
    points = (Coalesce(f"override__{name}_override", name) for name in names)
    found = rows.order_by("user_id").values_list("user_id", "course_text", "usage_text", *points)
    for row in map(SubsectionRow._make, found.iterator(_CHUNK)):
        # The host's column may not tell case apart.
        if number_of(row.course, course_key, 0) is not None:
            yield row


def _of_learners(rows: QuerySet[Any], course_key: CourseKey) -> QuerySet[Any]:
    learners: Collection[int] | QuerySet = LearnerCourse.objects.filter(course_key=course_key).values("user_id")
    return rows.filter(user_id__in=learners)
