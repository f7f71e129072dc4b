"""Column types of the platform that Django does not have."""

from __future__ import annotations

from django.db import models


class UnsignedBigIntAutoField(models.BigAutoField):
    """An unsigned 64-bit primary key where the engine has one, as the platform's state and grade tables use."""

    def db_type(self, connection) -> str | None:
        """Return the column type, per engine."""
        if connection.vendor == "mysql":
            return "bigint UNSIGNED AUTO_INCREMENT"
        return super().db_type(connection)

    def rel_db_type(self, connection) -> str | None:
        """Return the type of a column that points here, per engine."""
        if connection.vendor == "mysql":
            return "bigint UNSIGNED"
        return super().rel_db_type(connection)
