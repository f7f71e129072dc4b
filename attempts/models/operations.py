"""Requested switches, and all that is known of them."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from attempts.compat import check_constraint
from attempts.models.base import Attributed, Kept
from attempts.models.contexts import AttemptContext
from attempts.models.fields import ORG_LENGTH, ExactCharField, ExactCourseKeyField

#: Characters of a comment that are kept, as in the platform's Course Reset.
COMMENT_LENGTH = 255
IDEMPOTENCY_KEY_LENGTH = 255


class OperationKind(models.TextChoices):
    """What a switch is asked to do."""

    RESET = "reset", "Reset"
    UNDO = "undo", "Undo"
    ACTIVATE = "activate", "Activate"


class OperationStatus(models.TextChoices):
    """Where an operation is: enqueued → in_progress → complete or failed; there is no way back."""

    ENQUEUED = "enqueued", "Enqueued"
    IN_PROGRESS = "in_progress", "In progress"
    COMPLETE = "complete", "Complete"
    FAILED = "failed", "Failed"


IN_FLIGHT_STATUSES = (OperationStatus.ENQUEUED, OperationStatus.IN_PROGRESS)


class AttemptOperation(Attributed, Kept):
    """One requested switch. Append-only but for its progress.

    .. pii: The comment is free text about a learner, written by staff; a client may put anything into its idempotency
        key, and its request id leads to the host's logs.
    .. pii_types: other
    .. pii_retirement: local_api
    """

    uuid = models.UUIDField(unique=True, default=uuid4, editable=False)
    kind = ExactCharField(max_length=16, choices=OperationKind.choices)
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    course_key = ExactCourseKeyField(max_length=255)
    org = ExactCharField(max_length=ORG_LENGTH)
    from_attempt = models.ForeignKey(AttemptContext, null=True, on_delete=models.PROTECT, related_name="+")
    to_attempt = models.ForeignKey(AttemptContext, null=True, on_delete=models.PROTECT, related_name="+")
    #: The operation that an undo takes back.
    undoes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    #: Null when no person asked for it: the system, or a command run without an actor.
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    comment = models.CharField(max_length=COMMENT_LENGTH, blank=True)
    #: Codes of the reasons that the requester chose to override.
    overridden = models.JSONField(default=list)
    status = ExactCharField(max_length=16, choices=OperationStatus.choices, default=OperationStatus.ENQUEUED)
    #: True until the operation has ended, then null: null never clashes in a unique index, on any engine.
    in_flight = models.BooleanField(null=True, default=True)
    created = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    error_code = ExactCharField(max_length=64, blank=True)
    error = models.TextField(blank=True)
    #: Scoped by the requester, so that two people can use the same key; see ``operations.requests``.
    idempotency_key = ExactCharField(max_length=IDEMPOTENCY_KEY_LENGTH + 32, null=True, unique=True)
    #: Per store, by table: rows archived, restored, and those of them whose usage key is of another course.
    rows = models.JSONField(default=dict)

    class Meta:
        constraints = [
            # One operation in flight per learner and course, whatever two requests do at the same moment.
            models.UniqueConstraint(fields=["learner", "course_key", "in_flight"], name="attempts_one_in_flight"),
            check_constraint(
                name="attempts_in_flight_is_status",
                condition=Q(
                    status__in=[status.value for status in IN_FLIGHT_STATUSES],
                    in_flight__isnull=False,
                    in_flight=True,
                )
                | Q(status__in=[OperationStatus.COMPLETE.value, OperationStatus.FAILED.value], in_flight__isnull=True),
            ),
            check_constraint(name="attempts_kind_known", condition=Q(kind__in=[kind.value for kind in OperationKind])),
            check_constraint(
                name="attempts_complete_knows_attempts",
                condition=~Q(status=OperationStatus.COMPLETE.value)
                | Q(from_attempt__isnull=False, to_attempt__isnull=False, completed_at__isnull=False),
            ),
        ]
        indexes = [
            # What `recover` looks for.
            models.Index(fields=["in_flight", "created"], name="attempts_operation_in_flight"),
            # As in ``AttemptContext``.
            models.Index(fields=["created", "id"], name="attempts_operation_created"),
            models.Index(fields=["completed_at", "id"], name="attempts_operation_completed"),
            models.Index(fields=["status", "created", "id"], name="attempts_operation_status"),
            models.Index(fields=["kind", "created", "id"], name="attempts_operation_kind"),
            models.Index(fields=["requested_by", "created", "id"], name="attempts_operation_requester"),
            models.Index(fields=["course_key", "created", "id"], name="attempts_operation_course"),
            models.Index(fields=["course_key", "completed_at", "id"], name="attempts_operation_course_done"),
            models.Index(fields=["course_key", "status", "created", "id"], name="attempts_operation_at_course"),
            models.Index(fields=["org", "created", "id"], name="attempts_operation_org"),
            models.Index(fields=["org", "completed_at", "id"], name="attempts_operation_org_done"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.uuid} ({self.status})"
