"""What a follow-up is."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from attempts.data import OperationData


@runtime_checkable
class FollowUp(Protocol):
    """Something to be done after every completed operation."""

    @property
    def name(self) -> str:
        """Its name in records, at most 64 characters, unique on the site; it never changes."""

    @property
    def delay(self) -> float:
        """Seconds after the commit at which it is due, 0 or more."""

    @property
    def immediate(self) -> bool:
        """Whether it is run at once, in the process that committed, with or without a broker; else a worker runs it.

        What is immediate must be quick: the worker carries out no other operation meanwhile.
        """

    def run(self, operation: OperationData) -> None:
        """Do it. Called outside of any transaction; may be called again, so it must bear that.

        Raises:
            FollowUpNotNeeded: there is nothing to do.
            FollowUpFailed: it did not work; what is said about it is shown to people.
            Exception: it did not work; people see the name of the class, and the log has the rest.
        """


class FollowUpNotNeeded(Exception):
    """There is nothing to do.

    Attributes:
        code: why, as a stable word of at most 64 characters.
        detail: why, as a sentence for people; it must not name a person.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class FollowUpFailed(Exception):
    """It did not work.

    Attributes:
        code, detail: see :class:`FollowUpNotNeeded`.
        again: whether it is worth trying again by itself; else it is given up until somebody repeats it.
    """

    def __init__(self, code: str, detail: str, *, again: bool = True) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.again = again
