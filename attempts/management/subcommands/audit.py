"""What an operator runs after an upgrade or a new plugin."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand

from attempts import api
from attempts.management import output
from attempts.management.subcommands.base import Subcommand, add_format, refused, show


class Audit(Subcommand):
    """Say of every table with data of a learner in a course what attempts do about it."""

    name = "audit"
    help = "say of every table with data of a learner in a course what attempts do about it"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        add_format(parser)

    def run(self, command: BaseCommand, options: dict[str, Any]) -> None:
        """Print the tables; fail if nobody has thought of one of them."""
        try:
            found = api.audit()
        except (ImproperlyConfigured, ImportError) as error:
            raise refused(f"What attempts cover cannot be told: {error}") from error
        show(command, options, found, output.coverage_as_text)
        unknown = [table for table in found if not table.answer]
        if unknown:
            raise refused(f"{len(unknown)} of {len(found)} tables are neither stored nor declared.")
