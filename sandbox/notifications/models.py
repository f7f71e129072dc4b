"""Notifications, as the platform's ``notifications`` app stores them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from model_utils.models import TimeStampedModel
from opaque_keys.edx.django.models import CourseKeyField


class Notification(TimeStampedModel):
    """Something a learner was told.

    .. no_pii:
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="notifications", on_delete=models.CASCADE)
    course_id = CourseKeyField(max_length=255, null=True, blank=True)
    app_name = models.CharField(max_length=64, db_index=True)
    notification_type = models.CharField(max_length=64)
    content_context = models.JSONField(default=dict)
    content_url = models.URLField(null=True, blank=True)
    web = models.BooleanField(default=True)
    email = models.BooleanField(default=False)
    push = models.BooleanField(default=False)
    last_read = models.DateTimeField(null=True, blank=True)
    last_seen = models.DateTimeField(null=True, blank=True)
    group_by_id = models.CharField(max_length=255, db_index=True, default="")
    email_sent_on = models.DateTimeField(null=True, blank=True)
    email_scheduled = models.BooleanField(default=False, db_index=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["user", "course_id", "email_sent_on", "email_scheduled"], name="notifications_to_be_mailed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.notification_type}"


class CourseNotificationPreference(TimeStampedModel):
    """Which notifications a learner wants of a course.

    .. no_pii:
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, related_name="notification_preferences", on_delete=models.CASCADE
    )
    course_id = CourseKeyField(max_length=255, default=None)
    notification_preference_config = models.JSONField(default=dict)
    config_version = models.IntegerField(default=1)
    is_active = models.BooleanField(default=True)

    class Meta:
        unique_together = (("user", "course_id"),)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.course_id}"
