"""Certificates, as the platform's ``certificates`` app stores them."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from opaque_keys.edx.django.models import CourseKeyField


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

    class Meta:
        unique_together = (("user", "course_id"),)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.course_id} ({self.status})"
