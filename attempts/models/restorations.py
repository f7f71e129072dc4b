"""Whether the keys of archived attempts are in the bare form, and which keys these are."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from attempts.compat import check_constraint
from attempts.models.base import Kept
from attempts.models.fields import KEY_LENGTH, ExactCharField


class RestorationDirection(models.TextChoices):
    """Which form the keys are brought to."""

    BARE = "bare", "To the bare form"
    BACK = "back", "Back to the form of attempts"


class RestorationStatus(models.TextChoices):
    """How far a restoration is."""

    RUNNING = "running", "Running, or interrupted"
    COMPLETE = "complete", "Complete"
    ABANDONED = "abandoned", "Given up before anything was written, or for the other direction"


class KeyRestoration(Kept):
    """One time that all keys were brought to the bare form, or back. The newest that was not abandoned counts.

    .. no_pii:
    """

    direction = ExactCharField(max_length=8, choices=RestorationDirection.choices)
    status = ExactCharField(
        max_length=16, choices=RestorationStatus.choices, default=RestorationStatus.RUNNING, db_index=True
    )
    started_at = models.DateTimeField(default=timezone.now, editable=False)
    completed_at = models.DateTimeField(null=True)
    #: Rows rewritten so far, by table.
    rows = models.JSONField(default=dict)

    class Meta:
        constraints = [
            check_constraint(
                name="attempts_restoration_known",
                condition=Q(direction__in=[each.value for each in RestorationDirection])
                & Q(status__in=[each.value for each in RestorationStatus]),
            ),
        ]

    def __str__(self) -> str:
        return f"keys {self.direction} ({self.status})"


class BareKey(Kept):
    """The bare form that the key of an attempt was given; the way back goes by it.

    .. no_pii:
    """

    attempt_key = ExactCharField(max_length=KEY_LENGTH, unique=True)
    bare_key = ExactCharField(max_length=KEY_LENGTH, unique=True)
    #: Whether a block of the attempt was named by a row that does not lie in the attempt.
    is_loose = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.attempt_key} as {self.bare_key}"
