"""What every store can do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from attempts.exceptions import KeyTooLong
from attempts.keys import KeyRewrite


class LearnerKind(Enum):
    """How a store's table names a learner."""

    USER_ID = "user_id"
    USERNAME = "username"
    ANONYMOUS_ID = "anonymous_id"


@dataclass(frozen=True)
class LearnerNames:
    """The names one learner goes by in one course.

    Attributes:
        user_id: the host's user id.
        username: the account's name.
        anonymous_ids: the ids that hide the learner from block code, for the plain course.
    """

    user_id: int
    username: str
    anonymous_ids: tuple[str, ...]


@dataclass(frozen=True)
class StoreSurvey:
    """What a rewrite would find in a store.

    Attributes:
        rows: rows of the learner under the source key.
        foreign: rows among them with a usage key of another course or a library, which stays as it is.
        problem: why the rewrite is impossible, None if it is possible.
    """

    rows: int
    foreign: int
    problem: KeyTooLong | None


class Store(Protocol):
    """A place where the host keeps something of an attempt."""

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

    def survey(self, learner: LearnerNames, rewrite: KeyRewrite) -> StoreSurvey:
        """Say what :meth:`rewrite` would find, without writing, in a constant number of statements."""

    def rewrite(self, learner: LearnerNames, rewrite: KeyRewrite) -> int:
        """Rewrite the learner's rows from one context to another; return how many there were.

        Runs in the switch's transaction, in a constant number of statements.
        """
