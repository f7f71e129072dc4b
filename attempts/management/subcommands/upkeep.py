"""What operators run regularly, and ``repeat`` when a follow-up has failed."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Collection
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from attempts import api
from attempts.data import FollowUpData
from attempts.management import output
from attempts.management.subcommands.base import WRONG_USAGE, Subcommand, add_format, refused, seconds, show


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


class Prove(Subcommand):
    """Prove that archived attempts can be brought back."""

    name = "prove"
    help = "bring archived attempts back on trial and compare; without arguments, all that were not tried yet"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("learner", nargs="?", metavar="LEARNER")
        parser.add_argument("course", nargs="?", metavar="COURSE")
        parser.add_argument("--attempt", type=int, metavar="NUMBER", help="only this attempt of the learner")
        parser.add_argument(
            "--older-than", type=seconds, metavar="SECONDS", help="without LEARNER: again where the last trial is older"
        )
        add_format(parser)

    def run(self, command: BaseCommand, options: dict[str, Any]) -> None:
        """Print what was found; fail if an attempt cannot be brought back as things are."""
        learner, course, number = options["learner"], options["course"], options["attempt"]
        if (learner is None) != (course is None) or (learner is None and number is not None):
            raise CommandError("Give LEARNER and COURSE together, --attempt only with them.", returncode=WRONG_USAGE)
        if learner is not None and options["older_than"] is not None:
            raise CommandError("--older-than goes without LEARNER and COURSE.", returncode=WRONG_USAGE)
        found = api.prove(learner, course, number) if learner else list(api.prove_all(older_than=options["older_than"]))
        show(command, options, found, output.proofs_as_text)
        lost = [attempt for attempt in found if attempt.proof and not attempt.proof.restorable]
        if lost:
            raise refused(f"{len(lost)} of {len(found)} attempts cannot be brought back as things are.")


class Sweep(Subcommand):
    """Put rows that late writes left in the wrong attempt back."""

    name = "sweep"
    help = "put rows that late writes left in the wrong attempt back; without arguments, of everybody"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("learner", nargs="?", metavar="LEARNER")
        parser.add_argument("course", nargs="?", metavar="COURSE")
        add_format(parser)

    def run(self, command: BaseCommand, options: dict[str, Any]) -> None:
        """Print what was moved and what is left; fail if something is left to look at."""
        reports = list(api.sweep(options["learner"], options["course"]))
        show(command, options, reports, output.sweeps_as_text)
        left = sum(len(report.findings) for report in reports)
        if left:
            raise refused(f"{left} rows are left to look at.")


class Recover(Subcommand):
    """Carry out operations that were left behind, and what is overdue after completed ones."""

    name = "recover"
    help = "carry out operations that were left behind, and what is overdue after completed ones"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        default = "default: ATTEMPTS_STUCK_AFTER; of what comes after an operation, 60"
        parser.add_argument("--older-than", type=seconds, metavar="SECONDS", help=default)
        add_format(parser)

    def run(self, command: BaseCommand, options: dict[str, Any]) -> None:
        """Print the operations; fail if one of them did not complete, or something after it did not work."""
        recovered = api.recover(older_than=options["older_than"])
        followed = api.recover_follow_ups(older_than=options["older_than"])
        uuids = dict.fromkeys([*recovered, *(uuid for uuid, _name in followed)])
        found = [api.operation(uuid) for uuid in uuids]
        show(
            command,
            options,
            found,
            lambda done: "\n".join(map(output.operation_as_text, done)) or "Nothing was left behind.",
        )
        unfinished = [operation for operation in found if operation.status != "complete"]
        if unfinished:
            raise refused(f"{len(unfinished)} of {len(found)} operations are not complete.")
        _refuse_if_not_worked([one for each in found for one in each.follow_ups if (each.uuid, one.name) in followed])


class Health(Subcommand):
    """Look whether all is well."""

    name = "health"
    help = "look whether database, migrations, broker, operations and recover are as they should be"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        add_format(parser)

    def run(self, command: BaseCommand, options: dict[str, Any]) -> None:
        """Print what was found; fail if something is wrong."""
        found = api.health()
        show(command, options, found, output.health_as_text)
        wrong = [check.name for check in found if not check.ok]
        if wrong:
            raise refused(f"Not as it should be: {', '.join(wrong)}.")


class Repeat(Subcommand):
    """Run again what has not worked after a switch."""

    name = "repeat"
    help = "run again what has not worked after a switch"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("operation", metavar="OPERATION", help="the uuid of the operation")
        parser.add_argument("--follow-up", metavar="NAME", help="only this one")
        add_format(parser)

    def run(self, command: BaseCommand, options: dict[str, Any]) -> None:
        """Print the operation; fail if something after it still does not work."""
        wanted = options["follow_up"]
        found = api.repeat_follow_ups(options["operation"], wanted)
        show(command, options, found, output.operation_as_text)
        _refuse_if_not_worked([one for one in found.follow_ups if wanted in (None, one.name)])


def _refuse_if_not_worked(follow_ups: Collection[FollowUpData]) -> None:
    """Fail if one of these was tried and has not worked."""
    wrong = [one.name for one in follow_ups if one.status == "failed" or (one.status == "waiting" and one.error_code)]
    if wrong:
        raise refused(f"{len(wrong)} of {len(follow_ups)} follow-ups have not worked: {', '.join(sorted(set(wrong)))}.")
