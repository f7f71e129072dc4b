"""Views for analysts in the host's database: ``views``."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from attempts import api
from attempts.data import AnalystViews
from attempts.management.subcommands.base import WRONG_USAGE, Subcommand, add_format, add_no_input, confirm, show


class Views(Subcommand):
    """Makes the views, drops them, or prints the SQL for somebody who may."""

    name = "views"
    help = "views of attempts for analysts with SQL: create, drop, or print the statements; drop them before migrations"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("action", choices=("create", "drop", "sql"))
        parser.add_argument("--drop", action="store_true", help="with sql: print the statements that drop them")
        add_no_input(parser)
        add_format(parser)

    def run(self, command: BaseCommand, options: dict[str, Any]) -> None:
        """Do it, and say which views there are now, or no longer."""
        action = options["action"]
        if options["drop"] and action != "sql":
            raise CommandError("--drop goes with sql.", returncode=WRONG_USAGE)
        if action == "sql":
            show(command, options, api.view_statements(drop=options["drop"]), _as_script)
        elif action == "create":
            show(command, options, api.create_views(), lambda views: _as_text(views, "is there"))
        else:
            confirm(options, "Whoever asks the views of attempts will fail, and on PostgreSQL grants on them are lost.")
            show(command, options, api.drop_views(), lambda views: _as_text(views, "was dropped"))


def _as_script(statements: list[str]) -> str:
    return "\n\n".join(f"{statement};" for statement in statements)


def _as_text(views: AnalystViews, what: str) -> str:
    lines = [f"{name} {what}" for name in views.names] or ["There was no view."]
    return "\n".join([*lines, *(f"no view of {name}: this host does not have its tables" for name in views.left_out)])
