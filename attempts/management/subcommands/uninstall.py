"""What operators do before an uninstall, and after the package is installed again: ``restore-keys``."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand

from attempts import api
from attempts.management import output
from attempts.management.subcommands.base import Subcommand, add_format, add_no_input, confirm, refused, show

_LARGEST_BATCH = 30_000


class RestoreKeys(Subcommand):
    """Bring keys to a form that a platform without this package can parse, or back."""

    name = "restore-keys"
    help = "before an uninstall: bring keys of archived attempts to a form that the bare platform can parse; --back"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--back", action="store_true", help="bring them back, after the package is installed again")
        parser.add_argument("--dry-run", action="store_true", help="count only, and say what stands against it")
        parser.add_argument(
            "--batch",
            type=_batch,
            default=1000,
            metavar="ROWS",
            help="rows in one transaction; default: 1000",
        )
        add_no_input(parser)
        add_format(parser)

    def run(self, command: BaseCommand, options: dict[str, Any]) -> None:
        """Do it if it is meant, say how far it is, and prove that nothing is left; fail if something is."""
        if not (options["back"] or options["dry_run"]):
            confirm(
                options, "No archived attempt of the site can be read, and none switched, until all are brought back."
            )

        def report(table: str, rows: int) -> None:
            command.stderr.write(f"{table}: {rows}")

        done = api.restore_keys(back=options["back"], dry_run=options["dry_run"], batch=options["batch"], report=report)
        show(command, options, done, output.restored_keys_as_text)
        if done.left and not done.dry_run:
            raise refused("Some rows still have such keys. Run it again; if they stay, something still writes them.")


def _batch(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= _LARGEST_BATCH):
        raise ArgumentTypeError(f"'{text}' is not a number from 1 to {_LARGEST_BATCH}")
    return int(text)
