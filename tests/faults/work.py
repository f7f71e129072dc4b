"""What learners and graders write, through the host's own models, and what a row looks like afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from completion.models import BlockCompletion
from opaque_keys.edx.keys import CourseKey
from submissions import api as submissions
from submissions.models import Submission

from sandbox.courseware.models import StudentModule
from sandbox.grades.models import PersistentCourseGrade, PersistentSubsectionGrade
from sandbox.student.models import anonymous_id_for_user
from sandbox.work.rows import save_state
from tests.faults.servers import plain

#: Name of the one list of visible blocks.
VISIBLE_BLOCKS = "faults"


def state_of(token: int) -> str:
    """The state of a problem that carries a token."""
    return json.dumps({"token": token})


def _state(user: Any, course: CourseKey, block: str, token: int) -> list[Any]:
    return [save_state(user, course, course.make_usage_key("problem", block), {"token": token})]


def _completion(user: Any, course: CourseKey, block: str, token: int) -> list[Any]:
    key = course.make_usage_key("problem", block)
    return [BlockCompletion.objects.submit_completion(user, key, token / 1000)[0]]


def _subsection(user: Any, course: CourseKey, block: str, token: int) -> list[Any]:
    row, _ = PersistentSubsectionGrade.objects.update_or_create(
        user_id=user.pk,
        course_id=course,
        usage_key=course.make_usage_key("sequential", block),
        defaults={
            "earned_all": float(token),
            "possible_all": 1000.0,
            "earned_graded": float(token),
            "possible_graded": 1000.0,
            "visible_blocks_id": VISIBLE_BLOCKS,
        },
    )
    return [row]


def _grade(user: Any, course: CourseKey, _block: str, token: int) -> list[Any]:
    row, _ = PersistentCourseGrade.objects.update_or_create(
        user_id=user.pk,
        course_id=course,
        defaults={"percent_grade": token / 1000, "letter_grade": "", "grading_policy_hash": f"t{token}"},
    )
    return [row]


def _submission(user: Any, course: CourseKey, block: str, token: int) -> list[Any]:
    item = {
        "student_id": anonymous_id_for_user(user, course),
        "course_id": str(course),
        "item_id": str(course.make_usage_key("openassessment", block)),
        "item_type": "openassessment",
    }
    made = submissions.create_submission(item, {"token": token})
    row = Submission.objects.select_related("student_item").get(uuid=made["uuid"])
    return [row.student_item, row]


#: Writes a token into a row for a block, as a request would; returns the rows.
WRITERS: dict[str, Callable[[Any, CourseKey, str, int], list[Any]]] = {
    "courseware_studentmodule": _state,
    "completion_blockcompletion": _completion,
    "grades_persistentsubsectiongrade": _subsection,
    "grades_persistentcoursegrade": _grade,
    "submissions_studentitem": _submission,
}


def load(table: str, user: Any, course: CourseKey, block: str) -> Any:
    """Read a row that is to be saved later, None if there is none."""
    if table == "grades_persistentcoursegrade":
        return PersistentCourseGrade.objects.filter(user_id=user.pk, course_id=course).first()
    if table == "grades_persistentsubsectiongrade":
        key = course.make_usage_key("sequential", block)
        return PersistentSubsectionGrade.objects.filter(user_id=user.pk, course_id=course, usage_key=key).first()
    key = course.make_usage_key("problem", block)
    return StudentModule.objects.filter(student=user, course_id=course, module_state_key=key).first()


def save(row: Any, token: int, *, some_columns: bool) -> None:
    """Save a row that was read before, the whole of it or only what has changed."""
    if isinstance(row, StudentModule):
        row.state, changed = state_of(token), ["state", "modified"]
    elif isinstance(row, PersistentCourseGrade):
        row.percent_grade, row.grading_policy_hash = token / 1000, f"t{token}"
        changed = ["percent_grade", "grading_policy_hash", "modified"]
    else:
        row.earned_all = row.earned_graded = float(token)
        changed = ["earned_all", "earned_graded", "modified"]
    row.save(update_fields=changed if some_columns else None)


def image(row: Any) -> dict[str, Any]:
    """Return the columns of a row as it was saved."""
    return {field.column: plain(field.value_from_object(row)) for field in row._meta.concrete_fields}


def leave_grades(_user_id: int, _course_key: CourseKey) -> None:
    """Be a host whose task for grades has not run yet."""
