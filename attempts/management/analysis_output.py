"""What the commands print of comparisons, reports and grades of record."""

from __future__ import annotations

from attempts.data import (
    BlockComparison,
    BlockRecord,
    Comparison,
    GradeOfRecord,
    RetakeReport,
    Spread,
    SubsectionComparison,
    SubsectionGrade,
)
from attempts.management.output import moment_text, table


def comparison_as_text(found: Comparison) -> str:
    """Return course grades, subsections and blocks of two attempts; blocks that do not differ are only counted."""
    first, second = found.first, found.second
    grades = [grade.percent_grade if grade else None for grade in (found.first_grade, found.second_grade)]
    heads = (f"attempt {first.number}", f"attempt {second.number}")
    different = [block for block in found.blocks if block.is_different]
    lines = [
        f"{first.learner.username} in {first.course_key}: attempt {first.number} ({first.state}, from "
        f"{moment_text(first.opened_at)}) and attempt {second.number} ({second.state}, from "
        f"{moment_text(second.opened_at)})",
        table([("course grade", *heads, "change"), ("", *map(_percent, grades), _points(found.change))]),
        table([("subsection", *heads, "change"), *map(_subsection_row, found.subsections)]),
        table([("block", *heads, "change", "answer", "last activity"), *map(_block_row, different)]),
        f"nothing but times differs in {len(found.blocks) - len(different)} other blocks",
    ]
    return "\n".join(lines)


def grade_as_text(found: GradeOfRecord) -> str:
    """Return the grade that counts, by which rule, and who chose it."""
    grade = "none" if found.grade is None else f"{found.grade.percent_grade:.0%} {found.grade.letter_grade}".strip()
    attempt = "" if found.number is None else f", attempt {found.number}"
    lines = [f"grade of record: {grade}{attempt} ({found.rule}, from {found.origin.replace('_', ' ')})"]
    if found.choice:
        by = found.choice.chosen_by or "the system"
        lines.append(f"chosen by {by} at {moment_text(found.choice.chosen_at)}: {found.choice.comment}".rstrip(": "))
    return "\n".join(lines)


def report_as_text(found: RetakeReport) -> str:
    """Return the tables of a report."""
    numbers = [
        (one.number, one.attempts, one.passed, _percents(one.grade), _percents(one.completion)) for one in found.numbers
    ]
    subsections = [
        (one.block_key.block_id, one.change.count, *map(_percents, (one.first, one.latest)), _percents(one.change, "+"))
        for one in found.subsections
    ]
    resets = [(one.begins, one.resets, one.learners) for one in found.resets]
    days = found.days_between
    lines = [
        f"{found.course_key}: {found.learners} learners who were reset, {found.retaking} with more than one attempt",
        table([("attempts", "learners"), *((one.attempts, one.learners) for one in found.attempts)]),
        table([(f"{found.period} from", "resets", "of learners"), *resets]),
        table([("attempt", "number", "passed", "grade: quartiles", "completion: quartiles"), *numbers]),
        table([("subsection", "learners", "in the first attempt", "in the latest", "change"), *subsections]),
    ]
    record = found.of_record
    if record:
        lines.append(f"grade of record ({record.rule}): {_percents(record.grade)}; {record.passed} passing")
    if days:
        lines.append(f"days from attempt to attempt: {days.lower:.0f}, {days.median:.0f}, {days.upper:.0f}")
    if found.minimum:
        lines.append(f"Groups of less than {found.minimum} learners are left out, counts are multiples of it.")
    return "\n\n".join(lines)


def _percents(spread: Spread | None, sign: str = "") -> str:
    if spread is None:
        return "-"
    return ", ".join(f"{value:{sign}.0%}" for value in (spread.lower, spread.median, spread.upper))


def _subsection_row(found: SubsectionComparison) -> tuple[str, ...]:
    return (found.block_key.block_id, *map(_graded, (found.first, found.second)), _points(found.change))


def _block_row(found: BlockComparison) -> tuple[str, ...]:
    sides = (found.first, found.second)
    last = max(side.last_activity for side in sides if side)
    answer = {True: "changed", False: "same", None: ""}[found.answer_changed]
    name = f"{found.block_type} {found.block_key.block_id}"
    return (name, *map(_record, sides), _points(found.change), answer, moment_text(last))


def _graded(grade: SubsectionGrade | None) -> str:
    return _percent(grade.ratio if grade else None)


def _record(record: BlockRecord | None) -> str:
    if record is None:
        return "-"
    score = "" if record.score is None else f"{record.score:g}/{record.max_score or 0:g}"
    tries = "" if record.tries is None else f"{record.tries} {'try' if record.tries == 1 else 'tries'}"
    completed = "" if record.completion is None else f"{record.completion:.0%} done"
    return ", ".join(word for word in (score, tries, completed) if word) or "opened"


def _percent(ratio: float | None) -> str:
    return "-" if ratio is None else f"{ratio:.0%}"


def _points(change: float | None) -> str:
    return "" if change is None else f"{100 * change:+.0f} points"
