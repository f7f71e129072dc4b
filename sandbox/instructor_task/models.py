"""Tasks of a course team, as the platform's ``instructor_task`` app stores them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from opaque_keys.edx.django.models import CourseKeyField


class InstructorTask(models.Model):
    """A task that somebody of a course team started; the input may name a learner.

    .. no_pii:
    """

    task_type = models.CharField(max_length=50, db_index=True)
    course_id = CourseKeyField(max_length=255, db_index=True)
    task_key = models.CharField(max_length=255, db_index=True)
    task_input = models.TextField()
    task_id = models.CharField(max_length=255, db_index=True)
    task_state = models.CharField(max_length=50, null=True, db_index=True)
    task_output = models.CharField(max_length=1024, null=True)
    requester = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    created = models.DateTimeField(auto_now_add=True, null=True)
    updated = models.DateTimeField(auto_now=True)
    subtasks = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.task_type} in {self.course_id}"
