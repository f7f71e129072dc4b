"""What a write that crossed a switch is told: errors of the database, which the platform's writers know."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError
from django.db.models import ProtectedError


class LateInsert(IntegrityError):
    """A row was computed from an attempt that has been archived since; nothing was inserted.

    Args:
        table: the table.
        course_key: the plain key of the course.
    """

    def __init__(self, table: str, course_key: Any) -> None:
        super().__init__(
            f"attempts: no row was inserted into {table}: this request or task began before the learner's latest "
            f"switch of attempts in {course_key}, and what it computed belongs to the attempt before. Do it again."
        )


class LateUpdate(IntegrityError):
    """A value was computed from another attempt than the row it was to be written to lies in; nothing was written.

    Args:
        table: the table.
        pk: the primary key of the row.
        course_key: the plain key of the course.
    """

    def __init__(self, table: str, pk: Any, course_key: Any) -> None:
        super().__init__(
            f"attempts: row {pk} of {table} was not overwritten: this request or task began before the learner's last "
            f"switch of attempts in {course_key}; what it computed belongs to the attempt before. Do it again."
        )


class LateDelete(ProtectedError):
    """A row was read before its attempt was archived or restored; nothing was deleted.

    Args:
        table: the table.
        row: the instance that was to be deleted.
    """

    def __init__(self, table: str, row: Any) -> None:
        super().__init__(
            f"attempts: row {row.pk} of {table} was not deleted: it has moved to another attempt since this request "
            "or task read it. Read it again.",
            {row},
        )
