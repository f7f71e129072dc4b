"""Where a learner stands in her courses, in a number of statements that does not depend on how many they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attempts.contexts import attempts_of
from attempts.data import CourseStanding
from attempts.host.courses import Enrolment
from attempts.operations import last_operations
from attempts.policies import reset_situations
from attempts.previews import eligibility_of


def standings_of(user: Any, places: Sequence[Enrolment]) -> tuple[CourseStanding, ...]:
    """Return where a learner stands in each of some courses, in their order.

    Args:
        user: the host's user.
        places: the courses and the learner's enrolments; all of them can have attempts.
    """
    found = attempts_of(user, places)
    active = {key: next(one.number for one in attempts if one.is_active) for key, attempts in found.items()}
    situations = reset_situations(user, places, active)
    last = last_operations(user.pk, list(found))
    return tuple(
        CourseStanding(
            course_key=place.course_key,
            display_name=place.display_name,
            is_enrolled=place.is_active,
            attempts=found[place.course_key],
            policy=situations[place.course_key].policy,
            eligibility=eligibility_of(situations[place.course_key]),
            undo_to=_undo_to(situations[place.course_key].switches),
            last_operation=last.get(place.course_key),
        )
        for place in places
    )


def _undo_to(switches: Sequence[Any]) -> int | None:
    return switches[-1].from_number if switches else None
