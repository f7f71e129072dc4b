"""Asking for switches: ``reset``, ``undo`` and ``activate``."""

from __future__ import annotations

import time
from abc import abstractmethod
from argparse import ArgumentParser, ArgumentTypeError
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand

from attempts import api
from attempts.data import OperationData
from attempts.exceptions import OperationFailed
from attempts.management import output
from attempts.management.subcommands.base import BY_COMMAND, Subcommand, add_learner_course, refused, seconds, show

_POLL_SECONDS = 0.2


def attempt_ref(text: str) -> int | UUID:
    """Read the number or uuid of an attempt from the command line.

    Raises:
        ArgumentTypeError: it is neither.
    """
    try:
        return int(text) if text.isascii() and text.isdigit() else UUID(text)
    except ValueError as error:
        raise ArgumentTypeError(f"'{text}' is neither the number nor the uuid of an attempt") from error


class _Switch(Subcommand):
    """One of the three."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        add_learner_course(parser)
        parser.add_argument("--actor", metavar="NAME", help="who asks: username or e-mail; default: the system")
        parser.add_argument("--comment", default="", metavar="TEXT", help="why; at most 255 characters")
        parser.add_argument(
            "--override", action="append", default=[], metavar="CODE", help="go on in spite of this reason; repeatable"
        )
        parser.add_argument("--idempotency-key", metavar="KEY", help="the same key asks for the same thing only once")
        parser.add_argument("--wait", action="store_true", help="until the operation has ended")
        parser.add_argument(
            "--timeout", type=seconds, default=timedelta(seconds=60), metavar="SECONDS", help="with --wait; default 60"
        )

    def run(self, command: BaseCommand, options: dict[str, Any]) -> None:
        """Ask for the switch, wait for it if told to, and print the operation; fail if it failed."""
        words = {
            "requested_by": api.user(options["actor"]) if options["actor"] else None,
            "comment": options["comment"],
            "override": options["override"],
            "idempotency_key": options["idempotency_key"],
            "provenance": BY_COMMAND,
        }
        operation = self._ask(options, words)
        if options["wait"]:
            operation = _wait(operation, options["timeout"])
        show(command, options, operation, output.operation_as_text)
        if operation.status == "failed":
            raise refused(f"The {operation.kind} failed.")

    @abstractmethod
    def _ask(self, options: dict[str, Any], words: dict[str, Any]) -> OperationData:
        """Ask for the switch."""


class Reset(_Switch):
    """Archive the active attempt and open a new one."""

    name = "reset"
    help = "archive the active attempt and open a new one"

    def _ask(self, options: dict[str, Any], words: dict[str, Any]) -> OperationData:
        return api.request_reset(options["learner"], options["course"], **words)


class Undo(_Switch):
    """Take back the last completed operation."""

    name = "undo"
    help = "take back the last completed operation"

    def _ask(self, options: dict[str, Any], words: dict[str, Any]) -> OperationData:
        return api.request_undo(options["learner"], options["course"], **words)


class Activate(_Switch):
    """Make an archived attempt active."""

    name = "activate"
    help = "make an archived attempt active"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        super().add_arguments(parser)
        parser.add_argument("to", type=attempt_ref, metavar="ATTEMPT", help="its number or uuid")

    def _ask(self, options: dict[str, Any], words: dict[str, Any]) -> OperationData:
        return api.request_activate(options["learner"], options["course"], options["to"], **words)


def _wait(operation: OperationData, timeout: timedelta) -> OperationData:
    deadline = time.monotonic() + timeout.total_seconds()
    while operation.in_flight:
        if time.monotonic() > deadline:
            raise OperationFailed(
                f"Operation {operation.uuid} is {operation.status} after {timeout.total_seconds():g} seconds. "
                "Is a Celery worker running? `attempts recover` carries out what was left behind."
            )
        time.sleep(_POLL_SECONDS)
        operation = api.operation(operation.uuid)
    return operation
