"""Learners' goals, as the platform's ``course_goals`` app stores them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from model_utils.models import TimeStampedModel
from opaque_keys.edx.django.models import CourseKeyField
from simple_history.models import HistoricalRecords


class CourseGoal(models.Model):
    """On how many days a week a learner wants to work on a course.

    .. no_pii:
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    course_key = CourseKeyField(max_length=255, db_index=True)
    days_per_week = models.PositiveIntegerField(default=0)
    subscribed_to_reminders = models.BooleanField(default=False)
    unsubscribe_token = models.UUIDField(null=True, blank=True, unique=True, editable=False, default=uuid.uuid4)
    goal_key = models.CharField(max_length=100, default="unsure")
    history = HistoricalRecords()

    class Meta:
        unique_together = (("user", "course_key"),)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.course_key}"


class CourseGoalReminderStatus(TimeStampedModel):
    """Whether a learner was reminded of a goal this week.

    .. no_pii:
    """

    goal = models.OneToOneField(CourseGoal, related_name="reminder_status", on_delete=models.CASCADE)
    email_reminder_sent = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"reminder of {self.goal_id}"


class UserActivity(models.Model):
    """A day on which a learner worked on a course.

    .. no_pii:
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    course_key = CourseKeyField(max_length=255)
    date = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "course_key", "date"], name="unique_user_course_date"),
        ]
        indexes = [models.Index(fields=["user", "course_key"], name="user_course_index")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.course_key} on {self.date}"
