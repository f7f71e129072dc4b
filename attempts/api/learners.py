"""Learners, and where they stand in their courses."""

from __future__ import annotations

from typing import Any

from attempts.api.references import places_of
from attempts.data import EVERYWHERE, CourseStanding, LearnerData, Reach
from attempts.host.learners import LearnerRef, find_learner, learner_data
from attempts.standings import standings_of


def learner(who: LearnerRef, /, *, within: Reach = EVERYWHERE) -> LearnerData:
    """Return a learner.

    Args:
        who: the learner.
        within: where the caller may look.

    Raises:
        LearnerNotFound: nobody goes by that name, or nobody who was ever enrolled there; the two cannot be told apart.
    """
    user = find_learner(who) if within.everywhere else places_of(who, within)[0]
    return learner_data(user)


def user(who: LearnerRef, /) -> Any:
    """Return the host's user by that name, for ``requested_by``.

    Raises:
        LearnerNotFound: nobody goes by that name.
    """
    return find_learner(who)


def courses(who: LearnerRef, /, *, within: Reach = EVERYWHERE) -> tuple[CourseStanding, ...]:
    """Return where a learner stands in each course ever enrolled in, by course key; a constant number of statements.

    Courses that cannot have attempts (deprecated keys) are left out.

    Args:
        who: the learner.
        within: where the caller may look.

    Raises:
        LearnerNotFound: nobody goes by that name, or nobody who was ever enrolled there; the two cannot be told apart.
    """
    user, places = places_of(who, within)
    return standings_of(user, places)
