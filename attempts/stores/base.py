"""What every store can do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from functools import cached_property
from typing import Any, Protocol
from uuid import UUID

from opaque_keys.edx.keys import CourseKey

from attempts.data import PolicyData
from attempts.exceptions import NotEligible
from attempts.host.courses import Enrolment
from attempts.keys import KeyRewrite, attempt_course_key
from attempts.stores.ledger import Ledger


class LearnerKind(Enum):
    """How a store's table names a learner."""

    USER_ID = "user_id"
    USERNAME = "username"
    ANONYMOUS_ID = "anonymous_id"
    #: By the uuid of a submission of hers, as text with or without hyphens.
    SUBMISSION_UUID = "submission_uuid"
    #: By the id under which tools of others know her.
    EXTERNAL_ID = "external_id"


@dataclass(frozen=True)
class LearnerNames:
    """The names one learner goes by in one course.

    Attributes:
        user_id: the host's user id.
        username: the account's name.
        anonymous_ids: the ids that hide the learner from block code, for the plain course.
        submission_uuids: the uuids of the learner's own submissions in all attempts of the course, those of teams left
            out: what hangs on them is not hers alone.
        external_ids: the ids under which tools of others know the learner, the same in every course.
    """

    user_id: int
    username: str
    anonymous_ids: tuple[str, ...]
    submission_uuids: tuple[UUID, ...] = ()
    external_ids: tuple[str, ...] = ()

    def as_values(self) -> tuple[Any, ...]:
        """Return the fields in order, for a query that is prepared.

        Of names of a kind the last is repeated up to the next power of two: so a few texts serve all learners.
        """
        several = self.anonymous_ids, self.submission_uuids, self.external_ids
        return self.user_id, self.username, *map(_padded, several)


def _padded(names: tuple[Any, ...]) -> tuple[Any, ...]:
    return names + names[-1:] * ((1 << (len(names) - 1).bit_length()) - len(names)) if names else names


@dataclass(frozen=True)
class Move:
    """One switch, as a store sees it.

    Attributes:
        place: the course and the learner's enrolment.
        from_number: the attempt that is archived.
        to_number: the archived attempt that becomes active, None for a new one.
        policy: the policy in force.
        now: the moment of the switch (UTC).
        ledger: where values are put aside, and found again.
    """

    place: Enrolment
    from_number: int
    to_number: int | None
    policy: PolicyData
    now: datetime
    ledger: Ledger = field(repr=False)

    @property
    def course_key(self) -> CourseKey:
        """The plain key of the course."""
        return self.place.course_key

    @cached_property
    def archiving(self) -> KeyRewrite:
        """The rewrite of keys that archives the active attempt."""
        return KeyRewrite(self.course_key, attempt_course_key(self.course_key, self.from_number))

    @cached_property
    def restoring(self) -> KeyRewrite | None:
        """The rewrite of keys that brings the other attempt back; None if it is a new one."""
        if self.to_number is None or self.to_number == self.from_number:
            return None
        return KeyRewrite(attempt_course_key(self.course_key, self.to_number), self.course_key)


@dataclass(frozen=True)
class StoreSurvey:
    """What a switch would find in a store.

    Attributes:
        rows: rows, or values, of the active attempt.
        foreign: rows among them with a usage key of another course or a library, which stays as it is.
        problem: why the switch is impossible or unwise, None if it is neither.
        restorable: rows, or values, of the attempt that would become active.
        is_work: whether rows here show that somebody has worked in the active attempt.
        completed: rows of the active attempt that say that a block is completed.
    """

    rows: int
    foreign: int = 0
    problem: NotEligible | None = None
    restorable: int = 0
    is_work: bool = False
    completed: int = 0


@dataclass(frozen=True)
class Moved:
    """How many rows, or values, a switch archived in a store, and how many it brought back."""

    archived: int = 0
    restored: int = 0


class Store(Protocol):
    """A place where the host keeps something of an attempt, or something that stands against a switch."""

    @property
    def name(self) -> str:
        """The store's name in operations and reports: its table."""

    @property
    def label(self) -> str:
        """The store's name for people."""

    def is_installed(self) -> bool:
        """Tell whether this host has the store."""

    def database(self) -> str:
        """Return the alias of the database the store is written to."""

    def survey(self, learner: LearnerNames, move: Move) -> StoreSurvey:
        """Say what :meth:`switch` would find, without writing, in a constant number of statements."""

    def switch(self, learner: LearnerNames, move: Move, survey: StoreSurvey) -> Moved:
        """Archive what belongs to the active attempt, and bring back what belongs to the other one.

        Runs in the switch's transaction, in a constant number of statements, and deletes nothing.

        Args:
            learner: the names the learner goes by.
            move: the switch.
            survey: what :meth:`survey` found in the same transaction. What comes after it is the sweep's.
        """
