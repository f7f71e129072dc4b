"""What learners signed, as the platform's ``agreements`` app stores it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from model_utils.models import TimeStampedModel
from opaque_keys.edx.django.models import CourseKeyField


class IntegritySignature(TimeStampedModel):
    """A learner's promise of honesty in a course.

    .. no_pii:
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    course_key = CourseKeyField(max_length=255, db_index=True)

    class Meta:
        unique_together = (("user", "course_key"),)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.course_key}"


class LTIPIISignature(TimeStampedModel):
    """A learner's leave to tell LTI tools of a course who they are.

    .. no_pii:
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    course_key = CourseKeyField(max_length=255, db_index=True)
    lti_tools = models.JSONField()
    lti_tools_hash = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.user_id}: {self.course_key}"


class ProctoringPIISignature(TimeStampedModel):
    """A learner's leave to tell a proctoring provider who they are.

    .. no_pii:
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    course_key = CourseKeyField(max_length=255, db_index=True)
    proctoring_provider = models.CharField(max_length=255)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.course_key}"
