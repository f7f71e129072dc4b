"""The facts on which a switch is judged, gathered in a constant number of statements."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from attempts.data import GradeData, Kind, PolicyData
from attempts.exceptions import NotEligible
from attempts.host.courses import Enrolment
from attempts.host.facts import HostFacts, host_facts
from attempts.host.service import require_lms
from attempts.policies.effective import effective_policies
from attempts.policies.history import CompletedSwitch, completed_switches
from attempts.restoration import keys_are_restored
from attempts.stores import (
    LearnerNames,
    Ledger,
    Move,
    StoreSurvey,
    installed_stores,
    learner_names,
    objecting_courses,
    survey_stores,
)


@dataclass(frozen=True)
class Situation:
    """A learner at a course, at the moment somebody asks for a switch.

    Attributes:
        kind: the switch asked for.
        names: the names the learner goes by.
        place: the course and the learner's enrolment.
        policy: the policy in force.
        active_number: the attempt that would be archived.
        to_number: the attempt that would be active, None for a new one or if there is none to go to.
        switches: completed operations, oldest first.
        result: the stored course grade of the active attempt.
        certificate: the status of an earned certificate, None without one.
        surveys: what the switch would find in the stores, by table; of a store not surveyed there is none.
        move: the switch, as the stores see it.
        keys_are_restored: whether archived attempts have keys for a host without this package.
    """

    kind: Kind
    names: LearnerNames
    place: Enrolment
    policy: PolicyData
    active_number: int
    to_number: int | None
    switches: tuple[CompletedSwitch, ...]
    result: GradeData | None
    certificate: str | None
    surveys: Mapping[str, StoreSurvey]
    move: Move
    keys_are_restored: bool

    @property
    def problems(self) -> tuple[NotEligible, ...]:
        """What stores have against the switch; a sentence that several of them have is given once."""
        found = {survey.problem.detail: survey.problem for survey in self.surveys.values() if survey.problem}
        return tuple(found.values())

    @property
    def active_rows(self) -> int:
        """How many rows show that somebody has worked in the active attempt."""
        return sum(survey.rows for survey in self.surveys.values() if survey.is_work)


@dataclass(frozen=True)
class _Facts:
    """What is known of a learner at some courses, by course."""

    policies: Mapping[CourseKey, PolicyData]
    switches: Mapping[CourseKey, tuple[CompletedSwitch, ...]]
    keys_are_restored: bool
    host: HostFacts


def _facts(user: Any, course_keys: Collection[CourseKey]) -> _Facts:
    """Gather the facts: four statements, for however many courses."""
    require_lms()
    return _Facts(
        policies=effective_policies(course_keys),
        switches=completed_switches(user.pk, course_keys),
        keys_are_restored=keys_are_restored(),
        host=host_facts(user.pk, course_keys),
    )


def survey_situation(
    kind: Kind, user: Any, place: Enrolment, *, active_number: int, to_number: int | None = None
) -> Situation:
    """Gather the facts for a switch.

    Args:
        kind: the switch asked for.
        user: the host's user.
        place: the course and the learner's enrolment.
        active_number: the attempt that is active now.
        to_number: the attempt to activate; ignored for a reset (a new one) and an undo (the one before).
    """
    facts = _facts(user, [place.course_key])
    switches = facts.switches[place.course_key]
    if kind == "undo":
        to_number = switches[-1].from_number if switches else None
    elif kind == "reset":
        to_number = None
    situation = _situation(kind, user, place, facts, active_number, to_number)
    anonymous_ids = situation.names.anonymous_ids
    names = learner_names(user, anonymous_ids, installed_stores(), facts.host.external_ids)
    return replace(situation, names=names, surveys=survey_stores(installed_stores(), names, situation.move))


def reset_situations(
    user: Any, places: Sequence[Enrolment], active_numbers: Mapping[CourseKey, int]
) -> dict[CourseKey, Situation]:
    """Gather the facts for a reset in each of some courses: five statements, for however many courses.

    The rows that a reset would move are not counted: that takes a statement for each course. It is spent only on a
    course in which a store may have something against the reset, such as a key that is too long.

    Args:
        user: the host's user.
        places: the courses and the learner's enrolments.
        active_numbers: the attempt that is active, by course.
    """
    keys = [place.course_key for place in places]
    facts = _facts(user, keys)
    every_name = tuple(name for names in facts.host.anonymous_ids.values() for name in names)
    found = {
        place.course_key: _situation("reset", user, place, facts, active_numbers[place.course_key], None)
        for place in places
    }
    rewrites = {key: situation.move.archiving for key, situation in found.items()}
    names = LearnerNames(user.pk, user.get_username(), every_name)
    for key in objecting_courses(installed_stores(), names, rewrites):
        surveys = survey_stores(installed_stores(), found[key].names, found[key].move)
        found[key] = replace(found[key], surveys=surveys)
    return found


def _situation(
    kind: Kind, user: Any, place: Enrolment, facts: _Facts, active_number: int, to_number: int | None
) -> Situation:
    key = place.course_key
    return Situation(
        kind=kind,
        names=LearnerNames(user.pk, user.get_username(), facts.host.anonymous_ids[key]),
        place=place,
        policy=facts.policies[key],
        active_number=active_number,
        to_number=to_number,
        switches=facts.switches[key],
        result=facts.host.results.get(key),
        certificate=facts.host.certificates.get(key),
        keys_are_restored=facts.keys_are_restored,
        surveys={},
        move=Move(
            place=place,
            from_number=active_number,
            to_number=to_number,
            policy=facts.policies[key],
            now=timezone.now(),
            ledger=Ledger(user.pk, key, to_number),
        ),
    )
