"""Which attempt counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attempts.data import AttemptData, GradeChoiceData, GradeData, GradeOfRecord, GradeRule, PolicyData


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
    grades = {one.number: grade for one in attempts if (grade := _grade(one, active_grade))}
    active = next(one.number for one in attempts if one.is_active)
    percents = {number: grade.percent_grade for number, grade in grades.items()}
    number = counting_number(policy.grade_of_record, percents, active, held.number if held else None)
    counts = next((one for one in attempts if one.number == number), None)
    return GradeOfRecord(
        rule=policy.grade_of_record,
        origin=policy.origins["grade_of_record"],
        number=number,
        uuid=counts.uuid if counts else None,
        grade=grades.get(number or 0),
        choice=held,
    )


def counting_number(rule: GradeRule, percents: Mapping[int, float], active: int, chosen: int | None) -> int | None:
    """Return the number of the attempt that counts; None if it is the best of none.

    Args:
        rule: the rule of the policy.
        percents: course grades by number, of the learner's attempts that have one.
        active: the number of the active attempt.
        chosen: the number of the attempt that staff chose, None if nobody has.
    """
    if rule == "first":
        return 1
    if rule == "best":
        # Of equals the earliest, which was there first.
        return max(percents, key=lambda number: (percents[number], -number), default=None)
    return chosen if rule == "chosen" and chosen else active


def _grade(attempt: AttemptData, active_grade: GradeData | None) -> GradeData | None:
    if attempt.is_active:
        return active_grade
    summary = attempt.summary
    if summary is None or summary.percent_grade is None:
        return None
    return GradeData(summary.percent_grade, summary.letter_grade, bool(summary.passed))
