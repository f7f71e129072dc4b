"""Grades of an attempt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from attempts.adapters.locate import CHUNK, storage_key
from attempts.data import AttemptData, CourseGrade, GradeOverride, SubsectionGrade
from attempts.host.expressions import exactly
from attempts.host.models import host_model
from attempts.keys import plain_usage_key


def course_grade(attempt: AttemptData) -> CourseGrade | None:
    """Return the stored course grade of an attempt, None if there is none."""
    row = _rows("grades.PersistentCourseGrade", attempt).first()
    if row is None:
        return None
    return CourseGrade(
        percent_grade=row.percent_grade,
        letter_grade=row.letter_grade,
        passed=bool(row.letter_grade),
        passed_timestamp=row.passed_timestamp,
        modified=row.modified,
    )


def subsection_grades(attempt: AttemptData) -> Iterator[SubsectionGrade]:
    """Yield the grade of each subsection in an attempt, with what staff set by hand. Rows are streamed."""
    rows = _rows("grades.PersistentSubsectionGrade", attempt)
    for row in rows.select_related("override").order_by("pk").iterator(CHUNK):
        yield SubsectionGrade(
            block_key=plain_usage_key(row.usage_key),
            earned_all=row.earned_all,
            possible_all=row.possible_all,
            earned_graded=row.earned_graded,
            possible_graded=row.possible_graded,
            first_attempted=row.first_attempted,
            modified=row.modified,
            override=_override(getattr(row, "override", None)),
        )


def _rows(label: str, attempt: AttemptData) -> QuerySet:
    key = storage_key(attempt)
    return host_model(label).objects.filter(exactly("course_id", key), user_id=attempt.learner.id, course_id=key)


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
