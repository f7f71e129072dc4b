"""What the subcommands share."""

from __future__ import annotations

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
