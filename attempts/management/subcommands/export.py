"""Files for the tools of analysts: ``export``."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from attempts import api
from attempts.data import DATASET_NAMES, EXPORT_FORMATS, ExportProgress, ExportResult
from attempts.management.subcommands.base import WRONG_USAGE, Subcommand, add_format, show


class Export(Subcommand):
    """Writes datasets into a directory; the same again goes on with what was stopped."""

    name = "export"
    help = "write attempts, operations, states, grades and completion into files; see the data dictionary"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("directory", metavar="DIRECTORY", type=Path, help="empty, new, or of an unfinished export")
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--course", metavar="COURSE", help="plain course key, such as course-v1:Org+Course+Run")
        which.add_argument("--org", metavar="ORG", help="all courses of an organisation")
        which.add_argument("--all", action="store_true", help="all courses")
        parser.add_argument("--learner", metavar="LEARNER", help="only this one: username or e-mail address")
        parser.add_argument("--as", dest="as_", choices=EXPORT_FORMATS, default="csv", help="what files; default csv")
        parser.add_argument("--datasets", nargs="+", choices=DATASET_NAMES, default=DATASET_NAMES, metavar="DATASET")
        parser.add_argument(
            "--identities", action="store_true", help="tell whose the pseudonyms are, and what people wrote"
        )
        parser.add_argument("--database", default="default", metavar="ALIAS", help="read from it, such as a replica")
        add_format(parser)

    def run(self, command: BaseCommand, options: dict[str, Any]) -> None:
        """Write it, telling how far it is on the error output."""
        if options["database"] not in connections:
            known = ", ".join(connections)
            raise CommandError(f"There is no database {options['database']}: {known}.", returncode=WRONG_USAGE)
        if not any(options[name] for name in ("course", "org", "all", "learner")):
            raise CommandError("Say of what: --course, --org, --learner or --all.", returncode=WRONG_USAGE)
        query = api.export_query(
            learner=options["learner"],
            course_key=options["course"],
            org=options["org"] or "",
            datasets=options["datasets"],
            format_=options["as_"],
            identities=options["identities"],
        )

        def told(progress: ExportProgress) -> None:
            command.stderr.write(f"{progress.learners} of {progress.of_learners} enrolments, {progress.rows} rows")

        show(command, options, api.export(query, options["directory"], using=options["database"], told=told), _as_text)


def _as_text(result: ExportResult) -> str:
    lines = [f"{name}: {count} rows" for name, count in result.rows.items()]
    return "\n".join([*lines, f"{result.files} files, {result.size} bytes"])
