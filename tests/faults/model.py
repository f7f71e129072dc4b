"""What a history should have come to: kept by the controller from what its actors said before and after each step.

What is allowed, and why
------------------------

*The attempt of a row.* A row is of the attempt that was active when the unit of work that inserted it began. As long as
no switch of the learner is between its request and its end, as the controller sees them, that is one attempt. A unit
that overlaps such a switch may have begun on either side of it, and nobody outside can tell: its row may lie in the
attempt before or after. So may one whose unit was not acknowledged. Once made, a row stays in its attempt for ever,
whoever saves it; a late save goes there. What a unit inserts that has begun before a switch, and writes after it, is
refused, or lies in the attempt before.

*The value of a row.* Each write carries a token. The row has the token of the last acknowledged write, or of one that
overlapped it, or of one that was begun and never acknowledged (the process died, or the connection was lost in the
commit). A write that was answered with an error before its commit is nowhere. Of an acknowledged write every column is
compared, keys in their plain form.

*Operations.* A request that was acknowledged is one operation; one that was refused is none; one that was never
answered is one at most. Each has ended, and those that completed imply the numbers and the active attempt.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

RowId = tuple[str, int]
Image = dict[str, Any]


@dataclass
class Write:
    """One write of a row: begun and acknowledged, by the controller's count of events.

    Attributes:
        token: what it wrote.
        began: when it was sent off.
        ended: when it was acknowledged; infinite if it never was.
        image: the columns of the row afterwards; None if it was never acknowledged.
    """

    token: int
    began: float
    ended: float = math.inf
    image: Image | None = None


@dataclass
class Row:
    """A row that must be there.

    Attributes:
        attempts: those that it may lie in.
        writes: what was written into it.
    """

    attempts: set[int]
    writes: list[Write] = field(default_factory=list)

    def last(self) -> list[Write]:
        """Return the writes that nobody has certainly written over."""
        latest = max((write.began for write in self.writes if write.ended < math.inf), default=-math.inf)
        return [write for write in self.writes if write.ended >= latest]


@dataclass
class Unsure:
    """A write that was begun and not acknowledged: it is there or not, in a row that has it or in a new one."""

    table: str
    block: str
    write: Write
    attempts: set[int]


@dataclass
class Request:
    """A request for a switch.

    Attributes:
        key: its idempotency key.
        kind: reset, undo or activate.
        to: the number of the attempt to activate.
        uuid: its operation, once it was acknowledged.
        refused: why it was refused.
    """

    key: str
    kind: str
    to: int | None = None
    uuid: str | None = None
    refused: str | None = None


@dataclass
class Expected:
    """What one learner at one course should have.

    Attributes:
        seed: of the history.
        user_id, anonymous_id: the names the learner goes by.
        course: the plain key.
        rows: rows that were acknowledged, or were there before.
        unsure: writes that were not.
        refused: tokens of writes that were answered with an error before their commit, by table.
        requests: for switches.
        untouched: rows that nobody writes, as they were before: of tables that hang on others, of the course whose key
            looks alike, and of the learner whose name does.
    """

    seed: int
    user_id: int
    anonymous_id: str
    course: str
    rows: dict[RowId, Row] = field(default_factory=dict)
    unsure: list[Unsure] = field(default_factory=list)
    refused: set[tuple[str, int]] = field(default_factory=set)
    requests: list[Request] = field(default_factory=list)
    untouched: dict[RowId, Image] = field(default_factory=dict)


@dataclass
class Chain:
    """The numbers that completed operations imply, by what a reset, an undo and an activation are."""

    active: int = 1
    count: int = 1
    switches: list[tuple[int, int]] = field(default_factory=list)

    def target(self, kind: str, to: int | None) -> int | None:
        """Return the attempt that such a switch leads to, None if there is none to go to."""
        if kind == "reset":
            return self.count + 1
        if kind == "undo":
            return self.switches[-1][0] if self.switches else None
        return to if to and 1 <= to <= self.count and to != self.active else None

    def follow(self, target: int) -> None:
        """Make the switch."""
        self.switches.append((self.active, target))
        self.active, self.count = target, max(self.count, target)


def follow_all(operations: Iterable[tuple[str, int | None]]) -> Chain | None:
    """Return the chain of completed operations (kind, attempt to activate), None if one of them leads nowhere."""
    chain = Chain()
    for kind, to in operations:
        target = chain.target(kind, to)
        if target is None:
            return None
        chain.follow(target)
    return chain
