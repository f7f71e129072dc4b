"""Cohorts, as the platform's ``course_groups`` app stores them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from opaque_keys.edx.django.models import CourseKeyField


class CourseUserGroup(models.Model):
    """A cohort of a course.

    .. no_pii:
    """

    name = models.CharField(max_length=255)
    users = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="course_groups")
    course_id = CourseKeyField(max_length=255, db_index=True)
    group_type = models.CharField(max_length=20, default="cohort")

    class Meta:
        unique_together = (("name", "course_id"),)

    def __str__(self) -> str:
        return f"{self.name} of {self.course_id}"


class CohortMembership(models.Model):
    """The one cohort of a learner in a course.

    .. no_pii:
    """

    course_user_group = models.ForeignKey(CourseUserGroup, on_delete=models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    course_id = CourseKeyField(max_length=255)

    class Meta:
        unique_together = (("user", "course_id"),)

    def __str__(self) -> str:
        return f"{self.user_id} in {self.course_user_group_id}"


class UnregisteredLearnerCohortAssignments(models.Model):
    """The cohort that somebody without an account will be in.

    .. pii: The address
    .. pii_types: email_address
    .. pii_retirement: local_api
    """

    course_user_group = models.ForeignKey(CourseUserGroup, on_delete=models.CASCADE)
    email = models.CharField(max_length=255, blank=True, db_index=True)
    course_id = CourseKeyField(max_length=255)

    class Meta:
        unique_together = (("course_id", "email"),)

    def __str__(self) -> str:
        return f"{self.pk} in {self.course_user_group_id}"
