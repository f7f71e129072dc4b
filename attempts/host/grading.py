"""The host's grades: which of them have nothing behind them, and having them computed anew."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

from celery import current_app
from django.db.models import Q
from opaque_keys.edx.keys import CourseKey

from attempts.host.expressions import exactly
from attempts.host.models import host_model, is_installed

_STATES, _SCORES = "courseware.StudentModule", "submissions.Score"
_SUBSECTIONS, _COURSES = "grades.PersistentSubsectionGrade", "grades.PersistentCourseGrade"
_OVERRIDES = "grades.PersistentSubsectionGradeOverride"
#: The platform's own (``lms/djangoapps/grades/tasks.py``), named because nothing of the platform is imported.
_TASK = "lms.djangoapps.grades.tasks.recalculate_course_and_subsection_grades_for_user"


def grades_without_scores(
    user_id: int, anonymous_ids: Collection[str], course_key: CourseKey
) -> Iterator[tuple[str, Any]]:
    """Yield table and primary key of grades above zero, under a plain key, that no score bears out; five statements.

    A grade of zero says what is true of a fresh attempt, and the platform writes such rows for one too.
    """
    scored = _scored_blocks(user_id, anonymous_ids, course_key)
    overridden = set(
        host_model(_OVERRIDES)
        .objects.filter(exactly("grade__course_id", course_key), grade__user_id=user_id)
        .values_list("grade_id", flat=True)
    )
    subsections = host_model(_SUBSECTIONS)
    earned = Q(earned_all__gt=0) | Q(earned_graded__gt=0)
    rows = subsections.objects.filter(earned, exactly("course_id", course_key), user_id=user_id).order_by("pk")
    for pk, blocks in rows.values_list("pk", "visible_blocks__blocks_json"):
        if pk not in overridden and scored.isdisjoint(_locators(blocks)):
            yield subsections._meta.db_table, pk
    if not scored and not overridden:
        courses = host_model(_COURSES)
        earned = Q(percent_grade__gt=0) | ~Q(letter_grade="")
        for pk in courses.objects.filter(earned, exactly("course_id", course_key), user_id=user_id).values_list(
            "pk", flat=True
        ):
            yield courses._meta.db_table, pk


def recompute_by_platform(user_id: int, course_key: CourseKey) -> None:
    """Have the platform compute a learner's grades anew: all sections, and the course.

    Raises:
        kombu.exceptions.OperationalError: there is no broker.
    """
    current_app.send_task(_TASK, kwargs={"user_id": user_id, "course_key": str(course_key)})


def _scored_blocks(user_id: int, anonymous_ids: Collection[str], course_key: CourseKey) -> set[str]:
    """Return the keys, as text, of blocks for which the learner has a score."""
    states = host_model(_STATES).objects.filter(
        exactly("course_id", course_key), student_id=user_id, max_grade__isnull=False
    )
    found = {str(key) for key in states.values_list("module_state_key", flat=True)}
    if is_installed(_SCORES):
        scores = host_model(_SCORES).objects.filter(
            exactly("student_item__course_id", course_key), student_item__student_id__in=anonymous_ids
        )
        found.update(scores.values_list("student_item__item_id", flat=True))
    return found


def _locators(blocks_json: str) -> set[str]:
    """Return the keys of the blocks in a list of visible blocks; of one that cannot be read, none."""
    try:
        return {str(block["locator"]) for block in json.loads(blocks_json)["blocks"]}
    except (ValueError, KeyError, TypeError):
        return set()
