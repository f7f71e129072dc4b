"""Value objects that :mod:`attempts.api` takes and returns. They know nothing of Django's models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Generic, Literal, TypeVar, get_args
from uuid import UUID

from opaque_keys.edx.keys import CourseKey, UsageKey


class Inherit(Enum):
    """Says of a policy's field that the wider policy decides; None already means "unlimited"."""

    INHERIT = "inherit"


INHERIT = Inherit.INHERIT
AttemptState = Literal["active", "archived"]
Kind = Literal["reset", "undo", "activate"]
Status = Literal["enqueued", "in_progress", "complete", "failed"]
FollowUpState = Literal["waiting", "done", "skipped", "failed"]
Scope = Literal["default", "instance", "org", "course"]
#: Where a value of a policy comes from: a scope, or the settings that a course's authors made in Studio.
Origin = Literal["default", "instance", "org", "course", "course_settings"]
Permission = Literal[
    "view_attempts", "view_attempt_data", "export", "reset", "undo", "activate", "manage_policy", "bulk"
]
#: The role of somebody who asks for a switch of her own attempts; what she may is a matter of the policy.
LEARNER_ROLE = "learner"
PERMISSIONS: tuple[Permission, ...] = get_args(Permission)
T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some of many, in a stable order.

    Attributes:
        items: what is on the page.
        next, previous: where the neighbouring pages begin, to be given back as ``cursor``; None where there is none.
    """

    items: Sequence[T]
    next: str | None
    previous: str | None


@dataclass(frozen=True)
class Reach:
    """Where somebody holds a permission.

    Attributes:
        everywhere: on the whole site.
        orgs: in all courses of these organisations.
        courses: in these courses, by plain key.
    """

    everywhere: bool = False
    orgs: frozenset[str] = frozenset()
    courses: frozenset[CourseKey] = frozenset()

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.orgs or self.courses)

    def covers(self, course_key: CourseKey) -> bool:
        """Tell whether the permission is held in a course."""
        return self.everywhere or course_key.org in self.orgs or course_key in self.courses

    def __or__(self, other: Reach) -> Reach:
        return Reach(self.everywhere or other.everywhere, self.orgs | other.orgs, self.courses | other.courses)


EVERYWHERE = Reach(everywhere=True)


@dataclass(frozen=True)
class Provenance:
    """By which right and through what a write came; who asked is said beside it.

    Attributes:
        role: the role that gave the right, as :func:`attempts.api.role_for` names it; empty for the system.
        client: what the request came through.
        request_id: the id under which the host's logs know the request.
    """

    role: str = ""
    client: str = ""
    request_id: str = ""


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
        is_recorded: whether it has a row. The only attempt of a learner never reset has none: it is implicit.
    """

    uuid: UUID
    learner: LearnerData
    course_key: CourseKey
    number: int
    state: AttemptState
    opened_at: datetime | None
    archived_at: datetime | None
    summary: AttemptSummary | None
    is_recorded: bool = True

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
        pacing: courses of which pacing it asks for: ``any``, ``self_paced`` or ``instructor_paced``.
        protect_passing: undo and activate do not put away a passing attempt.
        protect_new_work: undo and activate do not put away an attempt in which the learner has worked.
        certificates: ``block`` (an earned certificate stops a switch) or ``keep``.
        experiments: ``keep`` (a new attempt has the same groups of content experiments) or ``redraw``.
        schedule: ``restart`` (in a self-paced course the personal schedule starts with the attempt) or ``keep``.
        course_team_may_reset: holders of roles in a course or organisation may switch attempts, as far as their
            role lets them.
        learner_may_reset: learners may reset themselves, and take that back.
        notify_learner: tell the learner.
        origins: for each of these, the scope it comes from; ``course_settings`` if the course's authors made it so.
        locks: for those that narrower policies cannot decide otherwise, the scope that says so.
    """

    active: bool
    max_resets: int | None
    require_started: bool
    require_not_ended: bool
    require_not_passing: bool
    pacing: Literal["any", "self_paced", "instructor_paced"]
    protect_passing: bool
    protect_new_work: bool
    certificates: Literal["block", "keep"]
    experiments: Literal["keep", "redraw"]
    schedule: Literal["restart", "keep"]
    course_team_may_reset: bool
    learner_may_reset: bool
    notify_learner: bool
    origins: Mapping[str, Origin]
    locks: Mapping[str, Scope]


@dataclass(frozen=True)
class OwnPolicy:
    """What one policy decides itself.

    Attributes:
        scope: instance, org or course.
        org: the organisation, empty unless ``scope`` says so.
        course_key: the plain course key as text, empty unless ``scope`` says so.
        values: its fields; those it leaves to the wider policy are not there.
        locked: fields that narrower policies cannot decide otherwise.
        from_course_settings: fields of a course whose values its authors made so in Studio.
    """

    scope: Scope
    org: str
    course_key: str
    values: Mapping[str, Any]
    locked: tuple[str, ...]
    from_course_settings: tuple[str, ...] = ()


@dataclass(frozen=True)
class PolicyChange:
    """What one policy decided from one moment on.

    Attributes:
        changed_at: when (UTC).
        changed_by: username of who changed it, None for the system.
        provenance: by which right and through what.
        values, locked, from_course_settings: as in :class:`OwnPolicy`.
    """

    changed_at: datetime
    changed_by: str | None
    provenance: Provenance
    values: Mapping[str, Any]
    locked: tuple[str, ...]
    from_course_settings: tuple[str, ...] = ()


@dataclass(frozen=True)
class CourseSettingsProblem:
    """Why something in the settings of a course was not taken into its policy.

    Attributes:
        code: ``wrong_value``, ``unknown_field``, ``not_allowed``, ``locked`` or ``decided``.
        field: the field, empty if it is about the whole value.
        detail: a sentence for the course's authors.
    """

    code: str
    field: str
    detail: str


@dataclass(frozen=True)
class CourseSettingsReport:
    """What became of the settings that a course's authors made in Studio.

    Attributes:
        course_key: the plain key of the course as text.
        reported_at: since when this is so (UTC); publishing the same again changes nothing.
        problems: what was not taken; empty if all is in the course's policy.
    """

    course_key: str
    reported_at: datetime
    problems: tuple[CourseSettingsProblem, ...]


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
        reasons: what in this store stands against the switch.
    """

    store: str
    label: str
    archived: int
    restored: int
    foreign: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Stays:
    """Something of the learner at the course that a switch does not touch.

    Attributes:
        table: the host's table.
        label: what it is, for people.
        rows: how many rows of it the learner has.
        detail: a sentence that says why it stays.
    """

    table: str
    label: str
    rows: int
    detail: str


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
        stays: what would not.
    """

    kind: Kind
    learner: LearnerData
    course_key: CourseKey
    from_number: int
    to_number: int | None
    eligibility: Eligibility
    stores: tuple[StorePreview, ...]
    stays: tuple[Stays, ...]


@dataclass(frozen=True)
class StoreRows:
    """Rows of one store that a switch moved: archived, restored, and how many archived keep a foreign usage key."""

    archived: int
    restored: int
    foreign: int


@dataclass(frozen=True)
class StoreProgress:
    """How far one store is in an operation.

    All stores of one database switch in one transaction, so they are done at the same moment, or none is.

    Attributes:
        store: the table.
        label: the store's name for people; the table for a store that is gone.
        status: ``waiting``, ``done``, or ``unchanged`` after a failure.
        moved: the rows it moved, None unless done.
    """

    store: str
    label: str
    status: Literal["waiting", "done", "unchanged"]
    moved: StoreRows | None


@dataclass(frozen=True)
class FollowUpData:
    """One thing to be done after a completed operation, such as telling the learner. It says nothing of people.

    Attributes:
        name: what it is.
        status: waiting (also between two tries), done, skipped (there was nothing to do) or failed (given up).
        tries: how often it was begun.
        due: when it is to be begun (UTC); while it runs, when it counts as left behind.
        ended_at: when it was done, skipped or given up (UTC), None while it waits.
        error_code, error: why it was skipped, or what went wrong at the last try; empty if nothing did.
    """

    name: str
    status: FollowUpState
    tries: int
    due: datetime
    ended_at: datetime | None
    error_code: str
    error: str


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
        progress: how far each store is.
        provenance: by which right and through what it was asked for.
        follow_ups: what comes after it, and how far that is; empty unless complete.
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
    progress: tuple[StoreProgress, ...]
    provenance: Provenance
    follow_ups: tuple[FollowUpData, ...] = ()

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
        attempts: all attempts, by number.
        policy: the policy in force.
        eligibility: whether a reset would be accepted now.
        undo_to: the number of the attempt that an undo would make active, None if there is nothing to undo.
        learner_may: what the learner herself may ask for now, as far as it can be told without counting her work.
        last_operation: the newest operation, None if there was none.
    """

    course_key: CourseKey
    display_name: str
    is_enrolled: bool
    attempts: tuple[AttemptData, ...]
    policy: PolicyData
    eligibility: Eligibility
    undo_to: int | None
    learner_may: frozenset[Kind]
    last_operation: OperationData | None

    @property
    def active_attempt(self) -> AttemptData:
        """The attempt that is active."""
        return next(attempt for attempt in self.attempts if attempt.is_active)


@dataclass(frozen=True)
class AttemptQuery:
    """Which attempts somebody looks for; what is None does not matter.

    Attributes:
        learner: whose: a user, user id, username or e-mail address.
        course_key: at which course, by plain key.
        org: at courses of which organisation.
        state: active or archived now.
        number: the attempt's number.
        opened_after, opened_before: when it began, both ends included.
        archived_after, archived_before: when it was archived; archived attempts only.
        passed: whether its grade was passing when it was archived; archived attempts only.
        minimum_grade: its least grade, 0.0 to 1.0, when it was archived; archived attempts only.
        order: ``created`` (in the order in which they were recorded), ``opened_at``, ``archived_at`` or ``grade``, with
            a ``-`` before it for descending. All but the first leave out attempts that have no such value.
    """

    learner: Any = None
    course_key: CourseKey | None = None
    org: str | None = None
    state: AttemptState | None = None
    number: int | None = None
    opened_after: datetime | None = None
    opened_before: datetime | None = None
    archived_after: datetime | None = None
    archived_before: datetime | None = None
    passed: bool | None = None
    minimum_grade: float | None = None
    order: str = "-created"


@dataclass(frozen=True)
class OperationQuery:
    """Which operations somebody looks for; what is None does not matter.

    Attributes:
        learner, course_key, org: as in :class:`AttemptQuery`.
        kind: reset, undo or activate.
        status: how far it is.
        requested_by: username of the requester.
        attempt: uuid of an attempt it switched from or to.
        created_after, created_before: when it was asked for, both ends included.
        completed_after, completed_before: when it ended.
        order: ``created`` or ``completed_at``, with a ``-`` before it for descending. The second leaves out those that
            have not ended.
    """

    learner: Any = None
    course_key: CourseKey | None = None
    org: str | None = None
    kind: Kind | None = None
    status: Status | None = None
    requested_by: str | None = None
    attempt: UUID | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    completed_after: datetime | None = None
    completed_before: datetime | None = None
    order: str = "-created"


@dataclass(frozen=True)
class BlockQuery:
    """Which blocks of an attempt somebody looks for; what is None does not matter.

    Attributes:
        block_type: blocks of this type.
        block_key: this block, by plain key.
    """

    block_type: str | None = None
    block_key: UsageKey | None = None


@dataclass(frozen=True)
class BlockState:
    """A learner's state of one block in one attempt.

    Attributes:
        block_key: the plain key of the block, or of an aside of it.
        block_type: its type.
        state: the saved fields; None if the block was only opened, or if what is stored is not the JSON of fields.
        unreadable: what is stored, if that is so; else None.
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
    unreadable: str | None = None


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
class PersonalRow:
    """A row of ours that has to do with a person.

    Attributes:
        table: the table.
        capacity: ``learner`` if the row is about her, ``actor`` if she made or changed it.
        values: the row by column. Where a column names a user: ``self``, ``somebody else`` or None.
    """

    table: str
    capacity: Literal["learner", "actor"]
    values: Mapping[str, Any]


@dataclass(frozen=True)
class AttemptWork:
    """What a learner did in one attempt; it lies in the host's own tables.

    Attributes:
        attempt: the attempt.
        states, completion: by block.
        course_grade: the grade of the course, None if there is none.
        subsection_grades: with what staff set by hand.
    """

    attempt: AttemptData
    states: Sequence[BlockState]
    completion: Sequence[BlockCompletion]
    course_grade: CourseGrade | None
    subsection_grades: Sequence[SubsectionGrade]


@dataclass(frozen=True)
class PersonalData:
    """All that we hold on a person.

    Attributes:
        person: who it is.
        rows: every row of ours that has to do with her, by table.
        work: what she did, attempt by attempt; None if it was not asked for.
    """

    person: LearnerData
    rows: Sequence[PersonalRow]
    work: Sequence[AttemptWork] | None


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
