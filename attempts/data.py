"""Value objects that :mod:`attempts.api` takes and returns. They know nothing of Django's models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Literal
from uuid import UUID

from opaque_keys.edx.keys import CourseKey, UsageKey


class Inherit(Enum):
    """Says of a policy's field that the wider policy decides; None already means "unlimited"."""

    INHERIT = "inherit"


INHERIT = Inherit.INHERIT
AttemptState = Literal["active", "archived"]
Kind = Literal["reset", "undo", "activate"]
Status = Literal["enqueued", "in_progress", "complete", "failed"]
Scope = Literal["default", "instance", "org", "course"]


@dataclass(frozen=True)
class LearnerData:
    """A learner.

    Attributes:
        id: the host's user id.
        username: the name the account has now; it changes when the account is retired.
        email: the account's e-mail address.
        name: the learner's full name, empty if unknown.
    """

    id: int
    username: str
    email: str = field(repr=False, default="")
    name: str = field(repr=False, default="")


@dataclass(frozen=True)
class AttemptSummary:
    """What an attempt came to when it was last archived.

    Attributes:
        percent_grade: course grade from 0.0 to 1.0, None if there was none.
        letter_grade: the letter of that grade, empty if failing or none.
        passed: whether the grade was passing, None if there was none.
        completed_blocks: blocks completed.
        completion_ratio: completed by completable blocks, 0.0 to 1.0, None if the host cannot tell.
        rows: rows by table.
    """

    percent_grade: float | None
    letter_grade: str
    passed: bool | None
    completed_blocks: int
    completion_ratio: float | None
    rows: Mapping[str, int]


@dataclass(frozen=True)
class AttemptData:
    """One attempt of a learner at a course.

    Attributes:
        uuid: the same before and after the attempt has a row; serves as xAPI ``registration``.
        learner: whose it is.
        course_key: the plain key of the course.
        number: from 1.
        state: ``active`` or ``archived``, at the time of asking.
        opened_at: when it began (UTC); of attempt 1 the time of enrolment, None if unknown.
        archived_at: when it was archived (UTC), None while it is active.
        summary: frozen when it was archived, None while it is active.
    """

    uuid: UUID
    learner: LearnerData
    course_key: CourseKey
    number: int
    state: AttemptState
    opened_at: datetime | None
    archived_at: datetime | None
    summary: AttemptSummary | None

    @property
    def is_active(self) -> bool:
        """Whether this was the active attempt at the time of asking."""
        return self.state == "active"


@dataclass(frozen=True)
class Reason:
    """Why something is refused.

    Attributes:
        code: stable name of the kind of reason.
        detail: a sentence for people.
        overridable: whether somebody with the right may go on in spite of it.
    """

    code: str
    detail: str
    overridable: bool


@dataclass(frozen=True)
class PolicyData:
    """The policy in force for a course.

    Attributes:
        active: resets are possible at all.
        max_resets: how many, None if unlimited.
        require_started, require_not_ended, require_not_passing: what a reset asks of the course and the learner.
        protect_passing: undo and activate do not put away a passing attempt.
        protect_new_work: undo and activate do not put away an attempt in which the learner has worked.
        certificates: ``block`` (an earned certificate stops a switch) or ``keep``.
        course_team_may_reset, learner_may_reset: who may ask for a reset beside support.
        notify_learner: tell the learner.
        origins: for each of these, the scope it comes from.
    """

    active: bool
    max_resets: int | None
    require_started: bool
    require_not_ended: bool
    require_not_passing: bool
    protect_passing: bool
    protect_new_work: bool
    certificates: Literal["block", "keep"]
    course_team_may_reset: bool
    learner_may_reset: bool
    notify_learner: bool
    origins: Mapping[str, Scope]


@dataclass(frozen=True)
class OwnPolicy:
    """What one policy decides itself.

    Attributes:
        scope: instance, org or course.
        org: the organisation, empty unless ``scope`` says so.
        course_key: the plain course key as text, empty unless ``scope`` says so.
        values: its fields; those it leaves to the wider policy are not there.
    """

    scope: Scope
    org: str
    course_key: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Eligibility:
    """Whether a switch would be accepted now.

    Attributes:
        kind: the switch asked about.
        reasons: every reason against it; empty if there is none.
        resets_used: completed resets that were not undone.
        resets_left: None where they are unlimited.
    """

    kind: Kind
    reasons: tuple[Reason, ...]
    resets_used: int
    resets_left: int | None

    @property
    def eligible(self) -> bool:
        """Whether nothing stands against it."""
        return not self.reasons


@dataclass(frozen=True)
class StorePreview:
    """What a switch would do in one store.

    Attributes:
        store: the table.
        label: the store's name for people.
        archived: rows of the active attempt that would be archived.
        restored: rows of the other attempt that would become active.
        foreign: rows to be archived whose usage key is of another course or a library; that key stays.
    """

    store: str
    label: str
    archived: int
    restored: int
    foreign: int


@dataclass(frozen=True)
class Preview:
    """What a switch would do; nothing was written to find out.

    Attributes:
        kind: the switch asked about.
        learner: whose attempts they are.
        course_key: the plain key of the course.
        from_number: the attempt to be archived.
        to_number: the attempt to be active afterwards, None if it cannot be told (there is nothing to undo).
        eligibility: every reason against it.
        stores: what would move, by store.
    """

    kind: Kind
    learner: LearnerData
    course_key: CourseKey
    from_number: int
    to_number: int | None
    eligibility: Eligibility
    stores: tuple[StorePreview, ...]


@dataclass(frozen=True)
class StoreRows:
    """Rows of one store that a switch moved: archived, restored, and how many archived keep a foreign usage key."""

    archived: int
    restored: int
    foreign: int


@dataclass(frozen=True)
class OperationData:
    """One requested switch and all that is known of it.

    Attributes:
        uuid: the operation's name.
        kind: reset, undo or activate.
        learner: whose attempts.
        course_key: the plain key of the course.
        status: enqueued, in_progress, complete or failed.
        requested_by: username of the requester, None if it was the system.
        comment: the reason given.
        overridden: codes of the reasons the requester chose to override.
        created, started_at, completed_at: times (UTC), None where not reached. ``completed_at`` is also set on failure.
        from_number, to_number: the attempts switched between, None where not known yet.
        from_uuid, to_uuid: their uuids.
        undoes: the operation this one took back.
        error_code, error: what went wrong, empty unless failed.
        rows: what was moved, by table.
    """

    uuid: UUID
    kind: Kind
    learner: LearnerData
    course_key: CourseKey
    status: Status
    requested_by: str | None
    comment: str = field(repr=False)
    overridden: tuple[str, ...]
    created: datetime
    started_at: datetime | None
    completed_at: datetime | None
    from_number: int | None
    to_number: int | None
    from_uuid: UUID | None
    to_uuid: UUID | None
    undoes: UUID | None
    error_code: str
    error: str
    rows: Mapping[str, StoreRows]

    @property
    def in_flight(self) -> bool:
        """Whether it has not ended yet."""
        return self.status in ("enqueued", "in_progress")


@dataclass(frozen=True)
class CourseStanding:
    """Where a learner stands in one course.

    Attributes:
        course_key: the plain key of the course.
        display_name: the course's name.
        is_enrolled: whether the enrolment is active.
        active_attempt: the attempt that is active.
        attempts: how many attempts there are.
        eligibility: whether a reset would be accepted now.
        undo_to: the number of the attempt that an undo would make active, None if there is nothing to undo.
        last_operation: the newest operation, None if there was none.
    """

    course_key: CourseKey
    display_name: str
    is_enrolled: bool
    active_attempt: AttemptData
    attempts: int
    eligibility: Eligibility
    undo_to: int | None
    last_operation: OperationData | None


@dataclass(frozen=True)
class BlockState:
    """A learner's state of one block in one attempt.

    Attributes:
        block_key: the plain key of the block, or of an aside of it.
        block_type: its type.
        state: the saved fields; None if the block was only opened.
        score, max_score: raw points, None where the block has none.
        created, modified: times (UTC).
    """

    block_key: UsageKey
    block_type: str
    state: Mapping[str, Any] | None
    score: float | None
    max_score: float | None
    created: datetime
    modified: datetime


@dataclass(frozen=True)
class GradeOverride:
    """A grade that staff set by hand; points, None where not overridden."""

    earned_all: float | None
    possible_all: float | None
    earned_graded: float | None
    possible_graded: float | None
    reason: str | None


@dataclass(frozen=True)
class SubsectionGrade:
    """A learner's grade in one subsection, in points.

    ``override`` is what staff set by hand in place of the computed points, if they did.
    """

    block_key: UsageKey
    earned_all: float
    possible_all: float
    earned_graded: float
    possible_graded: float
    first_attempted: datetime | None
    modified: datetime
    override: GradeOverride | None


@dataclass(frozen=True)
class CourseGrade:
    """A learner's course grade: 0.0 to 1.0, its letter (empty if failing) and when it was first a passing one."""

    percent_grade: float
    letter_grade: str
    passed: bool
    passed_timestamp: datetime | None
    modified: datetime


@dataclass(frozen=True)
class Grades:
    """The grades of one attempt.

    Attributes:
        course: the course grade, None if there is none.
        subsections: the subsection grades with what staff set by hand; read once, streamed.
    """

    course: CourseGrade | None
    subsections: Iterator[SubsectionGrade]


@dataclass(frozen=True)
class BlockCompletion:
    """How far a learner completed one block: 0.0 to 1.0."""

    block_key: UsageKey
    block_type: str
    completion: float
    modified: datetime


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
