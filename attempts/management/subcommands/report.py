"""Who takes a course again: ``report``."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.dateparse import parse_date, parse_datetime

from attempts import api
from attempts.data import AttemptQuery
from attempts.management.analysis_output import report_as_text
from attempts.management.subcommands.base import WRONG_USAGE, Subcommand, add_format, show

_TIMES = ("opened_after", "opened_before", "archived_after", "archived_before")
_FILTERS = (*_TIMES, "state", "number", "passed", "minimum_grade")


class Report(Subcommand):
    """The report of a course; with ``--public`` the one for a wide audience."""

    name = "report"
    help = "who takes a course again, and how they fare"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("course", metavar="COURSE", help="plain course key, such as course-v1:Org+Course+Run")
        add_format(parser)
        parser.add_argument("--public", action="store_true", help="leave out groups of few learners; takes no filters")
        parser.add_argument("--period", choices=("day", "week", "month"), help="by what resets are counted")
        parser.add_argument("--state", choices=("active", "archived"))
        parser.add_argument("--number", type=int, metavar="N", help="attempts with this number")
        parser.add_argument("--passed", choices=("true", "false"), help="when it was archived")
        parser.add_argument("--minimum-grade", type=float, metavar="GRADE", help="0.0 to 1.0, when it was archived")
        for name in _TIMES:
            parser.add_argument(f"--{name.replace('_', '-')}", type=_moment, metavar="TIME", help="ISO-8601, or a day")

    def run(self, command: BaseCommand, options: dict[str, Any]) -> None:
        """Print the report."""
        filters = {name: options[name] for name in _FILTERS if options[name] is not None}
        if not options["public"]:
            if "passed" in filters:
                filters["passed"] = filters["passed"] == "true"
            query = AttemptQuery(**filters)
            found = api.retake_report(options["course"], query=query, period=options["period"] or "month")
        elif filters or options["period"]:
            raise CommandError("A public report takes no filters and no period.", returncode=WRONG_USAGE)
        else:
            found = api.public_retake_report(options["course"])
        show(command, options, found, report_as_text)


def _moment(text: str) -> datetime:
    """Read a time from the command line; one without a time zone is in UTC."""
    try:
        day = parse_date(text)
        moment = datetime(day.year, day.month, day.day, tzinfo=UTC) if day else parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise ArgumentTypeError(f"'{text}' is no time, such as 2026-03-01 or 2026-03-01T12:00:00Z")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
