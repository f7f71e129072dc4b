"""The facts on which a switch is judged, gathered in a constant number of statements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from attempts.data import Kind, PolicyData
from attempts.exceptions import KeyTooLong
from attempts.host.courses import Enrolment
from attempts.host.learners import anonymous_ids
from attempts.host.results import CourseResult, course_result, earned_certificate
from attempts.keys import KeyRewrite, attempt_course_key
from attempts.policies.effective import effective_policy
from attempts.policies.history import CompletedSwitch, completed_switches
from attempts.stores import LearnerNames, StoreSurvey, installed_stores, survey_stores


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
        surveys: what archiving the active attempt would find, by table.
    """

    kind: Kind
    names: LearnerNames
    place: Enrolment
    policy: PolicyData
    active_number: int
    to_number: int | None
    switches: tuple[CompletedSwitch, ...]
    result: CourseResult | None
    certificate: str | None
    surveys: Mapping[str, StoreSurvey]

    @property
    def problems(self) -> tuple[KeyTooLong, ...]:
        """Why stores cannot be rewritten."""
        return tuple(survey.problem for survey in self.surveys.values() if survey.problem)

    @property
    def active_rows(self) -> int:
        """How many rows the active attempt has."""
        return sum(survey.rows for survey in self.surveys.values())


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
    course_key = place.course_key
    switches = tuple(completed_switches(user.pk, course_key))
    if kind == "undo":
        to_number = switches[-1].from_number if switches else None
    elif kind == "reset":
        to_number = None
    names = LearnerNames(user.pk, user.get_username(), anonymous_ids(user.pk, course_key))
    archiving = KeyRewrite(course_key, attempt_course_key(course_key, active_number))
    return Situation(
        kind=kind,
        names=names,
        place=place,
        policy=effective_policy(course_key),
        active_number=active_number,
        to_number=to_number,
        switches=switches,
        result=course_result(user.pk, course_key),
        certificate=earned_certificate(user.pk, course_key),
        surveys=survey_stores(installed_stores(), names, archiving),
    )
