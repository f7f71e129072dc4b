"""Which of a learner's grades counts: ``grade``."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from attempts import api
from attempts.management.analysis_output import grade_as_text
from attempts.management.subcommands.base import BY_COMMAND, WRONG_USAGE, Subcommand, add_learner_course, show
from attempts.management.subcommands.compare import named_attempt
from attempts.management.subcommands.switches import attempt_ref


class Grade(Subcommand):
    """The grade of record; with ``--choose`` that of another attempt from now on."""

    name = "grade"
    help = "which of a learner's grades at a course counts, or choose it"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        add_learner_course(parser)
        parser.add_argument("--choose", type=attempt_ref, metavar="ATTEMPT", help="number or uuid of the one to count")
        parser.add_argument("--actor", metavar="NAME", help="who chooses: username or e-mail; default: the system")
        parser.add_argument("--comment", metavar="TEXT", help="why; at most 255 characters")

    def run(self, command: BaseCommand, options: dict[str, Any]) -> None:
        """Choose if told to, and print the grade that counts."""
        who, course = options["learner"], options["course"]
        if options["choose"] is None:
            if options["actor"] or options["comment"]:
                raise CommandError("--actor and --comment go with --choose ATTEMPT.", returncode=WRONG_USAGE)
            found = api.grade_of_record(who, course)
        else:
            attempt = named_attempt(api.attempts(who, course), options["choose"])
            by = api.user(options["actor"]) if options["actor"] else None
            comment = options["comment"] or ""
            found = api.choose_grade(attempt, chosen_by=by, comment=comment, provenance=BY_COMMAND)
        show(command, options, found, grade_as_text)
