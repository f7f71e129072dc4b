"""Ids for tools of others, as the platform's ``external_user_ids`` app stores them."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from model_utils.models import TimeStampedModel


class ExternalIdType(TimeStampedModel):
    """A kind of tool.

    .. no_pii:
    """

    name = models.CharField(max_length=32, blank=False, unique=True, db_index=True)
    description = models.TextField()

    def __str__(self) -> str:
        return self.name


class ExternalId(TimeStampedModel):
    """What tools of one kind know a user by.

    .. no_pii: The id says nothing of the user to anybody else.
    """

    external_user_id = models.UUIDField(default=uuid4, editable=False, unique=True)
    external_id_type = models.ForeignKey(ExternalIdType, db_index=True, on_delete=models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, db_index=True, on_delete=models.CASCADE)

    class Meta:
        unique_together = (("user", "external_id_type"),)

    def __str__(self) -> str:
        return str(self.external_user_id)
