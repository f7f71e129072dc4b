"""Roles in discussions, as the platform's ``django_comment_common`` app stores them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from opaque_keys.edx.django.models import CourseKeyField


class Role(models.Model):
    """A role in the discussion of a course, and who has it.

    .. no_pii:
    """

    name = models.CharField(max_length=30)
    users = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="roles")
    course_id = CourseKeyField(max_length=255, blank=True, db_index=True)

    class Meta:
        db_table = "django_comment_client_role"

    def __str__(self) -> str:
        return f"{self.name} in {self.course_id}"
