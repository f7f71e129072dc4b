"""Which attempt counts."""

from __future__ import annotations

from collections.abc import Sequence

from attempts.data import AttemptData, GradeChoiceData, GradeData, GradeOfRecord, PolicyData


def grade_of_record(
    attempts: Sequence[AttemptData], active_grade: GradeData | None, policy: PolicyData, choice: GradeChoiceData | None
) -> GradeOfRecord:
    """Return the grade that counts for a learner at a course.

    Args:
        attempts: all attempts, by number.
        active_grade: what the host says of the active one now.
        policy: the policy in force.
        choice: the newest choice, None if nobody has chosen.
    """
    held = choice if policy.grade_of_record == "chosen" else None
    counts = _attempt(policy.grade_of_record, attempts, active_grade, held)
    return GradeOfRecord(
        rule=policy.grade_of_record,
        origin=policy.origins["grade_of_record"],
        number=counts.number if counts else None,
        uuid=counts.uuid if counts else None,
        grade=_grade(counts, active_grade) if counts else None,
        choice=held,
    )


def _attempt(
    rule: str, attempts: Sequence[AttemptData], active_grade: GradeData | None, choice: GradeChoiceData | None
) -> AttemptData | None:
    if rule == "first":
        return attempts[0]
    if rule == "best":
        graded = [(found, one) for one in attempts if (found := _grade(one, active_grade))]
        # Of equals the earliest, which was there first.
        best = max(graded, key=lambda pair: (pair[0].percent_grade, -pair[1].number), default=None)
        return best[1] if best else None
    active = next(one for one in attempts if one.is_active)
    # The choice may be of an attempt that was opened since the others were read.
    return next((one for one in attempts if choice and one.number == choice.number), active)


def _grade(attempt: AttemptData, active_grade: GradeData | None) -> GradeData | None:
    if attempt.is_active:
        return active_grade
    summary = attempt.summary
    if summary is None or summary.percent_grade is None:
        return None
    return GradeData(summary.percent_grade, summary.letter_grade, bool(summary.passed))
