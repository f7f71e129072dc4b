"""Everything that is known of an attempt, in one file: ``appeal-pack``."""

from __future__ import annotations

import os
from argparse import ArgumentParser, ArgumentTypeError
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import get_supported_language_variant

from attempts import api
from attempts.management import output
from attempts.management.subcommands.base import WRONG_USAGE, Subcommand, add_learner_course
from attempts.management.subcommands.compare import named_attempt
from attempts.management.subcommands.switches import attempt_ref


class AppealPack(Subcommand):
    """A zip for those who decide on an appeal."""

    name = "appeal-pack"
    help = "everything that is known of an attempt, as one file to read, to print and for programs"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        add_learner_course(parser)
        parser.add_argument("attempt", type=attempt_ref, metavar="ATTEMPT", help="its number or uuid")
        parser.add_argument(
            "--language", type=_language, metavar="CODE", help="of the page, such as de; default: that of the site"
        )
        parser.add_argument("--output", required=True, metavar="FILE", help="the zip to write; it must not exist yet")

    def run(self, command: BaseCommand, options: dict[str, Any]) -> None:
        """Write the file, and print where it is; nothing is left of one that could not be written."""
        attempt = named_attempt(api.attempts(options["learner"], options["course"]), options["attempt"])
        path = Path(options["output"])
        try:
            # It names people: for nobody else's eyes.
            with open(path, "xb+", opener=partial(os.open, mode=0o600)) as file:
                try:
                    api.write_appeal_pack(attempt, file, language=options["language"])
                except BaseException:
                    path.unlink()
                    raise
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.", returncode=WRONG_USAGE) from error
        told = {"file": str(path), "attempt": attempt.number, "bytes": path.stat().st_size}
        text = f"attempt {attempt.number} of {attempt.learner.username}: {path}, {told['bytes']} bytes"
        command.stdout.write(output.printable(output.as_json(told) if options["format"] == "json" else text))


def _language(text: str) -> str:
    """Read a language from the command line; one that the site has not is no slip to be passed over."""
    try:
        return get_supported_language_variant(text)
    except LookupError:
        known = ", ".join(sorted(code for code, _name in settings.LANGUAGES))
        raise ArgumentTypeError(f"'{text}' is no language of this site; it has {known}") from None
