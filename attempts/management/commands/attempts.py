"""``manage.py attempts``: what support and operators do with attempts from a shell."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from attempts.exceptions import AttemptsError, BadRequest, NotFound
from attempts.management import output
from attempts.management.subcommands import SUBCOMMANDS
from attempts.management.subcommands.base import REFUSED, WRONG_USAGE


class Command(BaseCommand):
    """Learners' attempts, by subcommand.

    Exit code 0: done. 1: refused, failed, or an invariant is broken; the reasons are printed. 2: wrong usage, or
    somebody or something is named that does not exist.
    """

    help = (
        f"Learners' attempts: {', '.join(each.name for each in SUBCOMMANDS)}. "
        "Exit code 0: done; 1: refused, failed or broken, with the reasons; 2: wrong usage."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the subcommands."""
        subcommands = parser.add_subparsers(dest="subcommand", required=True, metavar="SUBCOMMAND")
        for each in SUBCOMMANDS:
            each.add_arguments(subcommands.add_parser(each.name, help=each.help))

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run the subcommand; turn an error of attempts into its exit code."""
        chosen = next(each for each in SUBCOMMANDS if each.name == options["subcommand"])
        try:
            chosen.run(self, options)
        except AttemptsError as error:
            if options["format"] == "json":
                self.stdout.write(output.printable(output.as_json(output.error_as_data(error))))
            usage = isinstance(error, BadRequest | NotFound)
            sentence = output.printable(output.error_as_text(error))
            raise CommandError(sentence, returncode=WRONG_USAGE if usage else REFUSED) from error
