"""Who has attempts, and which of them is active."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from attempts.compat import check_constraint
from attempts.models.base import Kept, KeptHistoricalQuerySet, KeptHistory
from attempts.models.fields import ORG_LENGTH, ExactCharField, ExactCourseKeyField


class LearnerCourse(Kept):
    """The identity row: one learner at one course, made by the first switch and kept for ever.

    It is the row that a switch locks. It points at the active attempt by number, in a column that is never empty
    and cannot name another learner's attempt, so that exactly one attempt is active on every engine.

    .. no_pii:
    """

    #: Refused while we hold attempts: the history would lose the learner it is about.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    course_key = ExactCourseKeyField(max_length=255, db_index=True)
    active_number = models.PositiveIntegerField(default=1)
    #: When the last switch ended, by the clock of the database; null before the first.
    switched_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            # Two first resets at once must meet in one identity row.
            models.UniqueConstraint(fields=["user", "course_key"], name="attempts_one_identity"),
            check_constraint(name="attempts_active_from_1", condition=Q(active_number__gte=1)),
        ]

    def __str__(self) -> str:
        return f"learner {self.user_id} at {self.course_key}"


class AttemptContext(Kept):
    """One numbered attempt of a learner at a course.

    Whether it is active or archived is not stored here: the identity row says it. The grade, completion and row
    counts are a summary, frozen each time the attempt is archived; they are empty while it has never been.

    .. no_pii:
    """

    learner_course = models.ForeignKey(LearnerCourse, on_delete=models.PROTECT, related_name="attempts")
    #: As in the identity row, which never changes either: lists of a course of 400,000 learners need an index here.
    course_key = ExactCourseKeyField(max_length=255)
    org = ExactCharField(max_length=ORG_LENGTH)
    number = models.PositiveIntegerField()
    uuid = models.UUIDField(unique=True, editable=False)
    #: When the attempt began; of attempt 1 the time of enrolment, null if the host does not know it.
    opened_at = models.DateTimeField(null=True)
    #: When the attempt was last archived; it stays when the attempt is active again.
    archived_at = models.DateTimeField(null=True)
    #: Course grade from 0.0 to 1.0, null if the host had none.
    percent_grade = models.FloatField(null=True)
    letter_grade = ExactCharField(max_length=255, blank=True, default="")
    passed = models.BooleanField(null=True)
    completed_blocks = models.PositiveIntegerField(null=True)
    #: Completed blocks by completable blocks of the course, 0.0 to 1.0; null if the host cannot tell.
    completion_ratio = models.FloatField(null=True)
    #: Rows per store, by table.
    rows = models.JSONField(default=dict)
    history = KeptHistory(
        bases=[Kept], historical_queryset=KeptHistoricalQuerySet, excluded_fields=["rows", "course_key", "org"]
    )

    class Meta:
        constraints = [
            # Numbers are given under the lock of the identity row; this catches whoever goes around it.
            models.UniqueConstraint(fields=["learner_course", "number"], name="attempts_one_number"),
            check_constraint(name="attempts_number_from_1", condition=Q(number__gte=1)),
        ]
        # What ``attempts.searches`` narrows lists by, then what it orders them by: each filter by itself, each order by
        # itself, in a course, and in an organisation.
        indexes = [
            models.Index(fields=["opened_at", "id"], name="attempts_context_opened"),
            models.Index(fields=["archived_at", "id"], name="attempts_context_archived"),
            models.Index(fields=["percent_grade", "id"], name="attempts_context_grade"),
            models.Index(fields=["passed", "id"], name="attempts_context_passed"),
            models.Index(fields=["number", "id"], name="attempts_context_number"),
            models.Index(fields=["course_key", "id"], name="attempts_context_course"),
            models.Index(fields=["course_key", "opened_at", "id"], name="attempts_in_course_opened"),
            models.Index(fields=["course_key", "archived_at", "id"], name="attempts_in_course_archived"),
            models.Index(fields=["course_key", "percent_grade", "id"], name="attempts_in_course_grade"),
            models.Index(fields=["course_key", "passed", "id"], name="attempts_in_course_passed"),
            models.Index(fields=["course_key", "number", "id"], name="attempts_in_course_number"),
            models.Index(fields=["org", "id"], name="attempts_context_org"),
            models.Index(fields=["org", "opened_at", "id"], name="attempts_in_org_opened"),
            models.Index(fields=["org", "archived_at", "id"], name="attempts_in_org_archived"),
            models.Index(fields=["org", "percent_grade", "id"], name="attempts_in_org_grade"),
            models.Index(fields=["org", "passed", "id"], name="attempts_in_org_passed"),
        ]

    def __str__(self) -> str:
        return f"attempt {self.number} of {self.learner_course}"
