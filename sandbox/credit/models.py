"""University credit for a course, as the platform's ``credit`` app stores it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone
from jsonfield.fields import JSONField
from model_utils.models import TimeStampedModel
from opaque_keys.edx.django.models import CourseKeyField


class CreditProvider(TimeStampedModel):
    """Who grants credit.

    .. no_pii:
    """

    provider_id = models.CharField(max_length=255, unique=True)
    active = models.BooleanField(default=True)
    display_name = models.CharField(max_length=255)

    def __str__(self) -> str:
        return self.provider_id


class CreditCourse(models.Model):
    """A course that credit can be had for.

    .. no_pii:
    """

    course_key = CourseKeyField(max_length=255, db_index=True, unique=True)
    enabled = models.BooleanField(default=False)
    providers = models.ManyToManyField(CreditProvider)

    def __str__(self) -> str:
        return str(self.course_key)


class CreditRequirement(TimeStampedModel):
    """What has to be done in a course before there is credit for it.

    .. no_pii:
    """

    course = models.ForeignKey(CreditCourse, related_name="credit_requirements", on_delete=models.CASCADE)
    namespace = models.CharField(max_length=255)
    name = models.CharField(max_length=255)
    display_name = models.CharField(max_length=255, default="")
    criteria = JSONField()
    active = models.BooleanField(default=True)
    sort_value = models.PositiveIntegerField(default=0)

    class Meta:
        unique_together = (("namespace", "name", "course"),)

    def __str__(self) -> str:
        return f"{self.namespace}:{self.name}"


class CreditRequirementStatus(TimeStampedModel):
    """How a learner stands with one requirement.

    .. pii: The username
    .. pii_types: username
    .. pii_retirement: retained
    """

    username = models.CharField(max_length=255, db_index=True)
    requirement = models.ForeignKey(CreditRequirement, related_name="statuses", on_delete=models.CASCADE)
    status = models.CharField(max_length=32)
    reason = JSONField(default={})

    class Meta:
        unique_together = (("username", "requirement"),)

    def __str__(self) -> str:
        return f"{self.requirement_id}: {self.status}"


def _next_year() -> datetime:
    return timezone.now() + timedelta(days=365)


class CreditEligibility(TimeStampedModel):
    """A learner who may ask for credit until a day.

    .. pii: The username
    .. pii_types: username
    .. pii_retirement: retained
    """

    username = models.CharField(max_length=255, db_index=True)
    course = models.ForeignKey(CreditCourse, related_name="eligibilities", on_delete=models.CASCADE)
    deadline = models.DateTimeField(default=_next_year)

    class Meta:
        unique_together = (("username", "course"),)

    def __str__(self) -> str:
        return f"eligible in {self.course_id}"


class CreditRequest(TimeStampedModel):
    """A learner's request for credit, as it was sent to the provider.

    .. pii: The username, and name and address among the parameters
    .. pii_types: username, name, email_address
    .. pii_retirement: local_api
    """

    uuid = models.CharField(max_length=32, unique=True, db_index=True)
    username = models.CharField(max_length=255, db_index=True)
    course = models.ForeignKey(CreditCourse, related_name="credit_requests", on_delete=models.CASCADE)
    provider = models.ForeignKey(CreditProvider, related_name="credit_requests", on_delete=models.CASCADE)
    parameters = JSONField()
    status = models.CharField(max_length=255, default="pending")

    class Meta:
        unique_together = (("username", "course", "provider"),)

    def __str__(self) -> str:
        return f"{self.uuid}: {self.status}"
