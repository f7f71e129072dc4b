"""Real processes against the tests' database: workers, and commands as an operator types them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db import connection

ROOT = Path(__file__).resolve().parent.parent


def database_url() -> str:
    """Return the URL of the database that the tests use now."""
    settings = connection.settings_dict
    name = str(settings["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    scheme = "mysql" if connection.vendor == "mysql" else "postgres"
    password = f":{quote(settings['PASSWORD'])}" if settings["PASSWORD"] else ""
    return f"{scheme}://{settings['USER']}{password}@{settings['HOST']}:{settings['PORT'] or _PORTS[scheme]}/{name}"


_PORTS = {"mysql": 3306, "postgres": 5432}


def environment(var: Path) -> dict[str, str]:
    """Return the environment of a process that shares database and broker with the others of ``var``."""
    broker = os.environ["CELERY_BROKER_URL"]
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "sandbox.settings",
        "DATABASE_URL": database_url(),
        "CELERY_BROKER_URL": "" if broker.startswith("memory") else broker,
        "SANDBOX_VAR": str(var),
    }


def manage(var: Path, *words: Any) -> subprocess.CompletedProcess[str]:
    """Run ``manage.py`` and return what it said."""
    command = [sys.executable, "manage.py", *(str(word) for word in words)]
    return subprocess.run(
        command, cwd=ROOT, env=environment(var), capture_output=True, text=True, timeout=90, check=False
    )


@contextmanager
def worker(var: Path) -> Iterator[subprocess.Popen]:
    """A Celery worker process, ready for work; ended, however the test ends."""
    log = var / "worker.log"
    command = [sys.executable, "-m", "celery", "-A", "sandbox", "worker", "--pool", "solo", "--loglevel", "INFO"]
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment(var), stdout=output, stderr=output)
    try:
        wait_until(lambda: " ready." in log.read_text(), "the worker is ready")
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until(condition: Callable[[], Any], what: str, seconds: float = 30) -> None:
    """Wait for something to be true.

    Raises:
        AssertionError: it did not become true in time.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.05)
