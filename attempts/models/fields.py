"""Columns that tell upper from lower case on every engine.

The key field of the platform is case-insensitive on MySQL, MariaDB and (since 3.1) SQLite, and only its newer
versions can be told otherwise; ``course-v1:O+C+Run`` and ``course-v1:O+C+run`` are two courses.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from opaque_keys.edx.django.models import CourseKeyField

#: Characters of an organisation's name, as in the platform's table of organisations.
ORG_LENGTH = 255
#: Characters of a course key, as in the platform's key columns.
KEY_LENGTH = 255

_COLLATIONS = {"sqlite": "BINARY", "mysql": "utf8mb4_bin"}


class _CaseSensitive(models.CharField):
    """Gives a character column the binary collation of its engine; PostgreSQL compares exactly as it is."""

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        """Return the column's parameters with the collation replaced."""
        parameters = super().db_parameters(connection)
        return {**parameters, "collation": _COLLATIONS.get(connection.vendor)}


class ExactCharField(_CaseSensitive):
    """A text column that is compared exactly."""


class ExactCourseKeyField(CourseKeyField, _CaseSensitive):
    """A course key column that is compared exactly."""

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        """Return the column's parameters with the collation replaced."""
        return _CaseSensitive.db_parameters(self, connection)
