"""What is allowed: ``policy``."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from attempts import api
from attempts.data import INHERIT
from attempts.exceptions import InvalidPolicy
from attempts.management import output
from attempts.management.subcommands.base import BY_COMMAND, Subcommand, add_format, show

_MOST_DIGITS = 18


class PolicySubcommand(Subcommand):
    """Show a policy, or change it."""

    name = "policy"
    help = "what is allowed: show it, or change it with --set"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--org", default="", metavar="ORG", help="the policy of an organisation")
        parser.add_argument("--course", metavar="COURSE", help="the policy of a course; default: of the instance")
        parser.add_argument(
            "--set", action="append", default=[], metavar="FIELD=VALUE", help="VALUE may be `inherit`; repeatable"
        )
        parser.add_argument(
            "--lock",
            action="append",
            default=[],
            metavar="FIELD",
            help="narrower policies cannot decide it",
        )
        parser.add_argument("--unlock", action="append", default=[], metavar="FIELD", help="they can again")
        parser.add_argument("--actor", metavar="NAME", help="who changes it; default: the system")
        add_format(parser)

    def run(self, command: BaseCommand, options: dict[str, Any]) -> None:
        """Change what is to be changed and print the policy."""
        where = {"org": options["org"], "course_key": options["course"]}
        if options["set"] or options["lock"] or options["unlock"]:
            actor = api.user(options["actor"]) if options["actor"] else None
            changes = dict(_field_and_value(text) for text in options["set"])
            locked = {*api.own_policy(**where).locked, *options["lock"]} - set(options["unlock"])
            found = api.change_policy(changes, locked=locked, changed_by=actor, provenance=BY_COMMAND, **where)
            show(command, options, found, output.policy_as_text)
        elif options["course"]:
            course = options["course"]
            in_force = output.PolicyInForce(api.effective_policy(course), api.course_settings_report(course))
            show(command, options, in_force, output.policy_in_force_as_text)
        else:
            show(command, options, api.own_policy(**where), output.policy_as_text)


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
