"""Switches: previewed, requested, carried out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from opaque_keys.edx.keys import CourseKey

from attempts.data.attempts import AttemptData
from attempts.data.people import LearnerData, Provenance
from attempts.data.policies import Eligibility, PolicyData, Reason
from attempts.data.records import GradeData, GradeOfRecord
from attempts.data.words import FollowUpState, Kind, Status


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
        detail: a sentence that says why it stays, in English.
        sentence, values: the same for translators, as of a :class:`Reason`.
    """

    table: str
    label: str
    rows: int
    detail: str
    sentence: str = field(default="", compare=False)
    values: Mapping[str, Any] = field(default_factory=dict, compare=False)


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
class Turn:
    """A completed operation, as the story of an attempt has it.

    Attributes:
        operation: its uuid.
        kind: reset, undo or activate.
        at: when it was completed (UTC).
        requested_by: username of the requester, None if it was the system.
        comment: the reason given.
    """

    operation: UUID
    kind: Kind
    at: datetime
    requested_by: str | None
    comment: str = field(repr=False)


@dataclass(frozen=True)
class AttemptTurns:
    """By what an attempt began and ended; None for what did not happen.

    Attributes:
        opened: the reset that opened it; no operation opened attempt 1.
        activated: the newest operation that made it active again.
        archived: the newest operation that archived it.
    """

    opened: Turn | None = None
    activated: Turn | None = None
    archived: Turn | None = None


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
        undo_of: the kind of the switch that an undo would take back, None if there is nothing to undo.
        learner_may: what the learner herself may ask for now, as far as it can be told without counting her work.
        learner_resets_left: how many more resets the limit lets her ask for herself, None for any number; what she took
            back counts.
        last_operation: the newest operation, None if there was none.
        grade: the host's own grade, that of the active attempt; None if there is none.
        grade_of_record: the grade that counts.
    """

    course_key: CourseKey
    display_name: str
    is_enrolled: bool
    attempts: tuple[AttemptData, ...]
    policy: PolicyData
    eligibility: Eligibility
    undo_to: int | None
    undo_of: Kind | None
    learner_may: frozenset[Kind]
    learner_resets_left: int | None
    last_operation: OperationData | None
    grade: GradeData | None
    grade_of_record: GradeOfRecord

    @property
    def active_attempt(self) -> AttemptData:
        """The attempt that is active."""
        return next(attempt for attempt in self.attempts if attempt.is_active)
