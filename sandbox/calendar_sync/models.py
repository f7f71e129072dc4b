"""Calendars, as the platform's ``calendar_sync`` feature stores them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from opaque_keys.edx.django.models import CourseKeyField
from simple_history.models import HistoricalRecords


class UserCalendarSyncConfig(models.Model):
    """Whether a learner takes a course's dates into a calendar.

    .. no_pii:
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    course_key = CourseKeyField(max_length=255, db_index=True)
    enabled = models.BooleanField(default=False)
    ics_sequence = models.IntegerField(default=0)
    history = HistoricalRecords()

    class Meta:
        unique_together = (("user", "course_key"),)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.course_key}"
