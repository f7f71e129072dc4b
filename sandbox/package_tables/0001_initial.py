"""The one migration of each package; Django says for which."""

from __future__ import annotations

from django.db import migrations

from sandbox.package_tables import initial_migration


class Migration(migrations.Migration):
    """Make all tables of one package."""

    initial = True

    def __init__(self, name: str, app_label: str) -> None:
        """Take operations and dependencies from the models of the package."""
        super().__init__(name, app_label)
        made = initial_migration(app_label)
        self.operations = made.operations
        self.dependencies = made.dependencies
