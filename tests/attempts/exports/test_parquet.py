"""What Parquet takes of a process: asked of Linux, for its library's memory is not Python's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.processes import ROOT

pytest.importorskip("pyarrow")

_CHILD = """
import json, sys
from pathlib import Path
from typing import Any
import django
django.setup()
from attempts.datasets.host import STATES
from attempts.exports.formats import FORMATS
from attempts.exports.rows import exported_columns

columns = exported_columns(STATES.columns)

def row(number):
    text, other = f"{number:0700}", {"integer": number, "float": 0.5, "boolean": True, "timestamp": None}
    return [text if column.type == "text" else other[column.type] for column in columns]

def resident():
    lines = Path("/proc/self/status").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon:")) / 1024

part = FORMATS["parquet"].part(Path(sys.argv[1]), columns)
loaded, found = resident(), []
for group in range(60):
    for first in range(0, 300, 30):
        part.write([row(group * 300 + number) for number in range(first, first + 30)])
    part.flush()
    found.append(resident())
part.close()
import pyarrow
print(json.dumps({"pool": pyarrow.default_memory_pool().backend_name, "more": max(found) - loaded, "all": found}))
"""


def _written(path: Path, **variables: str) -> dict[str, Any]:
    inherited = {name: value for name, value in os.environ.items() if name != "ARROW_DEFAULT_MEMORY_POOL"}
    environment = {**inherited, "DJANGO_SETTINGS_MODULE": "tests.settings", **variables}
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, str(path)], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux is asked")
def test_memory_of_the_library(tmp_path: Path) -> None:
    """It does not grow with the groups of a file, and is not that of the library's default, which rounds up to 2 MB."""
    found = _written(tmp_path / "states.parquet")
    assert found["pool"] == "system"
    assert found["more"] < 11, found


def test_where_a_site_has_chosen(tmp_path: Path) -> None:
    """Its choice stays."""
    assert _written(tmp_path / "states.parquet", ARROW_DEFAULT_MEMORY_POOL="mimalloc")["pool"] == "mimalloc"
