"""The platform's own course reset, as its ``support`` app stores it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from model_utils.models import TimeStampedModel
from opaque_keys.edx.django.models import CourseKeyField


class CourseResetCourseOptIn(TimeStampedModel):
    """A course that takes part in the platform's course reset.

    .. no_pii:
    """

    course_id = CourseKeyField(max_length=255, unique=True)
    active = models.BooleanField()

    def __str__(self) -> str:
        return str(self.course_id)


class CourseResetAudit(TimeStampedModel):
    """One reset that the platform did.

    .. no_pii:
    """

    course = models.ForeignKey(CourseResetCourseOptIn, on_delete=models.CASCADE)
    course_enrollment = models.ForeignKey("student.CourseEnrollment", on_delete=models.DO_NOTHING)
    reset_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING)
    status = models.CharField(max_length=12, default="enqueued")
    completed_at = models.DateTimeField(null=True, blank=True)
    comment = models.CharField(max_length=255, default="")

    def __str__(self) -> str:
        return f"{self.course_enrollment_id}: {self.status}"
