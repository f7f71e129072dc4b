"""What learners write down, and how many hints they have left."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from opaque_keys.edx.django.models import CourseKeyField, UsageKeyField


class Reflection(models.Model):
    """What a learner thought of a block.

    .. no_pii:
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    course_key = CourseKeyField(max_length=255)
    block_key = UsageKeyField(max_length=255)
    text = models.TextField()


class HintAccount(models.Model):
    """How many hints a learner may still ask for in a course: one row, in which the number goes down.

    .. no_pii:
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    course_key = CourseKeyField(max_length=255)
    left = models.PositiveIntegerField(default=3)
