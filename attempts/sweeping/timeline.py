"""Which attempt of a learner at a course was active when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from attempts.models import AttemptOperation, LearnerCourse, OperationStatus


@dataclass(frozen=True)
class Timeline:
    """The switches of a learner at a course.

    Attributes:
        switches: the end of each switch, the attempt before and the attempt after; oldest first.
    """

    switches: tuple[tuple[datetime, int, int], ...]

    @property
    def latest(self) -> datetime:
        """The end of the latest switch."""
        return self.switches[-1][0]

    def active_at(self, moment: datetime) -> int:
        """Return the attempt that was active then; until a switch has ended, others see the attempt before it."""
        for ended, before, _after in self.switches:
            if moment < ended:
                return before
        return self.switches[-1][2]

    def spans(self) -> Iterator[tuple[datetime | None, datetime, int]]:
        """Yield from when, until when and which attempt was active, up to the latest switch; the first began ever."""
        since = None
        for ended, before, _after in self.switches:
            yield since, ended, before
            since = ended

    def opened(self, number: int) -> datetime | None:
        """Return when an attempt became active for the first time; None of the first."""
        first = self.switches[0][1]
        return None if number == first else next(ended for ended, _before, after in self.switches if after == number)


def timeline_of(identity: LearnerCourse) -> Timeline | None:
    """Return the timeline of an identity, None if nothing was ever switched; one statement."""
    rows = AttemptOperation.objects.filter(
        learner_id=identity.user_id, course_key=identity.course_key, status=OperationStatus.COMPLETE
    ).order_by("completed_at", "pk")
    switches = tuple(rows.values_list("completed_at", "from_attempt__number", "to_attempt__number"))
    return Timeline(switches) if switches else None
