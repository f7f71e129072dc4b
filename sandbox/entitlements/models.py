"""Entitlements, as the platform's ``entitlements`` app stores them."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from model_utils.models import TimeStampedModel
from simple_history.models import HistoricalRecords


class CourseEntitlementPolicy(models.Model):
    """How long an entitlement lasts.

    .. no_pii:
    """

    expiration_period = models.DurationField(default=timedelta(days=730))
    refund_period = models.DurationField(default=timedelta(days=60))
    regain_period = models.DurationField(default=timedelta(days=14))
    mode = models.CharField(max_length=32, null=True)

    def __str__(self) -> str:
        return f"{self.mode}: {self.expiration_period}"


class CourseEntitlement(TimeStampedModel):
    """A right to enrol in some run of a course.

    .. no_pii:
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    uuid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    course_uuid = models.UUIDField()
    expired_at = models.DateTimeField(null=True, blank=True)
    mode = models.CharField(max_length=100)
    enrollment_course_run = models.ForeignKey(
        "student.CourseEnrollment", null=True, blank=True, on_delete=models.CASCADE
    )
    order_number = models.CharField(max_length=128, null=True, default=None)
    refund_locked = models.BooleanField(default=False)
    _policy = models.ForeignKey(CourseEntitlementPolicy, null=True, blank=True, on_delete=models.CASCADE)
    history = HistoricalRecords()

    class Meta:
        unique_together = (("course_uuid", "order_number"),)

    def __str__(self) -> str:
        return str(self.uuid)
