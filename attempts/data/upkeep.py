"""What an operator is told: sweeps, broken invariants, restored keys, coverage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class SweepReport:
    """What a sweep did for a learner at a course.

    Attributes:
        learner_id: user id of the learner.
        course_key: the plain key of the course as text.
        moved: rows that went back to their own attempt, by table.
        findings: what is left to look at: rows whose place is taken, and grades with no score behind them.
        recomputed: whether the host was asked to compute the learner's grades anew.
    """

    learner_id: int
    course_key: str
    moved: Mapping[str, int]
    findings: tuple[Finding, ...]
    recomputed: bool


@dataclass(frozen=True)
class HealthCheck:
    """What was found when it was looked whether all is well.

    Attributes:
        name: what was looked at.
        ok: whether it is as it should be.
        message: a sentence for operators; it names no person and no secret.
    """

    name: str
    ok: bool
    message: str


@dataclass(frozen=True)
class Finding:
    """An invariant that does not hold.

    Attributes:
        code: which invariant.
        detail: a sentence for people that names the row.
        learner_id: user id of the learner, None if unknown.
        course_key: the plain key of the course as text.
        table, row: the row, None where the finding is about several.
    """

    code: str
    detail: str
    learner_id: int | None
    course_key: str
    table: str | None = None
    row: str | None = None


@dataclass(frozen=True)
class RestoredKeys:
    """What bringing keys to another form did, or would do.

    Attributes:
        back: whether it was the way back.
        dry_run: whether nothing was written.
        rows: rows rewritten, or that would be, by table; since the first call, if it took several.
        columns_checked: how many columns for keys there are.
        left: rows that still have a key of the form that was to be left, by column.
    """

    back: bool
    dry_run: bool
    rows: Mapping[str, int]
    columns_checked: int
    left: Mapping[str, int]


#: What may be done about a table with data of a learner in a course: its keys are rewritten; its rows travel with those
#: of another table; its values are put aside and brought back; it is kept as it is; a switch is refused because of it.
COVERAGE_ANSWERS = ("rekeyed", "travels", "valued", "kept", "refused")


@dataclass(frozen=True)
class TableCoverage:
    """What attempts do about a table with data of a learner in a course.

    Attributes:
        table: the table.
        model: its model, ``app_label.Model``.
        learner: the column that leads to a learner, and the tables on the way.
        course: the column that leads to a course, and the tables on the way.
        answer: one of :data:`COVERAGE_ANSWERS`; None if nobody has thought of the table.
        reason: why, in a sentence; empty if there is no answer.
    """

    table: str
    model: str
    learner: str
    course: str
    answer: str | None
    reason: str
