"""``manage.py populate``: let learners work through a course."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from sandbox.content.olx import OlxError, course_key
from sandbox.work.population import PASSWORD, passing, populate, rows_in_course

DEFAULT_COURSE = "course-v1:OpenAttempts+Tides+2026"


class Command(BaseCommand):
    """Makes learners, enrols them, lets them work and grades them."""

    help = "Make learners who work through a course: some pass, some fail, some barely start."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the course, the number of learners and the seed."""
        parser.add_argument("--course", default=DEFAULT_COURSE, help=f"course key (default {DEFAULT_COURSE})")
        parser.add_argument("--learners", type=int, default=20, help="number of learners (default 20)")
        parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same work (default 1)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Populate the course and print what it has then."""
        try:
            key = course_key(options["course"])
            newcomers = populate(key, options["learners"], options["seed"])
        except OlxError as error:
            raise CommandError(str(error)) from error
        except ValueError as error:
            raise CommandError(f"{str(error)[0].upper()}{str(error)[1:]}.") from error
        except DatabaseError as error:
            raise CommandError(
                f"The database refused: {error}. If tables are missing, run manage.py migrate first."
            ) from error
        rows = rows_in_course(key)
        for table, count in rows.items():
            self.stdout.write(f"{table:<44}{count:>8}")
        self.stdout.write(
            f"{len(newcomers)} learners worked, {options['learners'] - len(newcomers)} were enrolled already; "
            f"{passing(key)} of {rows['student_courseenrollment']} enrolled pass."
        )
        self.stdout.write(f"They log in as learner0001 and so on, password {PASSWORD}.")
