"""Learners, and where they stand in their courses."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from opaque_keys.edx.keys import CourseKey

from attempts import adapters
from attempts.api.references import CourseRef, can_have_attempts, learner_at, places_of
from attempts.data import EVERYWHERE, CourseStanding, LearnerData, Reach
from attempts.host.learners import LearnerRef, find_learner, learner_data
from attempts.host.suggestions import courses_within, learners_beginning_with
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


def suggest_learners(text: str, /, *, within: Reach = EVERYWHERE, limit: int = 10) -> tuple[LearnerData, ...]:
    """Return learners whose username or e-mail address begins with a text, by name; served by indexes.

    Whoever may not look everywhere finds only learners who were ever enrolled there, by username, and sees no address.

    Args:
        text: what was typed so far.
        within: where the caller may look.
        limit: how many at most.
    """
    if within.everywhere:
        return tuple(map(learner_data, learners_beginning_with(text, None, limit)))
    places = [key for key in courses_within(within.orgs, within.courses) if can_have_attempts(key)]
    found = map(learner_data, learners_beginning_with(text, places, limit))
    return tuple(replace(one, email="") for one in found)


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


def completed_blocks(learner: LearnerData, course_keys: Collection[CourseKey], /) -> dict[CourseKey, int]:
    """Return how many blocks a learner has completed in the active attempts at some courses; one statement.

    Args:
        learner: the learner.
        course_keys: plain keys; a course in which nothing was completed is not in the result.
    """
    return adapters.completed_blocks(learner.id, course_keys)


def course_standing(who: LearnerRef, course_key: CourseRef, /) -> CourseStanding:
    """Return where a learner stands in one course, enrolled or not; a constant number of statements.

    Raises:
        LearnerNotFound, CourseNotFound, InvalidCourseKey, DeprecatedCourseKey: see there.
    """
    found, place = learner_at(who, course_key)
    (standing,) = standings_of(found, [place])
    return standing
