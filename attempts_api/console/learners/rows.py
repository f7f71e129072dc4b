"""A course of a learner as a row of her page: where she stands, what may be done, and how it came to this."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from opaque_keys.edx.keys import CourseKey

from attempts import api
from attempts.data import AttemptData, AttemptTurns, CourseStanding, Kind, LearnerData, OperationData, Reach, Reason
from attempts_api.console.anchors import course_anchor
from attempts_api.console.learners.advice import about_failure, about_reason
from attempts_api.console.live import NextLook
from attempts_api.switches import COURSE_TEAM_OVERRIDES

KINDS: tuple[Kind, ...] = ("reset", "undo", "activate")
#: Attempts of a timeline that is unfolded by itself.
_AT_A_GLANCE = 5
_NOTHING = AttemptTurns()


@dataclass(frozen=True)
class Rights:
    """Where somebody may switch, by kind; asked once for a page, not once for a course.

    Attributes:
        reaches: where she has the permission for each kind.
    """

    reaches: Mapping[Kind, Reach]

    @classmethod
    def of(cls, user: Any) -> Rights:
        """Return the rights of one of the host's users."""
        return cls({kind: api.reach(user, kind) for kind in KINDS})

    def may(self, kind: Kind, standing: CourseStanding) -> bool:
        """Tell whether she may ask for it there, as :func:`attempts_api.switches.who_is_switched` does."""
        reach = self.reaches[kind]
        return reach.everywhere or (reach.covers(standing.course_key) and standing.policy.course_team_may_reset)

    def may_override(self, kind: Kind, reason: Reason) -> bool:
        """Tell whether she may go on in spite of it, as :func:`attempts_api.switches.check_overrides` does."""
        return reason.overridable and (reason.code in COURSE_TEAM_OVERRIDES or self.reaches[kind].everywhere)


@dataclass(frozen=True)
class Objection:
    """A reason against a switch, and what to do about it."""

    reason: Reason
    advice: Promise | str


@dataclass(frozen=True)
class Entry:
    """An attempt in the timeline.

    Attributes:
        attempt: it.
        turns: by what it began and ended.
        percent: its grade from 0.0 to 1.0: the one that was frozen, or the host's own of the active attempt.
        passed: whether that is passing.
        may_activate: whether a button for that is shown.
    """

    attempt: AttemptData
    turns: AttemptTurns
    percent: float | None
    passed: bool | None
    may_activate: bool


@dataclass(frozen=True)
class CourseRow:
    """A course of a learner.

    Attributes:
        learner: whose it is.
        standing: where she stands.
        turns: by what each of her attempts began and ended, by uuid.
        completed: how many blocks are completed in the active attempt.
        rights: of whoever looks.
        look: when the row asks again whether the operation has ended.
        is_open: whether the timeline is unfolded.
    """

    learner: LearnerData
    standing: CourseStanding
    turns: Mapping[UUID, AttemptTurns]
    completed: int
    rights: Rights
    look: NextLook
    is_open: bool = False

    @property
    def id(self) -> str:
        """What the row is called on the page; keys have signs that an id may not have."""
        return course_anchor(self.standing.course_key)

    @property
    def operation(self) -> OperationData | None:
        """The newest operation."""
        return self.standing.last_operation

    @property
    def in_flight(self) -> bool:
        """Whether it has not ended."""
        return bool(self.operation and self.operation.in_flight)

    @property
    def failure_advice(self) -> Promise | None:
        """What to do about the newest operation, if it has failed."""
        failed = self.operation and self.operation.status == "failed"
        return about_failure(self.operation.error_code) if self.operation and failed else None

    @property
    def objections(self) -> list[Objection]:
        """What stands against a reset."""
        return objections(self.standing.eligibility.reasons)

    @property
    def may_reset(self) -> bool:
        """Whether a button for it is shown: nothing stands against it, or nothing that cannot be overridden."""
        reasons = self.standing.eligibility.reasons
        free = all(self.rights.may_override("reset", reason) for reason in reasons)
        return not self.in_flight and free and self.rights.may("reset", self.standing)

    @property
    def may_undo(self) -> bool:
        """Whether a button for it is shown."""
        return bool(not self.in_flight and self.standing.undo_to and self.rights.may("undo", self.standing))

    @property
    def timeline(self) -> list[Entry]:
        """The attempts, newest first."""
        return [self._entry(attempt) for attempt in reversed(self.standing.attempts)]

    def _entry(self, attempt: AttemptData) -> Entry:
        grade = self.standing.grade if attempt.is_active else None
        percent = grade.percent_grade if grade else attempt.summary.percent_grade if attempt.summary else None
        passed = grade.passed if grade else attempt.summary.passed if attempt.summary else None
        may = not attempt.is_active and not self.in_flight and self.rights.may("activate", self.standing)
        return Entry(attempt, self.turns.get(attempt.uuid, _NOTHING), percent, passed, may)


def page_of(username: str, attempt: AttemptData | None = None) -> str:
    """Return the address of a learner's page, at the course of an attempt if one is given."""
    address = reverse("attempts_console:learner", args=[username])
    if attempt is None:
        return address
    return f"{address}?{urlencode({'attempt': str(attempt.uuid)})}#{course_anchor(attempt.course_key)}"


def objections(reasons: Iterable[Reason]) -> list[Objection]:
    """Return reasons with what to do about each."""
    return [Objection(reason, about_reason(reason.code)) for reason in reasons]


def rows_of(
    user: Any, learner: LearnerData, within: Reach, *, look: NextLook, unfolded: CourseKey | None = None
) -> list[CourseRow]:
    """Return the courses of a learner, by key; a constant number of statements.

    Args:
        user: the host's user who looks.
        learner: the learner.
        within: where that user may look.
        look: when a row asks again.
        unfolded: the course whose timeline is unfolded, however long it is.

    Raises:
        LearnerNotFound: she was never enrolled there.
    """
    rights, turns = Rights.of(user), api.attempt_turns(learner.id, within=within)
    standings = api.courses(learner.id, within=within)
    completed = api.completed_blocks(learner, [standing.course_key for standing in standings])
    return [
        CourseRow(
            learner=learner,
            standing=standing,
            turns=turns,
            completed=completed.get(standing.course_key, 0),
            rights=rights,
            look=look,
            is_open=standing.course_key == unfolded or _is_short(standing),
        )
        for standing in standings
    ]


def _is_short(standing: CourseStanding) -> bool:
    """Tell whether a timeline says something and is read at a glance."""
    return 1 < len(standing.attempts) <= _AT_A_GLANCE
