"""Exports that were asked for, and where their files are."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils import timezone

from attempts.models.base import Attributed, Kept
from attempts.models.fields import ORG_LENGTH, ExactCharField, ExactCourseKeyField


class ExportStatus(models.TextChoices):
    """Where an export is: enqueued → in_progress → complete, failed or canceled; there is no way back."""

    ENQUEUED = "enqueued", "Enqueued"
    IN_PROGRESS = "in_progress", "In progress"
    COMPLETE = "complete", "Complete"
    FAILED = "failed", "Failed"
    CANCELED = "canceled", "Canceled"


#: Those that a worker may still have to do with.
UNENDED = (ExportStatus.ENQUEUED, ExportStatus.IN_PROGRESS)


class AttemptExport(Attributed, Kept):
    """One export that somebody asked for. The row stays for ever; its file goes when it has expired.

    .. pii: Who asked for the data of whom; the request id leads to the host's logs.
    .. pii_types: other
    .. pii_retirement: local_api
    """

    uuid = models.UUIDField(unique=True, default=uuid4, editable=False)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    #: Null for all learners.
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    #: Null for all courses.
    course_key = ExactCourseKeyField(max_length=255, null=True)
    #: Empty for all organisations.
    org = ExactCharField(max_length=ORG_LENGTH, blank=True, default="")
    datasets = models.JSONField(default=list)
    format = ExactCharField(max_length=16)
    identities = models.BooleanField(default=False)
    status = ExactCharField(max_length=16, choices=ExportStatus.choices, default=ExportStatus.ENQUEUED)
    created = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True)
    #: When a worker last said how far it is.
    touched_at = models.DateTimeField(default=timezone.now)
    #: How often a worker has begun since one came any further.
    tries = models.PositiveIntegerField(default=0)
    completed_at = models.DateTimeField(null=True)
    #: When the file goes; null while there is none.
    expires_at = models.DateTimeField(null=True)
    learners = models.PositiveIntegerField(default=0)
    of_learners = models.PositiveIntegerField(null=True)
    #: Rows by dataset, when it is complete.
    rows = models.JSONField(default=dict)
    bytes = models.BigIntegerField(null=True)
    #: Name in the storage; empty before, and once it has gone.
    file = ExactCharField(max_length=255, blank=True, default="")
    error_code = ExactCharField(max_length=64, blank=True, default="")
    error = models.TextField(blank=True, default="")

    class Meta:
        indexes = [
            # The list of what somebody has asked for.
            models.Index(fields=["requested_by", "created", "id"], name="attempts_export_requester"),
            # What was left behind, and whose file has to go.
            models.Index(fields=["status", "touched_at"], name="attempts_export_touched"),
            models.Index(fields=["expires_at"], name="attempts_export_expires"),
        ]

    def __str__(self) -> str:
        return f"export {self.uuid} ({self.status})"
