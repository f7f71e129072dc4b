"""The sandbox as `make run` starts it: its own processes, its own database, a real worker."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.processes import ROOT, wait_until

COURSE = "course-v1:OpenAttempts+Tides+2026"


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox: where it answers, and the environment of its processes."""

    url: str
    environment: dict[str, str]

    def manage(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run ``manage.py`` beside it."""
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=60, check=False
        )

    def failing_learner(self) -> str:
        """Return a learner whom the policy lets be reset."""
        for number in range(1, 7):
            name = f"learner{number:04}"
            if self.manage("attempts", "preview", name, COURSE).returncode == 0:
                return name
        raise AssertionError("nobody can be reset")


@contextmanager
def running_sandbox(var: Path) -> Iterator[Sandbox]:
    """The sandbox, started as a user starts it, and stopped as with Ctrl-C."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **{
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("DATABASE_", "CELERY_", "DJANGO_"))
        },
        "SANDBOX_VAR": str(var),
        "SANDBOX_PORT": str(port),
        "SANDBOX_LEARNERS": "6",
    }
    log = var / "run.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "sandbox.run"], cwd=ROOT, env=environment, stdout=output, stderr=output
        )
    try:
        wait_until(lambda: "Stop both with Ctrl-C" in log.read_text() or process.poll() is not None, "it runs", 90)
        assert process.poll() is None, log.read_text()
        yield Sandbox(f"http://localhost:{port}", environment)
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0, log.read_text()
