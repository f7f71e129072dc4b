"""What the commands print: the same facts as text for people and as JSON for programs."""

from __future__ import annotations

import dataclasses
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from opaque_keys import OpaqueKey

from attempts.data import (
    AttemptData,
    CourseSettingsReport,
    Finding,
    FollowUpData,
    HealthCheck,
    LearnerData,
    OperationData,
    OwnPolicy,
    PersonalData,
    PolicyData,
    Preview,
    RestoredKeys,
    SweepReport,
    TableCoverage,
    told,
)
from attempts.exceptions import AttemptsError, NotEligible

#: What a terminal obeys, or shows otherwise than it is there: controls, and marks that turn the direction of a text.
_UNPRINTABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    r"""Return a text with each such character as JSON may write it, such as ``\u001b``.

    Comments, names and keys are what somebody else wrote, and who reads them here is an operator.
    """
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def as_json(value: Any) -> str:
    """Return a value object, or a structure of them, as JSON."""
    return json.dumps(_plain(value), indent=2, ensure_ascii=False)


def error_as_data(error: AttemptsError) -> dict[str, Any]:
    """Return an error in the shape of the REST API: ``code``, ``detail`` and, if it has any, ``reasons``."""
    if isinstance(error, NotEligible):
        reasons = [{"code": reason.code, "detail": reason.detail} for reason in error.reasons]
        return {"code": NotEligible.code, "detail": error.detail, "reasons": reasons}
    return {"code": error.code, "detail": error.detail}


def error_as_text(error: AttemptsError) -> str:
    """Return an error as a line, with a line for each reason if there are several."""
    if isinstance(error, NotEligible) and len(error.reasons) > 1:
        return "\n".join([error.detail, *(f"  {reason.code}: {reason.detail}" for reason in error.reasons)])
    return f"{error.code}: {error.detail}"


def attempts_as_text(attempts: Sequence[AttemptData]) -> str:
    """Return a table of a learner's attempts."""
    header = ("attempt", "state", "opened", "archived", "grade", "passed", "completed", "rows", "restorable")
    return table([header, *(_attempt_row(attempt) for attempt in attempts)])


def preview_as_text(preview: Preview) -> str:
    """Return what a switch would move, and every reason against it."""
    lines = [
        f"{preview.kind} of {preview.learner.username} in {preview.course_key}: "
        f"attempt {preview.from_number} → {preview.to_number or '?'}"
    ]
    header = ("store", "to archive", "to restore", "foreign keys")
    rows = [(store.store, store.archived, store.restored, store.foreign) for store in preview.stores]
    lines.append(_stores_table(header, rows))
    lines.append(table([("stays", "rows", "why"), *((one.table, one.rows, one.detail) for one in preview.stays)]))
    left = preview.eligibility.resets_left
    lines.append(f"resets used: {preview.eligibility.resets_used}, left: {'unlimited' if left is None else left}")
    lines += [f"refused, {reason.code}: {reason.detail}" for reason in preview.eligibility.reasons]
    return "\n".join(lines if preview.eligibility.reasons else [*lines, "Nothing stands against it."])


def operation_as_text(operation: OperationData) -> str:
    """Return an operation, how far it is, and what it moved."""
    lines = [f"{operation.kind} {operation.uuid}: {operation.status}"]
    if operation.status == "complete":
        lines.append(f"attempt {operation.from_number} → {operation.to_number}")
        header = ("store", "archived", "restored", "foreign keys")
        moved = [(table, rows.archived, rows.restored, rows.foreign) for table, rows in operation.rows.items()]
        lines.append(_stores_table(header, moved))
    if operation.error:
        lines.append(f"{operation.error_code}: {operation.error}")
    if operation.follow_ups:
        lines.append(table([("then", "status", "tries", ""), *map(_follow_up_row, operation.follow_ups)]))
    return "\n".join(lines)


def proofs_as_text(attempts: Sequence[AttemptData]) -> str:
    """Return what trials of bringing attempts back have shown, a line each, with what stands against it."""
    if not attempts:
        return "There is no archived attempt to be tried."
    lines = []
    for one in attempts:
        line = f"attempt {one.number} of {one.learner.username} in {one.course_key}: {_restorable(one)}"
        if one.proof and one.proof.problem:
            line += f": {one.proof.problem}"
        if one.proof and one.proof.changed:
            line += f"; written since {moment_text(one.proof.made_at)}: {', '.join(one.proof.changed)}"
        lines.append(line)
    return "\n".join(lines)


def findings_as_text(findings: Sequence[Finding]) -> str:
    """Return what is wrong, a line each."""
    if not findings:
        return "All invariants hold."
    return "\n".join(
        f"{found.code}: {found.detail} (learner {found.learner_id}, {found.course_key})" for found in findings
    )


def health_as_text(found: Sequence[HealthCheck]) -> str:
    """Return a table of what was looked at."""
    return table([(check.name, "ok" if check.ok else "wrong", check.message) for check in found])


def coverage_as_text(found: Sequence[TableCoverage]) -> str:
    """Return a table of the tables by answer, those without an answer last, with the ways to learner and course."""
    answered = [(table.table, table.answer, table.reason) for table in found if table.answer]
    lines = [table([("table", "answer", "reason"), *sorted(answered, key=lambda row: (row[1], row[0]))])]
    lines += [
        f"nobody has thought of {table.table} ({table.model}): learner by {table.learner}, course by {table.course}"
        for table in found
        if not table.answer
    ]
    counts = Counter(table.answer or "unknown" for table in found)
    lines.append(f"{len(found)} tables: {', '.join(f'{count} {answer}' for answer, count in sorted(counts.items()))}")
    return "\n".join(lines)


def restored_keys_as_text(done: RestoredKeys) -> str:
    """Return what was rewritten, and the proof that nothing is left."""
    form = "the bare form" if done.back else "the form of attempts"
    rows = f"{sum(done.rows.values())} rows {'would be' if done.dry_run else 'were'} rewritten."
    proof = f"{sum(done.left.values())} keys in {form} are left in {done.columns_checked} columns for keys."
    lines = [table(sorted(done.rows.items()))] if done.rows else []
    return "\n".join([*lines, rows, proof, *(f"  {column}: {count}" for column, count in done.left.items())])


def sweeps_as_text(reports: Sequence[SweepReport]) -> str:
    """Return what sweeps did, a line for each table and each row that is left."""
    lines = []
    for report in reports:
        whose = f"(learner {report.learner_id}, {report.course_key})"
        lines += [f"moved: {count} of {table} {whose}" for table, count in report.moved.items()]
        lines += [f"{found.code}: {found.detail} {whose}" for found in report.findings]
    return "\n".join(lines) or "Everything lies where it belongs."


def policy_as_text(policy: OwnPolicy) -> str:
    """Return what a policy decides itself."""
    whose = policy.course_key or policy.org or "the instance"
    locked = f"\nlocked: {', '.join(policy.locked)}" if policy.locked else ""
    if not policy.values:
        return f"The policy of {whose} decides nothing itself.{locked}"
    ours = policy.from_course_settings
    rows = [(name, _value(v), "course settings" if name in ours else "") for name, v in policy.values.items()]
    return f"policy of {whose}\n{table(rows)}{locked}"


@dataclasses.dataclass(frozen=True)
class PolicyInForce:
    """The policy in force for a course, and what became of the settings its authors made in Studio, if they did."""

    policy: PolicyData
    course_settings: CourseSettingsReport | None


def policy_in_force_as_text(found: PolicyInForce) -> str:
    """Return the policy in force, where each part of it comes from, and what the authors wish in vain."""
    policy, report = found.policy, found.course_settings
    rows = [
        (name, _value(getattr(policy, name)), origin.replace("_", " "), policy.locks.get(name, ""))
        for name, origin in policy.origins.items()
    ]
    lines = [table([("field", "value", "from", "locked by"), *rows])]
    if report and report.problems:
        lines.append(f"not taken from the course settings, since {moment_text(report.reported_at)}:")
        lines += [f"  {problem.code}: {problem.detail}" for problem in report.problems]
    return "\n".join(lines)


def troubles_as_text(operations: Iterable[OperationData]) -> str:
    """Return what has not worked after some operations, a line each; empty if all has."""
    return "\n".join(
        f"after {operation.kind} {operation.uuid}: {found.name} {found.status}, {found.error_code}: {found.error}"
        for operation in operations
        for found in operation.follow_ups
        if found.error_code and found.status in ("waiting", "failed")
    )


def _follow_up_row(found: FollowUpData) -> tuple[Any, ...]:
    return (found.name, found.status, found.tries, f"{found.error_code}: {found.error}" if found.error_code else "")


def personal_data_as_text(found: PersonalData) -> str:
    """Return all that is held on a person: each row with those of its columns that say anything."""
    person = found.person
    lines = [_one_line(" ".join(filter(None, (person.username, f"(id {person.id})", person.email, person.name))))]
    for row in found.rows:
        values = {name: _plain(value) for name, value in row.values.items() if value not in (None, "", [], {})}
        said = (f"{name}={_one_line(value)}" for name, value in values.items())
        lines.append(f"{row.table}, as {row.capacity}: {', '.join(said)}")
    for work in found.work or ():
        counts = f"{len(work.states)} states, {len(work.completion)} completions"
        lines.append(f"attempt {work.attempt.number} at {work.attempt.course_key}: {counts}; --format json has them")
    return "\n".join(lines if found.rows else [*lines, "Nothing is held."])


def retired_as_text(changed: Mapping[str, int]) -> str:
    """Return how many rows were blanked."""
    return (
        "\n".join(f"{table}: {rows} rows blanked" for table, rows in changed.items()) or "There was nothing to blank."
    )


def _value(value: Any) -> str:
    if value is None:
        return "unlimited"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _attempt_row(attempt: AttemptData) -> tuple[Any, ...]:
    summary = attempt.summary
    if summary is None:
        return (attempt.number, attempt.state, moment_text(attempt.opened_at), "", "", "", "", "", "")
    grade = "" if summary.percent_grade is None else f"{summary.percent_grade:.0%} {summary.letter_grade}".strip()
    passed = {True: "yes", False: "no", None: ""}[summary.passed]
    rows = sum(summary.rows.values())
    times = (moment_text(attempt.opened_at), moment_text(attempt.archived_at))
    return (attempt.number, attempt.state, *times, grade, passed, summary.completed_blocks, rows, _restorable(attempt))


def _restorable(attempt: AttemptData) -> str:
    if attempt.proof is None:
        return "not tried yet"
    return f"{'yes' if attempt.proof.restorable else 'no'}, tried {moment_text(attempt.proof.checked_at)}"


def moment_text(moment: datetime | None) -> str:
    """Return a time in UTC, to the minute; nothing if there is none."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}" if moment else ""


def _stores_table(header: Sequence[Any], rows: Sequence[Sequence[Any]]) -> str:
    """Show the stores that have something, and how many have nothing: most learners have rows in a few of them."""
    some = [row for row in rows if any(row[1:])]
    return "\n".join([table([header, *some]), f"nothing in {len(rows) - len(some)} other stores"])


def table(rows: Iterable[Sequence[Any]]) -> str:
    """Return rows of cells in columns of one width; the first row is the head."""
    texts = [[_one_line(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in texts) for column in range(len(texts[0]))]
    padded = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in texts]
    return "\n".join(padded)


def _one_line(value: Any) -> str:
    """Return a text that cannot be taken for more lines than one."""
    return str(value).replace("\n", "\\n")


def _plain(value: Any) -> Any:
    if isinstance(value, LearnerData):
        return value.username
    if isinstance(value, PolicyInForce):
        return {**_plain(value.policy), "course_settings": _plain(value.course_settings)}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(item) for name, item in told(value).items()}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if type(value) is date:
        return value.isoformat()
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, OpaqueKey | UUID):
        return str(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
