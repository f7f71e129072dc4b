"""Make ``submissions_submission.uuid`` a native uuid on MariaDB, where Django 5 and later expects one.

The package's migration of this name goes on to do the same to two tables that have no such column, and fails.
"""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def convert_uuid(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Change the column's type, where both the server and Django have native uuids."""
    connection = schema_editor.connection
    if connection.vendor == "mysql" and connection.features.has_native_uuid_field:
        schema_editor.execute("ALTER TABLE submissions_submission MODIFY uuid uuid NOT NULL")


class Migration(migrations.Migration):
    """Convert one column."""

    dependencies = [("submissions", "0005_CreateTeamModel")]

    operations = [migrations.RunPython(convert_uuid, migrations.RunPython.noop, atomic=False)]
