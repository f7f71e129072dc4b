"""Enrolments in programmes, as the platform's ``program_enrollments`` app stores them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from model_utils.models import TimeStampedModel
from opaque_keys.edx.django.models import CourseKeyField
from simple_history.models import HistoricalRecords


class ProgramEnrollment(TimeStampedModel):
    """A learner in a programme.

    .. pii: The name a university knows the learner by
    .. pii_types: other
    .. pii_retirement: local_api
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE)
    external_user_key = models.CharField(max_length=255, db_index=True, null=True)
    program_uuid = models.UUIDField(db_index=True)
    curriculum_uuid = models.UUIDField(db_index=True)
    status = models.CharField(max_length=9)
    historical_records = HistoricalRecords()

    class Meta:
        unique_together = (
            ("user", "program_uuid", "curriculum_uuid"),
            ("external_user_key", "program_uuid", "curriculum_uuid"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} in {self.program_uuid}"


class ProgramCourseEnrollment(TimeStampedModel):
    """A course of the programme that the learner is in.

    .. no_pii:
    """

    program_enrollment = models.ForeignKey(
        ProgramEnrollment, related_name="program_course_enrollments", on_delete=models.CASCADE
    )
    course_enrollment = models.ForeignKey("student.CourseEnrollment", null=True, blank=True, on_delete=models.CASCADE)
    course_key = CourseKeyField(max_length=255)
    status = models.CharField(max_length=9)
    historical_records = HistoricalRecords()

    class Meta:
        unique_together = (("program_enrollment", "course_key"),)

    def __str__(self) -> str:
        return f"{self.program_enrollment_id}: {self.course_key}"


class CourseAccessRoleAssignment(TimeStampedModel):
    """A role in the course that somebody will have once there is an account.

    .. no_pii:
    """

    enrollment = models.ForeignKey(ProgramCourseEnrollment, on_delete=models.CASCADE)
    role = models.CharField(max_length=64)

    class Meta:
        unique_together = (("role", "enrollment"),)

    def __str__(self) -> str:
        return f"{self.enrollment_id}: {self.role}"
