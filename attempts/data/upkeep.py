"""What an operator is told: sweeps, broken invariants, restored keys, coverage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from attempts.data.switches import OperationData


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
class Workload:
    """What is under way, and what was given up.

    Attributes:
        in_flight: operations that have not ended, by status.
        oldest: seconds since the oldest of them was asked for; 0 if there is none.
        stuck: those in flight for longer than ``ATTEMPTS_STUCK_AFTER``, 1,000 at most.
        waiting: follow-ups that are to be run, or run again.
        overdue: those of them that should have been run a minute ago.
        failed: follow-ups that were given up and nobody has repeated.
    """

    in_flight: dict[str, int]
    oldest: float
    stuck: int
    waiting: int
    overdue: int
    failed: int


@dataclass(frozen=True)
class OperationInFlightData:
    """An operation that has not ended.

    Attributes:
        operation: the operation.
        seconds: for how long it is under way, since its start or, if it has none, since it was asked for.
        is_stuck: whether that is longer than ``ATTEMPTS_STUCK_AFTER``: `recover` takes it up.
    """

    operation: OperationData
    seconds: float
    is_stuck: bool


@dataclass(frozen=True)
class StoreInfo:
    """A store that a switch takes, in its order.

    Attributes:
        store: the table.
        label: its name for people.
        answer: what becomes of its rows, one of :data:`COVERAGE_ANSWERS`.
    """

    store: str
    label: str
    answer: str


@dataclass(frozen=True)
class SiteInfo:
    """What this process consists of; no secret is among it.

    Attributes:
        versions: by the name of the package, of Python, or of the database.
        stores: the stores, in the order in which a switch takes them.
        follow_ups: names of what comes after a switch, in order.
        settings: the settings in force, by name; of a secret only whether it is set.
    """

    versions: Mapping[str, str]
    stores: tuple[StoreInfo, ...]
    follow_ups: tuple[str, ...]
    settings: Mapping[str, str]


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
