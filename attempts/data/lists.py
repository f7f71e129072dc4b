"""Lists over all learners: what is asked for, where the caller may look, and a page of the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from opaque_keys.edx.keys import CourseKey, UsageKey

from attempts.data.words import AttemptState, Kind, Status

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
        in_flight: whether it has not ended yet.
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
    in_flight: bool | None = None
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
