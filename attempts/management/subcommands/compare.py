"""What changed from one attempt to another: ``compare``."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from attempts import api
from attempts.data import AttemptData
from attempts.exceptions import AttemptNotFound
from attempts.management.analysis_output import comparison_as_text
from attempts.management.subcommands.base import WRONG_USAGE, Subcommand, add_learner_course, refused, show
from attempts.management.subcommands.switches import attempt_ref


class Compare(Subcommand):
    """Two attempts of a learner at a course, block by block."""

    name = "compare"
    help = "what changed from one attempt of a learner to another"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        add_learner_course(parser)
        parser.add_argument(
            "pair",
            nargs="*",
            type=attempt_ref,
            metavar="ATTEMPT",
            help="numbers or uuids of two attempts; default: the last two",
        )

    def run(self, command: BaseCommand, options: dict[str, Any]) -> None:
        """Print the comparison."""
        pair = options["pair"]
        if len(pair) not in (0, 2):
            raise CommandError("Name two attempts, or none for the last two.", returncode=WRONG_USAGE)
        found = api.attempts(options["learner"], options["course"])
        if len(found) == 1:
            raise refused(f"{found[0].learner.username} has one attempt in {options['course']}: nothing to compare.")
        first, second = (named_attempt(found, ref) for ref in pair) if pair else found[-2:]
        show(command, options, api.compare(first, second), comparison_as_text)


def named_attempt(found: Sequence[AttemptData], ref: int | UUID) -> AttemptData:
    """Return the attempt with a number or uuid.

    Args:
        found: all attempts of a learner at a course.
        ref: the number or uuid.

    Raises:
        AttemptNotFound: none of them has it.
    """
    for one in found:
        if ref in (one.number, one.uuid):
            return one
    raise AttemptNotFound(ref, f"{found[0].learner.username} in {found[0].course_key}")
