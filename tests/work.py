"""A learner at work: rows in every store of the host, and in the tables that hang on them."""

from __future__ import annotations

import json
import random
from typing import Any

from completion.models import BlockCompletion
from opaque_keys.edx.asides import AsideUsageKeyV1, AsideUsageKeyV2
from opaque_keys.edx.keys import CourseKey
from submissions import api as submissions

from sandbox.courseware.models import StudentModule
from sandbox.grades.models import (
    PersistentCourseGrade,
    PersistentSubsectionGrade,
    PersistentSubsectionGradeOverride,
)
from sandbox.student.models import anonymous_id_for_user
from tests.factories import VisibleBlocksFactory


def work(learner: Any, course_key: CourseKey, rng: random.Random, blocks: int = 4) -> None:
    """Answer some problems, complete some blocks, be graded, submit something; at most ``blocks`` of each."""
    for number in range(rng.randint(1, blocks)):
        _answer(learner, course_key, rng, f"b{number}")
    problem = course_key.make_usage_key("problem", "b0")
    for key in (AsideUsageKeyV1(problem, "aside"), AsideUsageKeyV2(problem, "aside")):
        _save_state(learner, course_key, key, {"seen": rng.random()})
    _grade(learner, course_key, rng)
    if rng.random() < 0.5:
        _submit(learner, course_key, rng)


def foreign_state(learner: Any, course_key: CourseKey, rng: random.Random) -> None:
    """Leave state of a block of another course under this course, as old data has it."""
    other = CourseKey.from_string("course-v1:Other+Course+Run")
    _save_state(learner, course_key, other.make_usage_key("problem", "b0"), {"old": rng.random()})


def _answer(learner: Any, course_key: CourseKey, rng: random.Random, block_id: str) -> None:
    key = course_key.make_usage_key("problem", block_id)
    row = _save_state(learner, course_key, key, {"seed": rng.randint(1, 999), "student_answers": {"q": rng.random()}})
    row.grade, row.max_grade = rng.randint(0, 2), 2
    row.save()
    BlockCompletion.objects.update_or_create(
        user=learner,
        context_key=course_key,
        block_key=key,
        defaults={"completion": rng.choice([0.5, 1.0]), "block_type": "problem"},
    )


def _save_state(learner: Any, course_key: CourseKey, key: Any, state: dict[str, Any]) -> StudentModule:
    row, _created = StudentModule.objects.update_or_create(
        student=learner,
        course_id=course_key,
        module_state_key=key,
        defaults={"module_type": key.block_type, "state": json.dumps(state)},
    )
    return row


def _grade(learner: Any, course_key: CourseKey, rng: random.Random) -> None:
    for block_id in ("s1", "s2"):
        grade, _created = PersistentSubsectionGrade.objects.update_or_create(
            user_id=learner.pk,
            course_id=course_key,
            usage_key=course_key.make_usage_key("sequential", block_id),
            defaults={
                "earned_all": rng.randint(0, 4),
                "possible_all": 4,
                "earned_graded": rng.randint(0, 4),
                "possible_graded": 4,
                "visible_blocks": VisibleBlocksFactory(course_id=course_key),
            },
        )
        if rng.random() < 0.3:
            PersistentSubsectionGradeOverride.objects.update_or_create(
                grade=grade, defaults={"earned_all_override": rng.random()}
            )
    PersistentCourseGrade.objects.update_or_create(
        user_id=learner.pk,
        course_id=course_key,
        defaults={"percent_grade": rng.random() / 2, "letter_grade": "", "grading_policy_hash": "hash"},
    )


def _submit(learner: Any, course_key: CourseKey, rng: random.Random) -> None:
    item = {
        "student_id": anonymous_id_for_user(learner, course_key),
        "course_id": str(course_key),
        "item_id": str(course_key.make_usage_key("openassessment", f"o{rng.randint(1, 2)}")),
        "item_type": "openassessment",
    }
    submission = submissions.create_submission(item, {"text": f"answer {rng.random()}"})
    submissions.set_score(submission["uuid"], rng.randint(0, 5), 5)
