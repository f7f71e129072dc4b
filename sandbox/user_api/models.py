"""Preferences and tags of learners, as the platform's ``user_api`` app stores them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from model_utils.models import TimeStampedModel
from opaque_keys.edx.django.models import CourseKeyField


class UserCourseTag(models.Model):
    """A value kept of a learner in a course, such as the group of a split test.

    .. no_pii:
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="+", on_delete=models.CASCADE)
    key = models.CharField(max_length=255, db_index=True)
    course_id = CourseKeyField(max_length=255, db_index=True)
    value = models.TextField()

    class Meta:
        unique_together = (("user", "course_id", "key"),)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.key} in {self.course_id}"


class UserOrgTag(TimeStampedModel):
    """A value kept of a learner for all courses of an organisation.

    .. no_pii:
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="+", on_delete=models.CASCADE)
    key = models.CharField(max_length=255, db_index=True)
    org = models.CharField(max_length=255, db_index=True)
    value = models.TextField()

    class Meta:
        unique_together = (("user", "org", "key"),)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.key} in {self.org}"


class UserPreference(models.Model):
    """A preference of a learner, such as the language, ``pref-lang``.

    .. no_pii:
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="preferences", on_delete=models.CASCADE)
    key = models.CharField(max_length=255, db_index=True)
    value = models.TextField()

    class Meta:
        unique_together = (("user", "key"),)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.key}"
