"""Rows that several writers want at once, and rows by their uuid."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, models

Row = TypeVar("Row", bound=models.Model)


def locked_row(model: type[Row], **identity: Any) -> Row:
    """Find or make a row, and lock it for the rest of the transaction.

    One upsert takes the lock at once. Of an insert that is ignored MariaDB keeps a shared lock, and two who have that
    and then want the row for themselves wait for one another.

    Args:
        model: the model.
        identity: the columns of a unique constraint, and their values.
    """
    manager = model._default_manager
    target: dict[str, Any] = {}
    if connection.features.supports_update_conflicts_with_target:
        target["unique_fields"] = list(identity)
    update = [next(iter(identity))]
    manager.bulk_create([model(**identity)], update_conflicts=True, update_fields=update, **target)
    return manager.select_for_update().get(**identity)


def with_uuid(rows: models.QuerySet[Row], uuid: UUID | str) -> models.QuerySet[Row]:
    """Return those of some rows that have a uuid; none if the text is no uuid."""
    try:
        return rows.filter(uuid=UUID(str(uuid)))
    except ValueError:
        return rows.none()
