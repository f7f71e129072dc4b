"""Where a learner stands in her courses, in a number of statements that does not depend on how many they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from django.db import router

from attempts.contexts import attempts_of
from attempts.data import CourseStanding, Kind
from attempts.host.courses import Enrolment
from attempts.host.isolation import snapshot
from attempts.models import LearnerCourse
from attempts.operations import last_operations
from attempts.policies import Situation, learner_objections, learner_resets_left, objections, reset_situations
from attempts.previews import eligibility_of
from attempts.records import grade_of_record, latest_choices


def standings_of(user: Any, places: Sequence[Enrolment]) -> tuple[CourseStanding, ...]:
    """Return where a learner stands in each of some courses, in their order.

    Attempts, grades and choices are of one moment, unless there is a transaction already: see
    :func:`attempts.host.isolation.snapshot`.

    Args:
        user: the host's user.
        places: the courses and the learner's enrolments; all of them can have attempts.
    """
    with snapshot(router.db_for_read(LearnerCourse)):
        return _standings(user, places)


def _standings(user: Any, places: Sequence[Enrolment]) -> tuple[CourseStanding, ...]:
    found = attempts_of(user, places)
    active = {key: next(one.number for one in attempts if one.is_active) for key, attempts in found.items()}
    situations = reset_situations(user, places, active)
    last = last_operations(user.pk, list(found))
    choices = latest_choices(user.pk, list(found))
    return tuple(
        CourseStanding(
            course_key=place.course_key,
            display_name=place.display_name,
            is_enrolled=place.is_active,
            attempts=found[place.course_key],
            policy=situations[place.course_key].policy,
            eligibility=eligibility_of(situations[place.course_key]),
            undo_to=_undo_to(situations[place.course_key]),
            undo_of=_undo_of(situations[place.course_key]),
            learner_may=_learner_may(situations[place.course_key]),
            learner_resets_left=learner_resets_left(situations[place.course_key]),
            last_operation=last.get(place.course_key),
            grade=situations[place.course_key].result,
            grade_of_record=grade_of_record(
                found[place.course_key],
                situations[place.course_key].result,
                situations[place.course_key].policy,
                choices.get(place.course_key),
            ),
        )
        for place in places
    )


def _undo_to(situation: Situation) -> int | None:
    return situation.switches[-1].from_number if situation.switches else None


def _undo_of(situation: Situation) -> Kind | None:
    return cast(Kind, situation.switches[-1].kind) if situation.switches else None


def _learner_may(situation: Situation) -> frozenset[Kind]:
    """What the learner may ask for herself; that she has worked since is no reason against her own undo."""
    if not situation.policy.learner_may_reset:
        return frozenset()
    asked: list[Situation] = [situation, replace(situation, kind="undo", to_number=_undo_to(situation))]
    return frozenset(one.kind for one in asked if not objections(one) + learner_objections(one))
