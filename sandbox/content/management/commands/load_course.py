"""``manage.py load_course``: import a course that Studio exported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from sandbox.content.modulestore import publish
from sandbox.content.olx import ImportedCourse, OlxError, course_key, import_course


class Command(BaseCommand):
    """Imports a course from a folder or archive, and publishes it."""

    help = "Import a course in OLX from a folder or a .tar.gz, or update it in place."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the path and the key."""
        parser.add_argument("path", help="folder or .tar.gz with course.xml or course/course.xml at its top")
        parser.add_argument("--key", help="course key to use instead of the course's own, course-v1:Org+Course+Run")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import the course and print what it has."""
        try:
            key = course_key(options["key"]) if options["key"] else None
            imported = import_course(Path(options["path"]), key)
        except OlxError as error:
            raise CommandError(f"{error} Nothing was imported.") from error
        except DatabaseError as error:
            raise CommandError(
                f"The database refused the course: {error}. Nothing was imported; if tables are "
                "missing, run manage.py migrate first."
            ) from error
        publish(imported.key)
        self._report(imported)

    def _report(self, imported: ImportedCourse) -> None:
        self.stdout.write(f"{imported.display_name} ({imported.key})")
        for block_type, count in imported.blocks.most_common():
            self.stdout.write(f"  {block_type:<24}{count:>6}")
        self.stdout.write(f"{imported.created} blocks created, {imported.updated} updated, {imported.removed} removed")
