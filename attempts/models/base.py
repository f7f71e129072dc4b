"""What all models of attempts have in common: their rows stay for ever."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models
from simple_history.manager import HistoricalQuerySet

from attempts.exceptions import DeletionRefused


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
