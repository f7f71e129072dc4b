"""Experiments, as the platform's ``experiments`` app stores them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from model_utils.models import TimeStampedModel


class ExperimentData(TimeStampedModel):
    """A value that an experiment keeps of a learner; the key may name a course.

    .. no_pii:
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    experiment_id = models.PositiveSmallIntegerField(db_index=True)
    key = models.CharField(max_length=255)
    value = models.TextField()

    class Meta:
        unique_together = (("user", "experiment_id", "key"),)
        indexes = [models.Index(fields=["user", "experiment_id"], name="experiments_user")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.key} of {self.experiment_id}"
