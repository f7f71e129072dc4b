"""The export of a course's states, beside a bare cursor that writes the same format; each in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.db import connection

from attempts.data import EXPORT_FORMATS
from benchmarks.crowds import crowd_in_attempts
from benchmarks.filling import open_course
from benchmarks.options import Options
from benchmarks.session import environment
from tests.factories import COURSE


def run(options: Options) -> dict[str, Any]:
    """Make the course, and measure format by format, in turns."""
    open_course(COURSE)
    crowd_in_attempts(options.report_learners)
    formats = {format_: _format(format_) for format_ in EXPORT_FORMATS}
    return {"learners": options.report_learners, "states": _states(), "formats": formats}


def _format(format_: str) -> dict[str, Any]:
    found = {who: _process(who, format_) for who in ("bare", "ours")}
    if not found["ours"]["rows"] == found["bare"]["rows"] == _states():
        raise RuntimeError(f"not all states were exported: {found}")
    ratio = round(found["bare"]["seconds"] / found["ours"]["seconds"], 3)
    print(f"{format_}: {found}, {ratio}", flush=True)
    return {**found, "ratio": ratio}


def _process(who: str, format_: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="attempts-benchmarks-") as folder:
        words = [who, format_, str(Path(folder) / "export"), str(COURSE)]
        command = [sys.executable, "-m", "benchmarks.exporting", *words]
        done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=3600, check=False)
        if done.returncode:
            raise RuntimeError(f"a process that was to export states failed:\n{done.stderr}")
        return json.loads(done.stdout.splitlines()[-1])


def _states() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM courseware_studentmodule")
        return cursor.fetchone()[0]
