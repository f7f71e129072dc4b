"""Certificates, as the platform's ``certificates`` app stores them."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from model_utils.models import TimeStampedModel
from opaque_keys.edx.django.models import CourseKeyField
from simple_history.models import HistoricalRecords


def _hex_uuid() -> str:
    return uuid4().hex


class GeneratedCertificate(models.Model):
    """A learner's certificate in a course.

    .. pii: The name printed on the certificate.
    .. pii_types: name
    .. pii_retirement: retained
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    course_id = CourseKeyField(max_length=255)
    verify_uuid = models.CharField(max_length=32, blank=True, default=_hex_uuid, db_index=True)
    download_uuid = models.CharField(max_length=32, blank=True, default="")
    download_url = models.CharField(max_length=128, blank=True, default="")
    grade = models.CharField(max_length=5, blank=True, default="")
    key = models.CharField(max_length=32, blank=True, default="")
    distinction = models.BooleanField(default=False)
    status = models.CharField(max_length=32, default="unavailable")
    mode = models.CharField(max_length=32, default="honor")
    name = models.CharField(max_length=255, blank=True)
    created_date = models.DateTimeField(auto_now_add=True)
    modified_date = models.DateTimeField(auto_now=True)
    error_reason = models.CharField(max_length=512, blank=True, default="")
    history = HistoricalRecords()

    class Meta:
        unique_together = (("user", "course_id"),)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.course_id} ({self.status})"


class CertificateInvalidation(TimeStampedModel):
    """Says that a certificate is not to be trusted, and who said so.

    .. no_pii:
    """

    generated_certificate = models.ForeignKey(GeneratedCertificate, on_delete=models.CASCADE)
    invalidated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    notes = models.TextField(default=None, null=True)
    active = models.BooleanField(default=True)
    history = HistoricalRecords()

    def __str__(self) -> str:
        return f"invalidation of {self.generated_certificate_id}"


class CertificateDateOverride(TimeStampedModel):
    """The date that a certificate shows instead of its own.

    .. no_pii:
    """

    generated_certificate = models.OneToOneField(
        GeneratedCertificate, related_name="date_override", on_delete=models.CASCADE
    )
    date = models.DateTimeField()
    reason = models.TextField()
    overridden_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING)
    history = HistoricalRecords()

    def __str__(self) -> str:
        return f"date of {self.generated_certificate_id}"


class CertificateAllowlist(TimeStampedModel):
    """A learner who gets a certificate in a course whatever the grade.

    .. no_pii:
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    course_id = CourseKeyField(max_length=255, blank=True, default=None)
    allowlist = models.BooleanField(default=False)
    notes = models.TextField(default=None, null=True)
    history = HistoricalRecords()

    class Meta:
        unique_together = (("course_id", "user"),)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.course_id}"
