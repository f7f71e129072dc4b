"""The host's grades: which of them have nothing behind them, and having them computed anew."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any
from uuid import uuid4

from celery import current_app
from django.db.models import Q
from opaque_keys.edx.keys import CourseKey, UsageKey

from attempts.host import learners
from attempts.host.expressions import exactly
from attempts.host.models import host_model, is_installed

_STATES, _SCORES = "courseware.StudentModule", "submissions.Score"
_SUBSECTIONS, _COURSES = "grades.PersistentSubsectionGrade", "grades.PersistentCourseGrade"
_OVERRIDES = "grades.PersistentSubsectionGradeOverride"
#: The platform's own (``lms/djangoapps/grades/tasks.py``), named because nothing of the platform is imported.
_SUBSECTION_TASK = "lms.djangoapps.grades.tasks.recalculate_subsection_grade_v3"
_COURSE_TASK = "lms.djangoapps.grades.tasks.recalculate_course_and_subsection_grades_for_user"


def grades_without_scores(
    user_id: int, anonymous_ids: Collection[str], course_key: CourseKey
) -> Iterator[tuple[str, Any]]:
    """Yield table and primary key of grades above zero, under a plain key, that no score bears out; five statements.

    A grade of zero says what is true of a fresh attempt, and the platform writes such rows for one too.
    """
    scored = _scored_blocks(user_id, anonymous_ids, course_key)
    overridden = _overridden(user_id, course_key)
    for pk, _key in _subsections_without_scores(user_id, scored, overridden, course_key):
        yield host_model(_SUBSECTIONS)._meta.db_table, pk
    if not scored and not overridden:
        courses = host_model(_COURSES)
        earned = Q(percent_grade__gt=0) | ~Q(letter_grade="")
        for pk in courses.objects.filter(earned, exactly("course_id", course_key), user_id=user_id).values_list(
            "pk", flat=True
        ):
            yield courses._meta.db_table, pk


def recompute_by_platform(user_id: int, course_key: CourseKey) -> None:
    """Have the platform compute a learner's grades anew: all sections, and the course.

    Its task for that does nothing where no course grade is stored. Sections whose grade has no score behind it are
    therefore told to it one by one before, as it tells itself of a deleted score.

    Raises:
        kombu.exceptions.OperationalError: there is no broker.
    """
    hidden = learners.anonymous_ids(user_id, [course_key])[course_key]
    scored = _scored_blocks(user_id, hidden, course_key)
    for _pk, key in _subsections_without_scores(user_id, scored, _overridden(user_id, course_key), course_key):
        current_app.send_task(_SUBSECTION_TASK, kwargs=_score_deleted(user_id, course_key, key))
    current_app.send_task(_COURSE_TASK, kwargs={"user_id": user_id, "course_key": str(course_key)})


def _score_deleted(user_id: int, course_key: CourseKey, subsection: UsageKey) -> dict[str, Any]:
    """Return what the platform's task is told of a score that is gone, with the section in place of a block of it."""
    return {
        "user_id": user_id,
        "course_id": str(course_key),
        "usage_id": str(subsection),
        "only_if_higher": False,
        # Any score will do that came meanwhile.
        "expected_modified_time": 0,
        "score_deleted": True,
        "event_transaction_id": str(uuid4()),
        "event_transaction_type": "edx.grades.problem.state_deleted",
        "score_db_table": "csm",
    }


def _overridden(user_id: int, course_key: CourseKey) -> set[int]:
    """Return the primary keys of subsection grades that staff or an exam have set."""
    overrides = host_model(_OVERRIDES).objects.filter(exactly("grade__course_id", course_key), grade__user_id=user_id)
    return set(overrides.values_list("grade_id", flat=True))


def _subsections_without_scores(
    user_id: int, scored: Collection[str], overridden: Collection[int], course_key: CourseKey
) -> Iterator[tuple[int, UsageKey]]:
    earned = Q(earned_all__gt=0) | Q(earned_graded__gt=0)
    subsections = host_model(_SUBSECTIONS).objects.filter(earned, exactly("course_id", course_key), user_id=user_id)
    for pk, key, blocks in subsections.order_by("pk").values_list("pk", "usage_key", "visible_blocks__blocks_json"):
        if pk not in overridden and _locators(blocks).isdisjoint(scored):
            yield pk, key


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
