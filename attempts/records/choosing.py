"""Choosing the attempt whose grade counts, and who has."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from opaque_keys.edx.keys import CourseKey

from attempts.data import AttemptData, GradeChoiceData, Provenance
from attempts.exceptions import AttemptNotFound, CommentTooLong, GradeNotChosen
from attempts.models import AttemptContext, GradeChoice
from attempts.models.operations import COMMENT_LENGTH
from attempts.policies import effective_policies


def choose(attempt: AttemptData, *, chosen_by: Any, comment: str, provenance: Provenance) -> None:
    """Write down that the grade of an attempt counts; choices before it stay, and no longer hold.

    Args:
        attempt: the attempt.
        chosen_by: the host's user who chooses; None for the system.
        comment: why, at most 255 characters.
        provenance: by which right and through what.

    Raises:
        GradeNotChosen: the policy has another rule.
        AttemptNotFound: it has no row, being the only attempt of a learner never reset: there is nothing to choose.
        CommentTooLong: see there.
    """
    if len(comment) > COMMENT_LENGTH:
        raise CommentTooLong(len(comment), COMMENT_LENGTH)
    rule = effective_policies([attempt.course_key])[attempt.course_key].grade_of_record
    if rule != "chosen":
        raise GradeNotChosen(attempt.course_key, rule)
    with transaction.atomic():
        row = AttemptContext.objects.filter(uuid=attempt.uuid).first()
        if row is None:
            raise AttemptNotFound(attempt.uuid)
        GradeChoice.objects.create(
            learner_course_id=row.learner_course_id,
            context=row,
            chosen_by=chosen_by,
            comment=comment,
            **asdict(provenance),
        )


def choices_of(user_id: int, course_key: CourseKey) -> tuple[GradeChoiceData, ...]:
    """Return who has chosen for a learner at a course, newest first; one statement."""
    return tuple(_data(row) for row in _rows(user_id, [course_key]).order_by("-pk"))


def latest_choices(user_id: int, course_keys: Collection[CourseKey]) -> dict[CourseKey, GradeChoiceData]:
    """Return the choice that holds at each of some courses where somebody has chosen; one statement."""
    return {row.context.course_key: _data(row) for row in _rows(user_id, course_keys).order_by("pk")}


def chosen_numbers(course_key: CourseKey) -> dict[int, int]:
    """Return the number of the attempt that was chosen for each learner at a course, by user id; one statement."""
    rows = GradeChoice.objects.filter(learner_course__course_key=course_key).order_by("pk")
    return dict(rows.values_list("learner_course__user_id", "context__number"))


def _rows(user_id: int, course_keys: Collection[CourseKey]) -> QuerySet[GradeChoice]:
    rows = GradeChoice.objects.filter(learner_course__user_id=user_id, learner_course__course_key__in=list(course_keys))
    return rows.select_related("context", "chosen_by")


def _data(row: GradeChoice) -> GradeChoiceData:
    by = row.chosen_by.get_username() if row.chosen_by else None
    return GradeChoiceData(row.context.number, row.context.uuid, by, row.created, row.comment)
