"""What the public events carry. A change here that is not an addition makes a new version of the events."""

# The event bus reads the types of the fields, so they must not be strings: no annotations from the future here.
from datetime import datetime
from uuid import UUID

import attr
from openedx_events.learning.data import CourseData, UserData


@attr.s(frozen=True)
class AttemptData:
    """One attempt of a learner at a course.

    Attributes:
        uuid (UUID): the attempt's name on this site, for ever; also its xAPI registration.
        number (int): from 1, without gaps, per learner and course.
        opened_at (datetime): when it was first opened (UTC); of attempt 1 the time of enrollment, None if unknown.
    """

    uuid = attr.ib(type=UUID)
    number = attr.ib(type=int)
    opened_at = attr.ib(type=datetime, default=None)


@attr.s(frozen=True)
class AttemptSwitchData:
    """One switch of a learner's attempts at a course: one was archived, another is active now.

    Attributes:
        user (UserData): the learner; what is personal is in its ``pii``.
        course (CourseData): the course, by its plain key.
        operation (UUID): the switch's name on this site. An event that comes twice has the same type and operation.
        kind (str): ``reset``, ``undo`` or ``activate``.
        switched_at (datetime): when it was done (UTC).
        archived (AttemptData): the attempt that was active before.
        active (AttemptData): the attempt that is active since.
        requested_by_id (int): user id of who asked for it, None for the system.
        undoes (UUID): the operation that an undo took back, None of other kinds.
    """

    user = attr.ib(type=UserData)
    course = attr.ib(type=CourseData)
    operation = attr.ib(type=UUID)
    kind = attr.ib(type=str)
    switched_at = attr.ib(type=datetime)
    archived = attr.ib(type=AttemptData)
    active = attr.ib(type=AttemptData)
    requested_by_id = attr.ib(type=int, default=None)
    undoes = attr.ib(type=UUID, default=None)
