"""Teams of learners, as the platform's ``teams`` app stores them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from opaque_keys.edx.django.models import CourseKeyField


class CourseTeam(models.Model):
    """A team in a course.

    .. no_pii:
    """

    team_id = models.SlugField(max_length=255, unique=True)
    discussion_topic_id = models.SlugField(max_length=255, unique=True)
    name = models.CharField(max_length=255, db_index=True)
    course_id = CourseKeyField(max_length=255, db_index=True)
    topic_id = models.CharField(max_length=255, db_index=True, blank=True, default="")
    date_created = models.DateTimeField(auto_now_add=True)
    description = models.CharField(max_length=300)
    last_activity_at = models.DateTimeField(default=timezone.now, db_index=True)
    users = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="teams", through="CourseTeamMembership")
    team_size = models.IntegerField(default=0, db_index=True)
    organization_protected = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.team_id


class CourseTeamMembership(models.Model):
    """A learner who is in a team.

    .. no_pii:
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    team = models.ForeignKey(CourseTeam, related_name="membership", on_delete=models.CASCADE)
    date_joined = models.DateTimeField(auto_now_add=True)
    last_activity_at = models.DateTimeField(default=timezone.now)

    class Meta:
        unique_together = (("user", "team"),)

    def __str__(self) -> str:
        return f"{self.user_id} in {self.team_id}"
