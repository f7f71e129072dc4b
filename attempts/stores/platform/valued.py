"""Values that exist once for all attempts of a learner at a course."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Left, Length
from django.db.models.lookups import Exact
from django.utils.translation import gettext_noop
from opaque_keys.edx.keys import CourseKey

from attempts.host.expressions import Exactly, exactly
from attempts.keys import usage_prefix
from attempts.stores.base import LearnerKind, LearnerNames, Move, Store
from attempts.stores.dates import PersonalDates
from attempts.stores.valued import ValuedStore


def _restarted(_row: Any, move: Move) -> Mapping[str, Any]:
    """The schedule of a self-paced course starts with the attempt, but not before the course does."""
    if move.policy.schedule != "restart" or not move.place.self_paced:
        return {}
    return {"start_date": max(move.now, move.place.start or move.now)}


@dataclass(frozen=True, kw_only=True)
class LtiScores(ValuedStore):
    """Scores that LTI 1.3 tools have sent: of the course they know only the key of the block."""

    def rows(self, learner: LearnerNames, course_key: CourseKey) -> QuerySet:
        """Return the learner's scores for blocks of exactly this course."""
        prefix = Value(usage_prefix(course_key, "lti_consumer"))
        # The length is left to the database: a number in the statement would depend on the course.
        return self.rows_anywhere(learner).filter(Exact(Exactly(Left(F(self.course), Length(prefix))), prefix))


@dataclass(frozen=True, kw_only=True)
class Mastery(ValuedStore):
    """What a learner has shown of competencies: a group of criteria names the course, or the group above it does.

    Attributes:
        parent_course: the path to the course of the group above.
    """

    parent_course: str

    def rows(self, learner: LearnerNames, course_key: CourseKey) -> QuerySet:
        """Return the learner's standings under exactly this course."""
        here, above = Q(exactly(self.course, course_key)), Q(exactly(self.parent_course, course_key))
        return self.rows_anywhere(learner).filter(here | above)


#: Of a new attempt: the lowest standing there is. Rows cannot be empty, and what is above it is a claim.
_NOT_SHOWN = 10

VALUED_STORES: tuple[Store, ...] = (
    ValuedStore(
        model="schedules.Schedule",
        label=gettext_noop("Personal schedule"),
        learner="enrollment__user_id",
        course="enrollment__course_id",
        fields=("start_date",),
        initial=_restarted,
    ),
    ValuedStore(
        model="student.CourseEnrollmentCelebration",
        label=gettext_noop("Celebrations"),
        learner="enrollment__user_id",
        course="enrollment__course_id",
        fields=("celebrate_first_section", "celebrate_weekly_goal"),
        # As the platform makes it for a new enrolment.
        initial=lambda _row, _move: {"celebrate_first_section": True, "celebrate_weekly_goal": True},
    ),
    ValuedStore(
        model="milestones.UserMilestone",
        label=gettext_noop("Milestones of gated content"),
        learner="user_id",
        course="milestone__coursecontentmilestone__course_id",
        where={"milestone__coursecontentmilestone__milestone_relationship_type__name": "fulfills"},
        fields=("active", "source", "collected"),
        # What the milestones app itself calls removed.
        initial=lambda _row, _move: {"active": False},
        is_busy=True,
        seek_by_course=False,
    ),
    PersonalDates(
        model="edx_when.UserDate",
        label=gettext_noop("Individual due dates"),
        learner="user_id",
        course="content_date__course_id",
    ),
    ValuedStore(
        model="credit.CreditRequirementStatus",
        label=gettext_noop("Requirements for credit"),
        learner="username",
        learner_kind=LearnerKind.USERNAME,
        course="requirement__course__course_key",
        # The platform shows the time of the change with the status.
        fields=("status", "reason", "modified"),
        # Neither satisfied nor failed, which the platform otherwise says by having no row.
        initial=lambda _row, _move: {"status": "", "reason": {}},
    ),
    LtiScores(
        model="lti_consumer.LtiAgsScore",
        label=gettext_noop("Scores of LTI tools"),
        learner="user_id",
        learner_kind=LearnerKind.EXTERNAL_ID,
        course="line_item__resource_link_id",
        fields=("score_given", "score_maximum", "comment", "activity_progress", "grading_progress"),
        # The time of the last score stays: a tool that sends the old score again is turned away by it.
        initial=lambda _row, _move: {
            "score_given": None,
            "score_maximum": None,
            "comment": None,
            "activity_progress": "Initialized",
            "grading_progress": "NotReady",
        },
    ),
    Mastery(
        model="openedx_learning.StudentCompetencyCriterionStatus",
        label=gettext_noop("Criteria of competencies"),
        learner="user_id",
        course="criterion__group__course__course_key",
        parent_course="criterion__group__parent__course__course_key",
        fields=("status", "created", "modified"),
        initial=lambda _row, move: {"status": _NOT_SHOWN, "modified": move.now},
    ),
    Mastery(
        model="openedx_learning.StudentCompetencyCriteriaGroupStatus",
        label=gettext_noop("Groups of criteria of competencies"),
        learner="user_id",
        course="group__course__course_key",
        parent_course="group__parent__course__course_key",
        fields=("status", "created", "modified"),
        initial=lambda _row, move: {"status": _NOT_SHOWN, "modified": move.now},
    ),
)
