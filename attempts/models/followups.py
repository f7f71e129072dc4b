"""What is to be done after a switch, and what became of it."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from attempts.compat import check_constraint
from attempts.models.base import Kept
from attempts.models.fields import ExactCharField
from attempts.models.operations import AttemptOperation

#: Characters of the name of a follow-up, and of the code of what went wrong.
NAME_LENGTH = 64
CODE_LENGTH = 64


class FollowUpStatus(models.TextChoices):
    """Where a follow-up is: waiting → done, skipped or failed; a failed one can be set to waiting again."""

    WAITING = "waiting", "Waiting"
    DONE = "done", "Done"
    SKIPPED = "skipped", "Skipped"
    FAILED = "failed", "Failed"


class FollowUp(Kept):
    """One thing to be done after one completed operation, written in the transaction of its switch.

    What went wrong is kept as a code and a sentence of our own; what a server or a receiver said can quote
    people, and is left to the log.

    .. pii: What a follow-up of another app says went wrong may quote the learner.
    .. pii_types: other
    .. pii_retirement: local_api
    """

    operation = models.ForeignKey(AttemptOperation, on_delete=models.PROTECT, related_name="follow_ups")
    name = ExactCharField(max_length=NAME_LENGTH)
    status = ExactCharField(max_length=16, choices=FollowUpStatus.choices, default=FollowUpStatus.WAITING)
    #: How often it was begun.
    tries = models.PositiveIntegerField(default=0)
    created = models.DateTimeField(default=timezone.now, editable=False)
    #: Not to be begun before; once begun, the time from which it counts as left behind.
    due = models.DateTimeField()
    #: When it was begun last.
    tried_at = models.DateTimeField(null=True)
    #: When it was done, skipped or given up.
    ended_at = models.DateTimeField(null=True)
    #: Why it was skipped, or what went wrong at the last try.
    error_code = ExactCharField(max_length=CODE_LENGTH, blank=True, default="")
    error = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operation", "name"], name="attempts_one_follow_up"),
            check_constraint(
                name="attempts_follow_up_ended",
                condition=models.Q(status=FollowUpStatus.WAITING.value, ended_at__isnull=True)
                | models.Q(
                    status__in=[status.value for status in FollowUpStatus if status is not FollowUpStatus.WAITING],
                    ended_at__isnull=False,
                ),
            ),
        ]
        # What `recover` looks for, and what an operator does.
        indexes = [models.Index(fields=["status", "due"], name="attempts_follow_up_due")]

    def __str__(self) -> str:
        return f"{self.name} after {self.operation_id} ({self.status})"
