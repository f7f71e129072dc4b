"""Looking without changing anything: ``show`` and ``preview``."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from attempts import api
from attempts.data import OperationQuery
from attempts.management import output
from attempts.management.subcommands.base import WRONG_USAGE, Subcommand, add_learner_course, refused, show
from attempts.management.subcommands.switches import attempt_ref

#: Of how many operations it is told what has not worked after them.
_LAST = 20


class Show(Subcommand):
    """The attempts of a learner at a course; as text, also what has not worked after the last switches."""

    name = "show"
    help = "the attempts of a learner at a course"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        add_learner_course(parser)

    def run(self, command: BaseCommand, options: dict[str, Any]) -> None:
        """Print the attempts, and what has not worked."""
        show(command, options, api.attempts(options["learner"], options["course"]), output.attempts_as_text)
        if options["format"] == "text":
            query = OperationQuery(learner=options["learner"], course_key=api.course_key(options["course"]))
            troubled = output.troubles_as_text(api.search_operations(query, size=_LAST).items)
            if troubled:
                command.stdout.write(output.printable(troubled))


class Preview(Subcommand):
    """What a switch would move, and what stands against it."""

    name = "preview"
    help = "what a switch would move, and what stands against it"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        add_learner_course(parser)
        parser.add_argument("--kind", choices=("reset", "undo", "activate"), default="reset")
        parser.add_argument("--to", type=attempt_ref, metavar="ATTEMPT", help="number or uuid, with --kind activate")

    def run(self, command: BaseCommand, options: dict[str, Any]) -> None:
        """Print the preview; fail if the switch would be refused."""
        if (options["kind"] == "activate") != (options["to"] is not None):
            raise CommandError("--kind activate and --to ATTEMPT go together.", returncode=WRONG_USAGE)
        found = api.preview(options["learner"], options["course"], kind=options["kind"], to=options["to"])
        show(command, options, found, output.preview_as_text)
        if not found.eligibility.eligible:
            raise refused(f"A {options['kind']} would be refused.")
