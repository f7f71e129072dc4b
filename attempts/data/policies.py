"""What is allowed, by whom it was decided, and the reasons against a switch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from attempts.data.people import Provenance
from attempts.data.records import GradeRule
from attempts.data.words import Kind, Origin, Scope


@dataclass(frozen=True)
class Reason:
    """Why something is refused.

    Attributes:
        code: stable name of the kind of reason.
        detail: a sentence for people, in English.
        overridable: whether somebody with the right may go on in spite of it.
        sentence: the same for translators: with ``%(name)s`` where values go. Empty if there is nothing to translate.
        values: what goes there.
    """

    code: str
    detail: str
    overridable: bool
    sentence: str = field(default="", compare=False)
    values: Mapping[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class PolicyData:
    """The policy in force for a course.

    Attributes:
        active: resets are possible at all.
        max_resets: how many, None if unlimited.
        require_started, require_not_ended, require_not_passing: what a reset asks of the course and the learner.
        pacing: courses of which pacing it asks for: ``any``, ``self_paced`` or ``instructor_paced``.
        protect_passing: undo and activate do not put away a passing attempt.
        protect_new_work: undo and activate do not put away an attempt in which the learner has worked.
        certificates: ``block`` (an earned certificate stops a switch) or ``keep``.
        experiments: ``keep`` (a new attempt has the same groups of content experiments) or ``redraw``.
        schedule: ``restart`` (in a self-paced course the personal schedule starts with the attempt) or ``keep``.
        course_team_may_reset: holders of roles in a course or organisation may switch attempts, as far as their
            role lets them.
        learner_may_reset: learners may reset themselves, and take that back.
        notify_learner: tell the learner.
        grade_of_record: which attempt's grade counts: ``latest``, ``best``, ``first`` or ``chosen``.
        origins: for each of these, the scope it comes from; ``course_settings`` if the course's authors made it so.
        locks: for those that narrower policies cannot decide otherwise, the scope that says so.
    """

    active: bool
    max_resets: int | None
    require_started: bool
    require_not_ended: bool
    require_not_passing: bool
    pacing: Literal["any", "self_paced", "instructor_paced"]
    protect_passing: bool
    protect_new_work: bool
    certificates: Literal["block", "keep"]
    experiments: Literal["keep", "redraw"]
    schedule: Literal["restart", "keep"]
    course_team_may_reset: bool
    learner_may_reset: bool
    notify_learner: bool
    grade_of_record: GradeRule
    origins: Mapping[str, Origin]
    locks: Mapping[str, Scope]


@dataclass(frozen=True)
class OwnPolicy:
    """What one policy decides itself.

    Attributes:
        scope: instance, org or course.
        org: the organisation, empty unless ``scope`` says so.
        course_key: the plain course key as text, empty unless ``scope`` says so.
        values: its fields; those it leaves to the wider policy are not there.
        locked: fields that narrower policies cannot decide otherwise.
        from_course_settings: fields of a course whose values its authors made so in Studio.
    """

    scope: Scope
    org: str
    course_key: str
    values: Mapping[str, Any]
    locked: tuple[str, ...]
    from_course_settings: tuple[str, ...] = ()


@dataclass(frozen=True)
class PolicyChange:
    """What one policy decided from one moment on.

    Attributes:
        changed_at: when (UTC).
        changed_by: username of who changed it, None for the system.
        provenance: by which right and through what.
        values, locked, from_course_settings: as in :class:`OwnPolicy`.
    """

    changed_at: datetime
    changed_by: str | None
    provenance: Provenance
    values: Mapping[str, Any]
    locked: tuple[str, ...]
    from_course_settings: tuple[str, ...] = ()


@dataclass(frozen=True)
class CourseSettingsProblem:
    """Why something in the settings of a course was not taken into its policy.

    Attributes:
        code: ``wrong_value``, ``unknown_field``, ``not_allowed``, ``locked`` or ``decided``.
        field: the field, empty if it is about the whole value.
        detail: a sentence for the course's authors.
    """

    code: str
    field: str
    detail: str


@dataclass(frozen=True)
class CourseSettingsReport:
    """What became of the settings that a course's authors made in Studio.

    Attributes:
        course_key: the plain key of the course as text.
        reported_at: since when this is so (UTC); publishing the same again changes nothing.
        problems: what was not taken; empty if all is in the course's policy.
    """

    course_key: str
    reported_at: datetime
    problems: tuple[CourseSettingsProblem, ...]


@dataclass(frozen=True)
class Eligibility:
    """Whether a switch would be accepted now.

    Attributes:
        kind: the switch asked about.
        reasons: every reason against it; empty if there is none.
        resets_used: completed resets that were not undone.
        resets_left: None where they are unlimited.
    """

    kind: Kind
    reasons: tuple[Reason, ...]
    resets_used: int
    resets_left: int | None

    @property
    def eligible(self) -> bool:
        """Whether nothing stands against it."""
        return not self.reasons
