"""What operators run regularly: ``verify`` and ``recover``."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from attempts import api
from attempts.management import output
from attempts.management.subcommands.base import Subcommand, add_format, refused, seconds, show


class Verify(Subcommand):
    """Prove the invariants."""

    name = "verify"
    help = "prove the invariants; without arguments, of everybody"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("learner", nargs="?", metavar="LEARNER")
        parser.add_argument("course", nargs="?", metavar="COURSE")
        add_format(parser)

    def run(self, command: BaseCommand, options: dict[str, Any]) -> None:
        """Print what is broken; fail if anything is."""
        found = list(api.verify(options["learner"], options["course"]))
        show(command, options, found, output.findings_as_text)
        if found:
            raise refused(f"{len(found)} invariants are broken.")


class Recover(Subcommand):
    """Carry out operations that were left behind."""

    name = "recover"
    help = "carry out operations that were left behind"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--older-than", type=seconds, metavar="SECONDS", help="default: ATTEMPTS_STUCK_AFTER")
        add_format(parser)

    def run(self, command: BaseCommand, options: dict[str, Any]) -> None:
        """Print the operations; fail if one of them did not complete."""
        found = [api.operation(uuid) for uuid in api.recover(older_than=options["older_than"])]
        show(
            command,
            options,
            found,
            lambda done: "\n".join(map(output.operation_as_text, done)) or "Nothing was left behind.",
        )
        unfinished = [operation for operation in found if operation.status != "complete"]
        if unfinished:
            raise refused(f"{len(unfinished)} of {len(found)} operations are not complete.")
