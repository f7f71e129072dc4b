"""Tables of the platform's ``student`` app that attempts depend on.

Column names, types, uniqueness and indexes follow the platform (``common/djangoapps/student/models``).
"""

from __future__ import annotations

import hashlib
import uuid
from contextlib import suppress

from django.conf import settings
from django.db import IntegrityError, models, transaction
from model_utils.models import TimeStampedModel
from opaque_keys.edx.django.models import CourseKeyField, LearningContextKeyField
from opaque_keys.edx.keys import LearningContextKey
from simple_history.models import HistoricalRecords


class CourseEnrollment(models.Model):
    """A learner's enrolment in a course.

    .. no_pii:
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    course = models.ForeignKey("course_overviews.CourseOverview", db_constraint=False, on_delete=models.DO_NOTHING)
    created = models.DateTimeField(auto_now_add=True, null=True, db_index=True)
    is_active = models.BooleanField(default=True)
    mode = models.CharField(max_length=100, default="audit")
    history = HistoricalRecords(
        table_name="student_courseenrollment_history",
        history_id_field=models.UUIDField(default=uuid.uuid4),
    )

    class Meta:
        unique_together = (("user", "course"),)
        indexes = [models.Index(fields=["user", "-created"], name="student_cou_user_id_b19dcd_idx")]
        ordering = ("user", "course")

    def __str__(self) -> str:
        return f"{self.user_id} in {self.course_id}"


class AnonymousUserId(models.Model):
    """The name a learner goes by in one learning context.

    .. no_pii:
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    anonymous_user_id = models.CharField(unique=True, max_length=32)
    course_id = LearningContextKeyField(db_index=True, max_length=255, blank=True)

    def __str__(self) -> str:
        return self.anonymous_user_id


def anonymous_id_for_user(user, course_id: LearningContextKey | None) -> str:
    """Return the learner's newest anonymous id in a course, or outside of any, making one if there is none.

    The platform derives it from the secret key, the user's id and the text of the course key.
    """
    newest = AnonymousUserId.objects.filter(user=user, course_id=course_id).order_by("-id").first()
    if newest is not None:
        return newest.anonymous_user_id
    digest = hashlib.shake_128(settings.SECRET_KEY.encode())
    digest.update(f"{user.id}{course_id or ''}".encode())
    made = digest.hexdigest(16)
    # Whoever was first has made the same one, though a transaction with an older snapshot does not see it.
    with suppress(IntegrityError), transaction.atomic():
        AnonymousUserId.objects.create(user=user, course_id=course_id, anonymous_user_id=made)
    return made


class CourseAccessRole(models.Model):
    """A role somebody holds in a course, an organisation or everywhere.

    .. no_pii:
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    org = models.CharField(max_length=64, db_index=True, blank=True)
    course_id = CourseKeyField(max_length=255, db_index=True, blank=True)
    role = models.CharField(max_length=64, db_index=True)

    class Meta:
        unique_together = ("user", "org", "course_id", "role")

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role} in {self.course_id or self.org or 'everything'}"


class CourseAccessRoleHistory(TimeStampedModel):
    """What became of the roles of somebody, and who saw to it.

    .. no_pii:
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    org = models.CharField(max_length=64, db_index=True, blank=True)
    course_id = CourseKeyField(max_length=255, db_index=True, blank=True)
    role = models.CharField(max_length=64, db_index=True)
    action_type = models.CharField(max_length=10, db_index=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, related_name="+", on_delete=models.SET_NULL
    )
    old_values = models.JSONField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role} {self.action_type}"


class CourseEnrollmentAttribute(models.Model):
    """Something more that is known of an enrolment, such as the order it was bought with.

    .. no_pii:
    """

    enrollment = models.ForeignKey(CourseEnrollment, related_name="attributes", on_delete=models.CASCADE)
    namespace = models.CharField(max_length=255)
    name = models.CharField(max_length=255)
    value = models.CharField(max_length=255)

    def __str__(self) -> str:
        return f"{self.namespace}:{self.name} of {self.enrollment_id}"


class CourseEnrollmentCelebration(TimeStampedModel):
    """Which successes of a learner have still to be celebrated.

    .. no_pii:
    """

    enrollment = models.OneToOneField(CourseEnrollment, related_name="celebration", on_delete=models.CASCADE)
    celebrate_first_section = models.BooleanField(default=False)
    celebrate_weekly_goal = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"celebrations of {self.enrollment_id}"


class CourseEnrollmentAllowed(models.Model):
    """An address that may enrol in a course, before or after there is an account for it.

    .. pii: The address
    .. pii_types: email_address
    .. pii_retirement: consumer_api
    """

    email = models.CharField(max_length=255, db_index=True)
    course_id = CourseKeyField(max_length=255, db_index=True)
    auto_enroll = models.BooleanField(default=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE)
    created = models.DateTimeField(auto_now_add=True, null=True, db_index=True)

    class Meta:
        unique_together = (("email", "course_id"),)

    def __str__(self) -> str:
        return f"{self.pk}: {self.course_id}"


class EntranceExamConfiguration(models.Model):
    """Whether a learner may skip the entrance exam of a course.

    .. no_pii:
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    course_id = CourseKeyField(max_length=255, db_index=True)
    created = models.DateTimeField(auto_now_add=True, null=True, db_index=True)
    updated = models.DateTimeField(auto_now=True, db_index=True)
    skip_entrance_exam = models.BooleanField(default=True)

    class Meta:
        unique_together = (("user", "course_id"),)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.course_id}"


class FBEEnrollmentExclusion(models.Model):
    """An enrolment that the limits of the audit mode do not bind.

    .. no_pii:
    """

    enrollment = models.OneToOneField(CourseEnrollment, on_delete=models.DO_NOTHING)

    def __str__(self) -> str:
        return f"exclusion of {self.enrollment_id}"


class ManualEnrollmentAudit(models.Model):
    """An enrolment that somebody of the staff changed by hand.

    .. pii: The address of the learner
    .. pii_types: email_address
    .. pii_retirement: local_api
    """

    enrollment = models.ForeignKey(CourseEnrollment, null=True, on_delete=models.CASCADE)
    enrolled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE)
    enrolled_email = models.CharField(max_length=255, db_index=True)
    time_stamp = models.DateTimeField(auto_now_add=True, null=True)
    state_transition = models.CharField(max_length=255)
    reason = models.TextField(null=True)
    role = models.CharField(max_length=64, null=True, blank=True)
    history = HistoricalRecords()

    def __str__(self) -> str:
        return f"{self.enrollment_id}: {self.state_transition}"
