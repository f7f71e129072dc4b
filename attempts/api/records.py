"""Grades of record: which of a learner's grades at a course counts."""

from __future__ import annotations

from typing import Any

from attempts import records
from attempts.api.references import CourseRef, learner_at
from attempts.data import AttemptData, GradeChoiceData, GradeOfRecord, Provenance
from attempts.host.learners import LearnerRef
from attempts.standings import standings_of


def grade_of_record(who: LearnerRef, course_key: CourseRef, /) -> GradeOfRecord:
    """Return the grade that counts for a learner at a course, by the policy's ``grade_of_record``.

    Raises:
        LearnerNotFound, CourseNotFound, InvalidCourseKey, DeprecatedCourseKey: see there.
    """
    user, place = learner_at(who, course_key)
    (standing,) = standings_of(user, [place])
    return standing.grade_of_record


def grade_choices(who: LearnerRef, course_key: CourseRef, /) -> tuple[GradeChoiceData, ...]:
    """Return who has chosen the attempt whose grade counts for a learner at a course, newest first.

    They are kept where the policy has another rule meanwhile, and hold again when it has not.

    Raises:
        LearnerNotFound, CourseNotFound, InvalidCourseKey, DeprecatedCourseKey: see there.
    """
    user, place = learner_at(who, course_key)
    return records.choices_of(user.pk, place.course_key)


def choose_grade(
    attempt: AttemptData, /, *, chosen_by: Any, comment: str = "", provenance: Provenance | None = None
) -> GradeOfRecord:
    """Choose the attempt whose grade counts for its learner. The host's own grade stays as it is.

    Args:
        attempt: the attempt, active or archived.
        chosen_by: the host's user who chooses; None for the system, said on purpose.
        comment: why, at most 255 characters.
        provenance: by which right and through what.

    Returns:
        The grade that counts now.

    Raises:
        GradeNotChosen: the policy has another rule; nothing is written.
        AttemptNotFound: the attempt has no row, being the only one of a learner never reset.
        CommentTooLong: see there.
    """
    came = provenance or Provenance()
    records.choose(attempt, chosen_by=chosen_by, comment=comment, provenance=came)
    return grade_of_record(attempt.learner.id, attempt.course_key)
