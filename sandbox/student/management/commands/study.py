"""``manage.py study``: a learner works a little."""

from __future__ import annotations

import random
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey

from sandbox.student.models import CourseEnrollment
from sandbox.work import enable_completion_tracking, grade, work


class Command(BaseCommand):
    """Let a learner work in a course, and be graded."""

    help = "Let a learner work in a course, and be graded."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare who works where, and how."""
        parser.add_argument("learner", help="username")
        parser.add_argument("course", help="plain course key")
        parser.add_argument("--effort", type=float, default=0.3, help="share of the course gone through, 0.0 to 1.0")
        parser.add_argument("--skill", type=float, default=0.4, help="chance that an answer is right, 0.0 to 1.0")
        parser.add_argument("--seed", type=int, default=1, help="another one gives other answers")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Work."""
        try:
            course_key = CourseKey.from_string(options["course"])
        except InvalidKeyError as error:
            raise CommandError(f"'{options['course']}' is not the key of a course.") from error
        learner = get_user_model().objects.filter(username=options["learner"]).first()
        if not CourseEnrollment.objects.filter(user=learner, course_id=course_key).exists():
            raise CommandError(f"'{options['learner']}' is not enrolled in {course_key}.")
        enable_completion_tracking()
        luck = random.Random(options["seed"])  # nosec B311  # no secret
        work(learner, course_key, luck, options["effort"], options["skill"])
        grade(learner, course_key)
        self.stdout.write(f"{options['learner']} has worked in {course_key}.")
