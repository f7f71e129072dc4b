"""The sandbox as a host that does not have the packages: no entry points, no code, no models of theirs."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

from tests.processes import ROOT, environment

_OURS = ("openedx_attempts", "openedx-attempts", "__editable__")


def run_without_packages(directory: Path, program: str) -> subprocess.CompletedProcess[str]:
    """Run a Python program on the tests' database, in an interpreter that cannot find the packages.

    Its path has the standard library, the sandbox, and everything of this environment that is not ours.

    Args:
        directory: where to put what it is made of.
        program: Python code; Django is set up with the sandbox's settings.
    """
    packages = directory / "packages"
    packages.mkdir(parents=True)
    (packages / "sandbox").symlink_to(ROOT / "sandbox")
    for place in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        for entry in Path(place).iterdir():
            if not entry.name.startswith(_OURS) and not (packages / entry.name).exists():
                (packages / entry.name).symlink_to(entry)
    setup = f"import sys; sys.path.append({str(packages)!r}); import django; django.setup()\n"
    # -I: nothing of the work tree; -S: nothing of site-packages but what is linked above.
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", setup + program],
        env=_environment(directory),
        cwd=directory,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def _environment(directory: Path) -> dict[str, Any]:
    return {**environment(directory), "PYTHONDONTWRITEBYTECODE": "1"}
