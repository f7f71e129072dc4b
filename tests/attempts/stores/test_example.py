"""A plugin of somebody else brings its stores by entry point; docs/stores.rst shows its code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parents[3]
#: What an installer leaves of a distribution.
METADATA = {
    "METADATA": "Metadata-Version: 2.1\nName: example\nVersion: 1.0\n",
    "entry_points.txt": "[attempts.stores]\nexample = tests.example.stores:ALL\n",
}


def run_suite(tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """Run the example's tests in a process of their own, on SQLite, where its distribution may be installed."""
    environment = {
        **os.environ,
        "PYTHONPATH": f"{tmp_path}{os.pathsep}{HERE}",
        "DATABASE_URL": "",
        "CELERY_BROKER_URL": "memory://",
        "SANDBOX_VAR": str(tmp_path / "var"),
        # Plugins that it does not need take longer to load than its tests to run.
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    options = ["-q", "-p", "pytest_django.plugin", "-p", "no:cacheprovider", "--ds=tests.example.settings"]
    command = [sys.executable, "-m", "pytest", *options, "tests/example/suite.py"]
    return subprocess.run(command, cwd=HERE, env=environment, capture_output=True, text=True, check=False)


def test_the_example_keeps_the_contract(tmp_path: Path) -> None:
    """Installed as any plugin is; the audit, the preview and a switch know its tables."""
    metadata = tmp_path / "example-1.0.dist-info"
    metadata.mkdir()
    for name, text in METADATA.items():
        (metadata / name).write_text(text)
    done = run_suite(tmp_path)
    assert done.returncode == 0, done.stdout
    assert re.search(r"\b12 passed", done.stdout)


@pytest.mark.slow
def test_without_its_stores_it_fails(tmp_path: Path) -> None:
    """The test above tests something: the tables are there, and nobody has thought of them."""
    done = run_suite(tmp_path)
    assert done.returncode == 1
    assert "10 failed" in done.stdout.splitlines()[-1]
