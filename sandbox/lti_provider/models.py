"""Work done for another LMS, as the platform's ``lti_provider`` app stores it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from opaque_keys.edx.django.models import CourseKeyField, UsageKeyField


class LtiConsumer(models.Model):
    """The other LMS.

    .. no_pii:
    """

    consumer_name = models.CharField(max_length=255, unique=True)
    consumer_key = models.CharField(max_length=32, unique=True, db_index=True)
    consumer_secret = models.CharField(max_length=32, unique=True)
    instance_guid = models.CharField(max_length=255, null=True, blank=True, unique=True)

    def __str__(self) -> str:
        return self.consumer_name


class OutcomeService(models.Model):
    """Where the other LMS takes grades.

    .. no_pii:
    """

    lis_outcome_service_url = models.CharField(max_length=255, unique=True)
    lti_consumer = models.ForeignKey(LtiConsumer, on_delete=models.CASCADE)

    def __str__(self) -> str:
        return self.lis_outcome_service_url


class GradedAssignment(models.Model):
    """A block that a learner of the other LMS does, and where its grade goes.

    .. no_pii:
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    course_key = CourseKeyField(max_length=255, db_index=True)
    usage_key = UsageKeyField(max_length=255, db_index=True)
    outcome_service = models.ForeignKey(OutcomeService, on_delete=models.CASCADE)
    lis_result_sourcedid = models.CharField(max_length=255, db_index=True)
    version_number = models.IntegerField(default=0)

    class Meta:
        unique_together = (("outcome_service", "lis_result_sourcedid"),)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.usage_key}"
