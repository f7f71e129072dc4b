"""What all models of attempts have in common: their rows stay for ever."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models
from simple_history.manager import HistoricalQuerySet
from simple_history.models import HistoricalRecords

from attempts.exceptions import DeletionRefused
from attempts.models.fields import ExactCharField

#: Characters of a client's name and of a request id that are kept.
CLIENT_LENGTH = 255
REQUEST_ID_LENGTH = 128


class KeptQuerySet(models.QuerySet):
    """A queryset that refuses to delete."""

    def delete(self) -> NoReturn:
        """Refuse.

        Raises:
            DeletionRefused: always.
        """
        raise DeletionRefused(self.model.__name__)

    def _raw_delete(self, using: Any) -> NoReturn:
        raise DeletionRefused(self.model.__name__)


class KeptHistoricalQuerySet(KeptQuerySet, HistoricalQuerySet):
    """What ``Model.history`` gives: a history, which refuses to be deleted too."""


class Kept(models.Model):
    """A model whose rows are never deleted."""

    objects = KeptQuerySet.as_manager()

    class Meta:
        abstract = True
        # Django deletes through the base manager too, and that must refuse as well.
        base_manager_name = "objects"

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse.

        Raises:
            DeletionRefused: always.
        """
        raise DeletionRefused(type(self).__name__)


class KeptHistory(HistoricalRecords):
    """A history whose table is the same in every host: the platform says in its settings that dates need no index."""

    def get_extra_fields(self, model: Any, fields: Any) -> dict[str, Any]:
        """Return what each row of a history has beside the columns of its model."""
        return {**super().get_extra_fields(model, fields), "history_date": models.DateTimeField(db_index=True)}


class Attributed(models.Model):
    """A row that says by which right and through what it was last written; who wrote it has a column of its own."""

    #: The role that gave the right, such as ``support`` or ``instructor of the course``; empty for the system.
    role = ExactCharField(max_length=128, blank=True, default="", editable=False)
    #: What the request came through, such as ``session`` or an OAuth2 client; empty if unknown.
    client = ExactCharField(max_length=CLIENT_LENGTH, blank=True, default="", editable=False)
    request_id = ExactCharField(max_length=REQUEST_ID_LENGTH, blank=True, default="", editable=False)

    class Meta:
        abstract = True
