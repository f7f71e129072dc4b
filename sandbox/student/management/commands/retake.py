"""``manage.py retake``: let learners who did not pass a course take it again."""

from __future__ import annotations

from collections import Counter
from io import StringIO
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from sandbox.celery import app
from sandbox.content.olx import OlxError, course_key
from sandbox.student.management.commands.populate import DEFAULT_COURSE
from sandbox.work.retaking import retake


class Command(BaseCommand):
    """Asks for resets as an operator does, and carries them out here: no worker is needed."""

    help = "Let learners who did not pass a course be reset, work again, and be graded; some of them more than once."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the course, who starts again, and how often."""
        parser.add_argument("--course", default=DEFAULT_COURSE, help=f"course key (default {DEFAULT_COURSE})")
        parser.add_argument("--share", type=float, default=0.5, help="of those who do not pass, 0.0 to 1.0 (0.5)")
        parser.add_argument("--times", type=int, default=3, help="how often at most each of them (3)")
        parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same work (1)")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Let them start again, and print how many did how often."""
        self._refusals: Counter[str] = Counter()
        eager, app.conf.task_always_eager = app.conf.task_always_eager, True
        try:
            self._course = course_key(options["course"])
            counts = retake(self._course, options["share"], options["times"], options["seed"], self._reset)
        except OlxError as error:
            raise CommandError(str(error)) from error
        except ValueError as error:
            raise CommandError(f"{str(error)[0].upper()}{str(error)[1:]}.") from error
        finally:
            app.conf.task_always_eager = eager
        for times, learners in sorted(counts.items()):
            self.stdout.write(f"{learners:>8} learners started again {times} times.")
        for refusal, times in self._refusals.most_common():
            self.stdout.write(f"{times:>8} were refused: {refusal}")

    def _reset(self, user: AbstractBaseUser) -> bool:
        words = ("--actor", "support", "--comment", "Failed; takes the course again", "--wait")
        try:
            call_command("attempts", "reset", user.username, str(self._course), *words, stdout=StringIO())
        except CommandError as error:
            self._refusals[str(error)] += 1
            return False
        return True
