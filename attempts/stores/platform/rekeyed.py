"""Tables with keys of their own to rewrite, in the order in which the platform locks its tables.

State, then completion, then grades, then the rest: a switch that takes them in the order of a problem submission
and of the grade tasks cannot run into a cycle of locks with them.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext_noop

from attempts.stores.base import LearnerKind
from attempts.stores.experiments import ExperimentGroups
from attempts.stores.queued import QueuedStore
from attempts.stores.rekeyed import RekeyedStore


@dataclass(frozen=True)
class Completions(RekeyedStore):
    """Blocks that the learner has begun to complete."""

    def completed_rows(self) -> Q:
        """Return the condition for the blocks that are complete."""
        return Q(completion__gte=1.0)


_STATE = (
    RekeyedStore(
        model="courseware.StudentModule",
        label=gettext_noop("Block states"),
        learner="student_id",
        course="course_id",
        usage=("module_state_key",),
        seek_by_course=False,
        made="created",
        is_busy=True,
    ),
)
_COMPLETION = (
    Completions(
        model="completion.BlockCompletion",
        label=gettext_noop("Block completions"),
        learner="user_id",
        course="context_key",
        usage=("block_key",),
        seek_by_course=False,
        made="created",
        is_busy=True,
    ),
    RekeyedStore(
        model="completion_aggregator.Aggregator",
        label=gettext_noop("Completion of sections"),
        learner="user_id",
        course="course_key",
        usage=("block_key",),
        seek_by_course=False,
        made="created",
    ),
    QueuedStore(
        model="completion_aggregator.StaleCompletion",
        label=gettext_noop("Completion to be added up"),
        learner="username",
        learner_kind=LearnerKind.USERNAME,
        course="course_key",
        usage=("block_key",),
        flag="resolved",
        waiting=False,
        # The aggregator deletes what is resolved. This is how it asks for all sums of a learner itself.
        anew=lambda learner, move: {"username": learner.username, "course_key": move.course_key, "force": True},
    ),
)
_GRADES = (
    RekeyedStore(
        model="grades.PersistentSubsectionGrade",
        label=gettext_noop("Subsection grades"),
        learner="user_id",
        course="course_id",
        usage=("usage_key",),
        made="created",
        is_computed=True,
        is_busy=True,
    ),
    RekeyedStore(
        model="grades.PersistentCourseGrade",
        label=gettext_noop("Course grade"),
        learner="user_id",
        course="course_id",
        made="created",
        is_computed=True,
        is_busy=True,
    ),
    RekeyedStore(
        model="courseware.OfflineComputedGrade",
        label=gettext_noop("Computed grade"),
        learner="user_id",
        course="course_id",
        made="created",
        is_computed=True,
    ),
)
_SUBMISSIONS = (
    RekeyedStore(
        model="submissions.StudentItem",
        label=gettext_noop("Submissions"),
        learner="student_id",
        learner_kind=LearnerKind.ANONYMOUS_ID,
        course="course_id",
        usage=("item_id",),
        made="submission__created_at",
        is_busy=True,
    ),
)
#: Open responses repeat the keys of their submission: the queues of peers and staff are searched by these.
_ASSESSMENT = (
    RekeyedStore(
        model="workflow.AssessmentWorkflow",
        label=gettext_noop("Open response: workflows"),
        learner="submission_uuid",
        learner_kind=LearnerKind.SUBMISSION_UUID,
        course="course_id",
        usage=("item_id",),
        seek_by_course=False,
    ),
    RekeyedStore(
        model="assessment.PeerWorkflow",
        label=gettext_noop("Open response: peer assessment"),
        learner="student_id",
        learner_kind=LearnerKind.ANONYMOUS_ID,
        course="course_id",
        usage=("item_id",),
        seek_by_course=False,
    ),
    RekeyedStore(
        model="assessment.StudentTrainingWorkflow",
        label=gettext_noop("Open response: training"),
        learner="student_id",
        learner_kind=LearnerKind.ANONYMOUS_ID,
        course="course_id",
        usage=("item_id",),
        seek_by_course=False,
    ),
    RekeyedStore(
        model="assessment.StaffWorkflow",
        label=gettext_noop("Open response: staff assessment"),
        learner="submission_uuid",
        learner_kind=LearnerKind.SUBMISSION_UUID,
        course="course_id",
        usage=("item_id",),
        seek_by_course=False,
    ),
    QueuedStore(
        model="workflow.ORAReminder",
        label=gettext_noop("Open response: reminders"),
        learner="user_id",
        course="course_id",
        usage=("ora_usage_key",),
        seek_by_course=False,
        # Due reminders of everybody are looked for by this alone.
        flag="is_active",
        waiting=True,
    ),
)
_OTHERS = (
    RekeyedStore(
        model="courseware.StudentFieldOverride",
        label=gettext_noop("Individual settings of blocks"),
        learner="student_id",
        course="course_id",
        usage=("location",),
        seek_by_course=False,
        made="created",
    ),
    RekeyedStore(
        model="problem_builder.Answer",
        label=gettext_noop("Problem Builder: answers"),
        learner="student_id",
        learner_kind=LearnerKind.ANONYMOUS_ID,
        course="course_key",
        made="created_on",
    ),
    ExperimentGroups(
        model="user_api.UserCourseTag",
        label=gettext_noop("Groups of experiments"),
        learner="user_id",
        course="course_id",
    ),
)

REKEYED_STORES: tuple[RekeyedStore, ...] = (
    *_STATE,
    *_COMPLETION,
    *_GRADES,
    *_SUBMISSIONS,
    *_ASSESSMENT,
    *_OTHERS,
)
