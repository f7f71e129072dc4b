"""What the subcommands share."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from attempts.data import Provenance
from attempts.management import output

REFUSED: Final = 1
WRONG_USAGE: Final = 2
#: Whoever has a shell on the server may do everything; the record says that it was done there.
BY_COMMAND = Provenance(role="operator", client="manage.py")
#: Ten years.
_MOST_SECONDS = 315_360_000


class Subcommand(ABC):
    """One thing that ``manage.py attempts`` can do.

    Attributes:
        name: the word on the command line.
        help: what the help says of it.
    """

    name: str
    help: str

    @abstractmethod
    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""

    @abstractmethod
    def run(self, command: BaseCommand, options: dict[str, Any]) -> None:
        """Do it, and print what came of it.

        Raises:
            AttemptsError: what was asked for is refused or makes no sense.
            CommandError: something was done and its outcome is not good.
        """


def show(command: BaseCommand, options: dict[str, Any], value: Any, as_text: Callable[[Any], str]) -> None:
    """Print a value in the format that was asked for."""
    text = output.as_json(value) if options["format"] == "json" else as_text(value)
    command.stdout.write(output.printable(text))


def refused(sentence: str) -> CommandError:
    """Return the error of a subcommand that ran and whose outcome is not good."""
    return CommandError(sentence, returncode=REFUSED)


def add_no_input(parser: ArgumentParser) -> None:
    """Declare that the question of :func:`confirm` is not asked."""
    parser.add_argument(
        "--noinput", "--no-input", action="store_false", dest="interactive", help="do it without asking; for scripts"
    )


def confirm(options: dict[str, Any], what: str) -> None:
    """Ask on the terminal whether something is meant that cannot simply be taken back.

    Args:
        options: those of the command.
        what: a sentence that says what is going to happen.

    Raises:
        CommandError: the answer is not yes, or there is no terminal to ask on and no ``--no-input``.
    """
    if not options["interactive"]:
        return
    if not sys.stdin.isatty():
        raise CommandError(f"{what} Nothing was done: say --no-input if that is meant.", returncode=WRONG_USAGE)
    if input(f"{output.printable(what)} Type 'yes' to go on: ").strip() != "yes":
        raise refused("Nothing was done.")


def add_format(parser: ArgumentParser) -> None:
    """Declare the format of what is printed."""
    parser.add_argument("--format", choices=("text", "json"), default="text")


def add_learner_course(parser: ArgumentParser) -> None:
    """Declare a learner and a course, both required."""
    parser.add_argument("learner", metavar="LEARNER", help="username or e-mail address")
    parser.add_argument("course", metavar="COURSE", help="plain course key, such as course-v1:Org+Course+Run")
    add_format(parser)


def seconds(text: str) -> timedelta:
    """Read a number of seconds from the command line.

    Raises:
        ArgumentTypeError: it is none, or negative, or more than ten years.
    """
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= _MOST_SECONDS:
        raise ArgumentTypeError(f"'{text}' is not a number of seconds from 0 to {_MOST_SECONDS}")
    return timedelta(seconds=number)
