"""The README's "Use it with curl", executed as it stands against a running sandbox."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from tests.processes import ROOT
from tests.running import running_sandbox

SECTION = re.compile(r"^Use it with curl\n=+\n(.*?)^In an LMS\n=+\n", re.DOTALL | re.MULTILINE)
BLOCK = re.compile(r"^\.\. code-block:: shell\n\n((?:    .*\n|\n)+)", re.MULTILINE)


def blocks() -> list[str]:
    """Return the shell blocks of the section."""
    (section,) = SECTION.findall((ROOT / "README.rst").read_text())
    return [re.sub(r"^    ", "", block, flags=re.MULTILINE) for block in BLOCK.findall(section)]


def give_tables(var: Path) -> None:
    """Copy the tests' empty database to where the sandbox has its own, which spares it half a minute of migrations."""
    with (
        closing(sqlite3.connect(str(connection.settings_dict["NAME"]))) as tests,
        closing(sqlite3.connect(var / "sandbox.sqlite3")) as sandbox,
    ):
        tests.backup(sandbox)


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_use_it_with_curl(tmp_path: Path) -> None:
    """Every command succeeds, and what comes back is what the text around it says."""
    if connection.vendor == "sqlite":
        give_tables(tmp_path)
    with running_sandbox(tmp_path) as sandbox:
        script = "\n".join(f"echo; echo '--- {number}'\n{block}" for number, block in enumerate(blocks()))
        script = script.replace("http://localhost:8000", sandbox.url).replace(".venv/bin/python", sys.executable)
        script = script.replace("export.zip", str(tmp_path / "export.zip"))
        # A loop in the README has no end of its own.
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=ROOT,
            env=sandbox.environment,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    said = re.split(r"^--- \d\n", done.stdout, flags=re.MULTILINE)[1:]
    token, found, reset, worked, analysed, exported, undone, refused, monitored = said
    assert token.strip() == ""
    assert '"eligible":true' in found
    assert '"archived":' in found
    assert '"to_number":2' in reset
    assert '"comment":"Was ill"' in reset
    assert worked.count('"state":"archived"') == 1
    assert worked.count('"block_type":"problem"') == 2
    assert '"percent_grade":' in worked
    assert '"answer_changed":' in analysed
    assert '"retaking":1' in analysed
    assert '"format":"ndjson"' in exported
    assert re.search(r"attempts-[0-9a-f-]{36}/states/course=.*/attempt=2/part-00001\.ndjson", exported)
    assert '"code":"not_eligible"' in undone
    assert '"code":"worked_since"' in undone
    assert '"kind":"undo"' in undone
    assert refused.count('"code":"permission_denied"') == 1
    health, numbers = monitored.split("\n", 1)
    assert health.count('{"status":true}') == 5
    # What the worker did, told by the web server.
    assert 'attempts_operations_total{kind="reset",status="complete"} 1.0' in numbers
    assert 'attempts_operations_total{kind="undo",status="complete"} 1.0' in numbers
