"""Rows that make a switch wrong unless an operator says otherwise; they stay as they are."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext_noop
from opaque_keys.edx.keys import CourseKey

from attempts.exceptions import CreditGranted, ExamSitting, FilesUploaded, TeamWork
from attempts.host.expressions import exactly
from attempts.stores.base import LearnerKind, LearnerNames
from attempts.stores.guarding import GuardingStore
from attempts.stores.platform.uploads import UploadedFiles

#: The submissions app does not delete: it marks what was taken back.
_NOT_TAKEN_BACK = "A"


@dataclass(frozen=True, kw_only=True)
class TeamSubmissions(GuardingStore):
    """Work of teams that is part of the active attempt; the team's own row keeps the plain key for all members."""

    def rows(self, learner: LearnerNames, course_key: CourseKey) -> QuerySet:
        """Return the teams' submissions with an item of the learner's under exactly this key."""
        own_item = exactly("submissions__student_item__course_id", course_key)
        return self.all_rows().filter(
            own_item, exactly(self.course, course_key), **self.learner_filter(learner), **self.where
        )


GUARDING_STORES: tuple[GuardingStore, ...] = (
    GuardingStore(
        model="edx_proctoring.ProctoredExamStudentAttempt",
        label=gettext_noop("Sittings of exams"),
        learner="user_id",
        course="proctored_exam__course_id",
        # Practice is no evidence.
        where={"is_sample_attempt": False},
        reason=ExamSitting,
    ),
    GuardingStore(
        model="edx_proctoring.ProctoredExamSoftwareSecureReview",
        label=gettext_noop("Reviews of exams"),
        learner="student_id",
        course="exam__course_id",
        # What is left of a sitting that staff have removed.
        where={"is_attempt_active": True},
        reason=ExamSitting,
    ),
    TeamSubmissions(
        model="submissions.TeamSubmission",
        label=gettext_noop("Submissions of teams"),
        learner="submissions__student_item__student_id",
        learner_kind=LearnerKind.ANONYMOUS_ID,
        course="course_id",
        where={"status": _NOT_TAKEN_BACK},
        reason=TeamWork,
        seek_by_course=False,
    ),
    GuardingStore(
        model="assessment.SharedFileUpload",
        label=gettext_noop("Files of teams"),
        learner="owner_id",
        learner_kind=LearnerKind.ANONYMOUS_ID,
        course="course_id",
        reason=TeamWork,
        seek_by_course=False,
    ),
    UploadedFiles(
        model="submissions.Submission",
        label=gettext_noop("Uploaded files"),
        learner="student_item__student_id",
        learner_kind=LearnerKind.ANONYMOUS_ID,
        course="student_item__course_id",
        where={"status": _NOT_TAKEN_BACK, "team_submission__isnull": True},
        reason=FilesUploaded,
        guards_return=True,
        seek_by_course=False,
    ),
    GuardingStore(
        model="credit.CreditEligibility",
        label=gettext_noop("Eligibility for credit"),
        learner="username",
        learner_kind=LearnerKind.USERNAME,
        course="course__course_key",
        reason=CreditGranted,
    ),
    GuardingStore(
        model="credit.CreditRequest",
        label=gettext_noop("Requests for credit"),
        learner="username",
        learner_kind=LearnerKind.USERNAME,
        course="course__course_key",
        reason=CreditGranted,
    ),
)
