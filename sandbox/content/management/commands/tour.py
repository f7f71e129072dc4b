"""``manage.py tour``: a reset and its undo on a course, told with measured figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.test.utils import override_settings, setup_databases, teardown_databases

from sandbox.celery import app
from sandbox.content.olx import OlxError, import_course
from sandbox.tour.story import Story

SHIPPED = Path(__file__).resolve().parents[2] / "courses" / "tides"


class Command(BaseCommand):
    """Tells the story in a database of its own, which is gone afterwards."""

    help = "Walk through a reset and its undo on a course, in a database of its own, with measured figures."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the course."""
        parser.add_argument("--course", type=Path, default=SHIPPED, help="folder or .tar.gz that Studio exported")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run the story; fail if a row is not as it was."""
        app.conf.task_always_eager = True  # the worker's task runs here, where it can be measured
        database = setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
        try:
            with override_settings(DEBUG=False):
                unchanged = self._tell(options["course"])
        finally:
            teardown_databases(database, verbosity=0)
        if not unchanged:
            raise CommandError("Rows are not as they were before.")

    def _tell(self, path: Path) -> bool:
        try:
            course = import_course(path)
        except OlxError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{course.display_name} ({course.key}): {sum(course.blocks.values())} blocks\n")
        unchanged = Story(course.key, self.stdout.write).tell()
        self.stdout.write("\nInvariants, checked row by row:")
        call_command("attempts", "verify", stdout=self.stdout)
        return unchanged
