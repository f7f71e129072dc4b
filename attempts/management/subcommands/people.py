"""What people may ask of a site: ``personal-data`` and ``retire``."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from attempts import api
from attempts.management import output
from attempts.management.subcommands.base import Subcommand, add_format, add_no_input, confirm, show


def _add_person(parser: ArgumentParser) -> None:
    parser.add_argument("person", metavar="PERSON", help="username or e-mail address, as the account has it now")


class PersonalDataSubcommand(Subcommand):
    """All that we hold on a person."""

    name = "personal-data"
    help = "all that is held on a person, as learner and as staff"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        _add_person(parser)
        parser.add_argument("--with-work", action="store_true", help="and what she did in each attempt")
        add_format(parser)

    def run(self, command: BaseCommand, options: dict[str, Any]) -> None:
        """Print it."""
        found = api.personal_data(options["person"], with_work=options["with_work"])
        show(command, options, found, output.personal_data_as_text)


class Retire(Subcommand):
    """Blank what people wrote about a person, and what she wrote."""

    name = "retire"
    help = "blank what was written about a person, and what she wrote; rows stay"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        _add_person(parser)
        add_no_input(parser)
        add_format(parser)

    def run(self, command: BaseCommand, options: dict[str, Any]) -> None:
        """Do it if it is meant, and print how many rows were changed."""
        name = api.user(options["person"]).get_username()
        confirm(options, f"What was written about {name}, and by them, is blanked for good.")
        show(command, options, api.retire(options["person"]), output.retired_as_text)
