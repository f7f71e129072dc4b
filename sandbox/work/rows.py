"""Saving state, scores and submissions the way the platform's own code does."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from opaque_keys.edx.keys import CourseKey, UsageKey
from submissions import api as submissions_api

from sandbox.courseware.models import StudentModule


def read_state(user: AbstractBaseUser, course_key: CourseKey, usage_key: UsageKey) -> dict[str, Any] | None:
    """Return a learner's state of a block, None if there is none."""
    text = (
        StudentModule.objects.filter(student=user, course_id=course_key, module_state_key=usage_key)
        .values_list("state", flat=True)
        .first()
    )
    return json.loads(text) if text else None


def save_state(
    user: AbstractBaseUser, course_key: CourseKey, usage_key: UsageKey, state: dict[str, Any]
) -> StudentModule:
    """Save a learner's state of a block: insert the row, or save the whole of it again.

    Args:
        user: The learner.
        course_key: The course.
        usage_key: The block, or an aside of it.
        state: Fields to set; other fields that the row holds are kept.
    """
    row, created = StudentModule.objects.get_or_create(
        student=user,
        course_id=course_key,
        module_state_key=usage_key,
        defaults={"module_type": usage_key.block_type, "state": json.dumps(state)},
    )
    if not created:
        merged = json.dumps({**json.loads(row.state or "{}"), **state})
        if merged != row.state:
            row.state = merged
            row.save(force_update=True)
    return row


def drop_from_state(user: AbstractBaseUser, course_key: CourseKey, usage_key: UsageKey, field: str) -> None:
    """Take one field out of a learner's state of a block, if it is there."""
    row = StudentModule.objects.filter(student=user, course_id=course_key, module_state_key=usage_key).first()
    state = json.loads(row.state or "{}") if row else {}
    if field in state:
        del state[field]
        row.state = json.dumps(state)
        row.save(force_update=True)


def set_score(row: StudentModule, earned: float, possible: float) -> None:
    """Save a raw score to a learner's row, as a save of its own.

    Args:
        row: State of the block.
        earned: Raw points.
        possible: Raw points that could be had.
    """
    row.grade = earned
    row.max_grade = possible
    row.save()


def submit(
    anonymous_id: str, course_key: CourseKey, usage_key: UsageKey, answer: dict[str, Any], earned: int, possible: int
) -> str:
    """Create a submission with a score; return its uuid.

    Args:
        anonymous_id: The learner's name in this course.
        course_key: The course.
        usage_key: The block.
        answer: What was handed in.
        earned: Raw points.
        possible: Raw points that could be had.
    """
    submission = submissions_api.create_submission(
        {
            "student_id": anonymous_id,
            "course_id": str(course_key),
            "item_id": str(usage_key),
            "item_type": usage_key.block_type,
        },
        answer,
    )
    submissions_api.set_score(submission["uuid"], earned, possible)
    return str(submission["uuid"])
