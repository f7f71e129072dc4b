"""Computing and storing a learner's grades, as the platform's grade tasks do."""

from __future__ import annotations

import base64
import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey, UsageKey

from sandbox.content.models import CourseBlock, GradingPolicy
from sandbox.grades.models import (
    PersistentCourseGrade,
    PersistentSubsectionGrade,
    PersistentSubsectionGradeOverride,
)
from sandbox.grades.signals import COURSE_GRADE_NOW_FAILED, COURSE_GRADE_NOW_PASSED
from sandbox.work.grading import course_fraction, fraction, letter
from sandbox.work.outline import Outline, load_outline
from sandbox.work.scores import BlockScore, LearnerScores, visible_blocks


@dataclass(frozen=True)
class CourseResult:
    """A learner's grade in a course.

    Attributes:
        percent: From 0.0 to 1.0.
        letter: Letter earned, "" when failing.
        subsections: Subsection grades stored.
    """

    percent: float
    letter: str
    subsections: int

    @property
    def passed(self) -> bool:
        """Whether the learner passes."""
        return bool(self.letter)


@transaction.atomic
def grade(
    user: AbstractBaseUser, course_key: CourseKey, outline: Outline | None = None, *, force: bool = False
) -> CourseResult | None:
    """Compute a learner's grades afresh and store them; return the course grade.

    As on the platform a subsection is stored once something in it was attempted, and the course once any
    subsection is; before that nothing is written and None returned.

    Args:
        user: The learner.
        course_key: Plain key of a course that was imported.
        outline: The course's blocks, where the caller has read them already.
        force: Whether subsections with a grade are stored again even if nothing in them was attempted.

    Raises:
        ValueError: There is no such course.
    """
    outline = outline or load_outline(course_key)
    scores = LearnerScores(user, outline)
    overrides = {
        override.grade.usage_key: override
        for override in PersistentSubsectionGradeOverride.objects.select_related("grade").filter(
            grade__user_id=user.pk, grade__course_id=course_key
        )
    }
    rows = PersistentSubsectionGrade.objects.filter(user_id=user.pk, course_id=course_key)
    again = set(rows.values_list("usage_key", flat=True)) if force else set()
    by_type: dict[str, list[float]] = defaultdict(list)
    stored = 0
    for subsection in outline.subsections:
        found = scores.below(subsection)
        override = overrides.get(subsection.usage_key)
        if any(score.attempted for score in found) or subsection.usage_key in again:
            _store_subsection(user, outline, subsection, found)
            stored += 1
        if subsection.graded:
            earned, possible = _graded_points(found, override)
            if possible > 0:
                by_type[subsection.format].append(fraction(earned, possible))
    if not stored and not overrides:
        return None
    policy = GradingPolicy.objects.get(course_key=course_key)
    percent = course_fraction(policy.grader, by_type)
    result = CourseResult(percent, letter(policy.cutoffs, percent), stored)
    _store_course(user, course_key, policy, result)
    return result


def regrade(user_id: int, course_key: CourseKey) -> None:
    """Compute a learner's grades anew, those included that nothing stands behind; as a task of the platform does."""
    grade(get_user_model().objects.get(pk=user_id), course_key, force=True)


def override_grade(
    user: AbstractBaseUser,
    course_key: CourseKey,
    subsection: UsageKey,
    earned: float,
    reason: str = "",
) -> PersistentSubsectionGradeOverride:
    """Set a learner's grade in a subsection by hand, as the gradebook does, and compute the course grade afresh.

    Args:
        user: The learner.
        course_key: Plain key of the course.
        subsection: Key of a sequential of it.
        earned: Graded points to give, from 0 to those possible.
        reason: Why, for the record.

    Raises:
        ValueError: The course has no such subsection, or it cannot give that many points.
    """
    outline = load_outline(course_key)
    block = next((found for found in outline.subsections if found.usage_key == subsection), None)
    if block is None:
        raise ValueError(f"{course_key} has no subsection {subsection}")
    scores = LearnerScores(user, outline).below(block)
    _, possible = _graded_points(scores, None)
    if not 0 <= earned <= possible:
        raise ValueError(f"{subsection} gives 0 to {possible} graded points, not {earned}")
    with transaction.atomic():
        row = _store_subsection(user, outline, block, scores)
        override, _ = PersistentSubsectionGradeOverride.objects.update_or_create(
            grade=row,
            defaults={
                "earned_all_override": earned,
                "possible_all_override": possible,
                "earned_graded_override": earned,
                "possible_graded_override": possible,
                "system": "GRADEBOOK",
                "override_reason": reason or None,
            },
        )
        grade(user, course_key, outline)
    return override


def _graded_points(scores: list[BlockScore], override: PersistentSubsectionGradeOverride | None) -> tuple[float, float]:
    if override is not None and override.earned_graded_override is not None:
        return override.earned_graded_override, override.possible_graded_override or 0.0
    graded = [score for score in scores if score.block.graded]
    return sum(score.earned for score in graded), sum(score.possible for score in graded)


def _store_subsection(
    user: AbstractBaseUser, outline: Outline, subsection: CourseBlock, scores: list[BlockScore]
) -> PersistentSubsectionGrade:
    earned_graded, possible_graded = _graded_points(scores, None)
    row, _ = PersistentSubsectionGrade.objects.update_or_create(
        user_id=user.pk,
        course_id=outline.course_key,
        usage_key=subsection.usage_key,
        defaults={
            "earned_all": sum(score.earned for score in scores),
            "possible_all": sum(score.possible for score in scores),
            "earned_graded": earned_graded,
            "possible_graded": possible_graded,
            "visible_blocks": visible_blocks(outline, scores),
        },
    )
    attempted = [score.attempted for score in scores if score.attempted]
    if attempted and row.first_attempted is None:
        # The platform sets this by a second save of the whole row.
        row.first_attempted = min(attempted)
        row.save()
    return row


def _store_course(user: AbstractBaseUser, course_key: CourseKey, policy: GradingPolicy, result: CourseResult) -> None:
    text = json.dumps({"GRADER": policy.grader, "GRADE_CUTOFFS": policy.cutoffs}, sort_keys=True)
    digest = base64.b64encode(hashlib.sha1(text.encode(), usedforsecurity=False).digest()).decode()
    row, _ = PersistentCourseGrade.objects.update_or_create(
        user_id=user.pk,
        course_id=course_key,
        defaults={
            "grading_policy_hash": digest,
            "percent_grade": result.percent,
            "letter_grade": result.letter,
        },
    )
    if result.passed and row.passed_timestamp is None:
        # By a second save of the whole row, and never taken back.
        row.passed_timestamp = timezone.now()
        row.save()
    changed = COURSE_GRADE_NOW_PASSED if result.passed else COURSE_GRADE_NOW_FAILED
    changed.send(sender=None, user=user, course_id=course_key, grade=result)
