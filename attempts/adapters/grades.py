"""Grades of an attempt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from opaque_keys.edx.keys import CourseKey

from attempts.adapters.locate import CHUNK, storage_block_key, storage_key
from attempts.data import AttemptData, BlockQuery, CourseGrade, GradeOverride, Grades, Page, SubsectionGrade
from attempts.host.expressions import exactly, starts_with
from attempts.host.models import host_model
from attempts.keys import plain_usage_key, usage_prefix
from attempts.paging import page_of


def grades(attempt: AttemptData) -> Grades:
    """Return the grades of an attempt: two statements now, one more when the subsections are read."""
    key = storage_key(attempt)
    return Grades(course=_course_grade(attempt.learner.id, key), subsections=_subsections(attempt.learner.id, key))


def _course_grade(user_id: int, key: CourseKey) -> CourseGrade | None:
    row = _rows("grades.PersistentCourseGrade", user_id, key).first()
    if row is None:
        return None
    return CourseGrade(
        percent_grade=row.percent_grade,
        letter_grade=row.letter_grade,
        passed=bool(row.letter_grade),
        passed_timestamp=row.passed_timestamp,
        modified=row.modified,
    )


def grade_page(
    attempt: AttemptData, query: BlockQuery, *, cursor: str | None, size: int
) -> tuple[CourseGrade | None, Page[SubsectionGrade]]:
    """Return the course grade and a page of subsection grades: three statements.

    Raises:
        InvalidBlockKey, InvalidCursor: see there.
    """
    key = storage_key(attempt)
    rows = _subsection_rows(attempt.learner.id, key)
    if query.block_type is not None:
        rows = rows.filter(starts_with("usage_key", usage_prefix(key, query.block_type)))
    if query.block_key is not None:
        block_key = storage_block_key(attempt, key, query.block_key)
        rows = rows.filter(exactly("usage_key", block_key), usage_key=block_key)
    return _course_grade(attempt.learner.id, key), page_of(rows, _subsection, cursor=cursor, size=size)


def _subsections(user_id: int, key: CourseKey) -> Iterator[SubsectionGrade]:
    for row in _subsection_rows(user_id, key).order_by("pk").iterator(CHUNK):
        yield _subsection(row)


def _subsection_rows(user_id: int, key: CourseKey) -> QuerySet[Any]:
    return _rows("grades.PersistentSubsectionGrade", user_id, key).select_related("override")


def _subsection(row: Any) -> SubsectionGrade:
    return SubsectionGrade(
        block_key=plain_usage_key(row.usage_key),
        earned_all=row.earned_all,
        possible_all=row.possible_all,
        earned_graded=row.earned_graded,
        possible_graded=row.possible_graded,
        first_attempted=row.first_attempted,
        modified=row.modified,
        override=_override(getattr(row, "override", None)),
    )


def _rows(label: str, user_id: int, key: CourseKey) -> QuerySet:
    return host_model(label).objects.filter(exactly("course_id", key), user_id=user_id, course_id=key)


def _override(row: Any) -> GradeOverride | None:
    if row is None:
        return None
    return GradeOverride(
        earned_all=row.earned_all_override,
        possible_all=row.possible_all_override,
        earned_graded=row.earned_graded_override,
        possible_graded=row.possible_graded_override,
        reason=row.override_reason,
    )
