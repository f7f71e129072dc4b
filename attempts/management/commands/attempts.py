"""``manage.py attempts``: what support and operators do with attempts from a shell."""

from __future__ import annotations

import time
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from attempts import api
from attempts.data import INHERIT, OperationData, Provenance
from attempts.exceptions import AttemptsError, BadRequest, InvalidPolicy, NotFound, OperationFailed
from attempts.management import output

REFUSED = 1
WRONG_USAGE = 2
#: Whoever has a shell on the server may do everything; the record says that it was done there.
BY_COMMAND = Provenance(role="operator", client="manage.py")
_POLL_SECONDS = 0.2
#: Ten years.
_MOST_SECONDS = 315_360_000


def _attempt_ref(text: str) -> int | UUID:
    try:
        return int(text) if text.isascii() and text.isdigit() else UUID(text)
    except ValueError as error:
        raise ArgumentTypeError(f"'{text}' is neither the number nor the uuid of an attempt") from error


def _seconds(text: str) -> timedelta:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= _MOST_SECONDS:
        raise ArgumentTypeError(f"'{text}' is not a number of seconds from 0 to {_MOST_SECONDS}")
    return timedelta(seconds=seconds)


class Command(BaseCommand):
    """Show, preview, reset, undo and activate attempts; policy, verification and recovery.

    Exit code 0: done. 1: refused, failed, or an invariant is broken; the reasons are printed. 2: wrong usage, or
    somebody or something is named that does not exist.
    """

    help = (
        "Learners' attempts: show, preview, reset, undo, activate, policy, verify, recover. "
        "Exit code 0: done; 1: refused, failed or broken, with the reasons; 2: wrong usage."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the subcommands."""
        subcommands = parser.add_subparsers(dest="subcommand", required=True, metavar="SUBCOMMAND")
        self._learner_course(subcommands, "show", "the attempts of a learner at a course")
        preview = self._learner_course(subcommands, "preview", "what a switch would move, and what stands against it")
        preview.add_argument("--kind", choices=("reset", "undo", "activate"), default="reset")
        preview.add_argument("--to", type=_attempt_ref, metavar="ATTEMPT", help="number or uuid, with --kind activate")
        self._switch(subcommands, "reset", "archive the active attempt and open a new one")
        self._switch(subcommands, "undo", "take back the last completed operation")
        activate = self._switch(subcommands, "activate", "make an archived attempt active")
        activate.add_argument("to", type=_attempt_ref, metavar="ATTEMPT", help="its number or uuid")
        policy = subcommands.add_parser("policy", help="what is allowed: show it, or change it with --set")
        policy.add_argument("--org", default="", metavar="ORG", help="the policy of an organisation")
        policy.add_argument("--course", metavar="COURSE", help="the policy of a course; default: of the instance")
        policy.add_argument(
            "--set", action="append", default=[], metavar="FIELD=VALUE", help="VALUE may be `inherit`; repeatable"
        )
        policy.add_argument(
            "--lock",
            action="append",
            default=[],
            metavar="FIELD",
            help="narrower policies cannot decide it",
        )
        policy.add_argument("--unlock", action="append", default=[], metavar="FIELD", help="they can again")
        policy.add_argument("--actor", metavar="NAME", help="who changes it; default: the system")
        _formats(policy)
        verify = subcommands.add_parser("verify", help="prove the invariants; without arguments, of everybody")
        verify.add_argument("learner", nargs="?", metavar="LEARNER")
        verify.add_argument("course", nargs="?", metavar="COURSE")
        _formats(verify)
        recover = subcommands.add_parser("recover", help="carry out operations that were left behind")
        recover.add_argument("--older-than", type=_seconds, metavar="SECONDS", help="default: ATTEMPTS_STUCK_AFTER")
        _formats(recover)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run the subcommand; turn an error of attempts into its exit code."""
        actions: dict[str, Callable[[dict[str, Any]], None]] = {
            "show": self._show,
            "preview": self._preview,
            "reset": self._request,
            "undo": self._request,
            "activate": self._request,
            "policy": self._policy,
            "verify": self._verify,
            "recover": self._recover,
        }
        try:
            actions[options["subcommand"]](options)
        except AttemptsError as error:
            if options["format"] == "json":
                self.stdout.write(output.as_json(output.error_as_data(error)))
            usage = isinstance(error, BadRequest | NotFound)
            raise CommandError(output.error_as_text(error), returncode=WRONG_USAGE if usage else REFUSED) from error

    def _show(self, options: dict[str, Any]) -> None:
        found = api.attempts(options["learner"], options["course"])
        self._print(options, found, output.attempts_as_text)

    def _preview(self, options: dict[str, Any]) -> None:
        if (options["kind"] == "activate") != (options["to"] is not None):
            raise CommandError("--kind activate and --to ATTEMPT go together.", returncode=WRONG_USAGE)
        found = api.preview(options["learner"], options["course"], kind=options["kind"], to=options["to"])
        self._print(options, found, output.preview_as_text)
        if not found.eligibility.eligible:
            raise CommandError(f"A {options['kind']} would be refused.", returncode=REFUSED)

    def _request(self, options: dict[str, Any]) -> None:
        actor = api.user(options["actor"]) if options["actor"] else None
        words: dict[str, Any] = {
            "requested_by": actor,
            "comment": options["comment"],
            "override": options["override"],
            "idempotency_key": options["idempotency_key"],
            "provenance": BY_COMMAND,
        }
        who, course = options["learner"], options["course"]
        if options["subcommand"] == "activate":
            operation = api.request_activate(who, course, options["to"], **words)
        else:
            ask = api.request_reset if options["subcommand"] == "reset" else api.request_undo
            operation = ask(who, course, **words)
        if options["wait"]:
            operation = self._wait(operation, options["timeout"])
        self._print(options, operation, output.operation_as_text)
        if operation.status == "failed":
            raise CommandError(f"The {operation.kind} failed.", returncode=REFUSED)

    def _wait(self, operation: OperationData, timeout: timedelta) -> OperationData:
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

    def _policy(self, options: dict[str, Any]) -> None:
        where = {"org": options["org"], "course_key": options["course"]}
        if options["set"] or options["lock"] or options["unlock"]:
            actor = api.user(options["actor"]) if options["actor"] else None
            changes = dict(_field_and_value(text) for text in options["set"])
            locked = {*api.own_policy(**where).locked, *options["lock"]} - set(options["unlock"])
            found = api.change_policy(changes, locked=locked, changed_by=actor, provenance=BY_COMMAND, **where)
            self._print(options, found, output.policy_as_text)
        elif options["course"]:
            self._print(options, api.effective_policy(options["course"]), output.effective_policy_as_text)
        else:
            self._print(options, api.own_policy(**where), output.policy_as_text)

    def _verify(self, options: dict[str, Any]) -> None:
        found = list(api.verify(options["learner"], options["course"]))
        self._print(options, found, output.findings_as_text)
        if found:
            raise CommandError(f"{len(found)} invariants are broken.", returncode=REFUSED)

    def _recover(self, options: dict[str, Any]) -> None:
        found = [api.operation(uuid) for uuid in api.recover(older_than=options["older_than"])]
        self._print(
            options,
            found,
            lambda done: "\n".join(map(output.operation_as_text, done)) or "Nothing was left behind.",
        )
        unfinished = [operation for operation in found if operation.status != "complete"]
        if unfinished:
            raise CommandError(f"{len(unfinished)} of {len(found)} operations are not complete.", returncode=REFUSED)

    def _print(self, options: dict[str, Any], value: Any, as_text: Callable[[Any], str]) -> None:
        self.stdout.write(output.as_json(value) if options["format"] == "json" else as_text(value))

    def _learner_course(self, subcommands: Any, name: str, help_text: str) -> ArgumentParser:
        parser = subcommands.add_parser(name, help=help_text)
        parser.add_argument("learner", metavar="LEARNER", help="username or e-mail address")
        parser.add_argument("course", metavar="COURSE", help="plain course key, such as course-v1:Org+Course+Run")
        _formats(parser)
        return parser

    def _switch(self, subcommands: Any, name: str, help_text: str) -> ArgumentParser:
        parser = self._learner_course(subcommands, name, help_text)
        parser.add_argument("--actor", metavar="NAME", help="who asks: username or e-mail; default: the system")
        parser.add_argument("--comment", default="", metavar="TEXT", help="why; at most 255 characters")
        parser.add_argument(
            "--override", action="append", default=[], metavar="CODE", help="go on in spite of this reason; repeatable"
        )
        parser.add_argument("--idempotency-key", metavar="KEY", help="the same key asks for the same thing only once")
        parser.add_argument("--wait", action="store_true", help="until the operation has ended")
        parser.add_argument(
            "--timeout", type=_seconds, default=timedelta(seconds=60), metavar="SECONDS", help="with --wait; default 60"
        )
        return parser


_MOST_DIGITS = 18


def _field_and_value(text: str) -> tuple[str, Any]:
    """Read ``FIELD=VALUE``: true, false, a number, unlimited, inherit, or a word."""
    name, equals, value = text.partition("=")
    if not equals:
        raise InvalidPolicy(f"'{text}' is not of the form FIELD=VALUE.")
    words = {"true": True, "false": False, "unlimited": None, "inherit": INHERIT}
    if value.lower() in words:
        return name, words[value.lower()]
    is_number = value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS
    return name, int(value) if is_number else value


def _formats(parser: ArgumentParser) -> None:
    parser.add_argument("--format", choices=("text", "json"), default="text")
