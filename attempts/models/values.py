"""Values of host columns that exist once for all attempts, put aside attempt by attempt."""

from __future__ import annotations

from django.db import models

from attempts.models.base import Kept
from attempts.models.contexts import LearnerCourse
from attempts.models.fields import ExactCharField


class KeptValues(Kept):
    """What one store held for an attempt when it was archived: column values by primary key of the host's row.

    Append-only. An attempt that is archived again gets another entry; the newest one counts.

    .. pii: What a tool of somebody else wrote of a score; beside it dates, flags and scores.
    .. pii_types: other
    .. pii_retirement: retained
    """

    learner_course = models.ForeignKey(LearnerCourse, on_delete=models.PROTECT, related_name="kept_values")
    #: The number of the attempt the values belong to.
    number = models.PositiveIntegerField()
    #: The store's table.
    store = ExactCharField(max_length=128)
    values = models.JSONField()
    kept_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "kept values"
        indexes = [models.Index(fields=["learner_course", "number"], name="attempts_kept_values")]

    def __str__(self) -> str:
        return f"{self.store} of attempt {self.number}"
