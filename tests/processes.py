"""Real processes against the tests' database: workers, and commands as an operator types them."""

from __future__ import annotations

import base64
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
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
def worker(var: Path, processes: int = 1) -> Iterator[subprocess.Popen]:
    """A Celery worker, ready for work, with one process or several; ended, however the test ends."""
    log = var / "worker.log"
    command = [sys.executable, "-m", "celery", "-A", "sandbox", "worker", "--loglevel", "INFO"]
    command += ["--pool", "solo"] if processes == 1 else ["--pool", "prefork", "--concurrency", str(processes)]
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment(var), stdout=output, stderr=output, start_new_session=True
        )
    try:
        wait_until(lambda: " ready." in log.read_text(), "the worker is ready", 60)
        yield process
    finally:
        with suppress(ProcessLookupError):
            # Its processes too.
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def servers(var: Path, many: int) -> Iterator[list[int]]:
    """Web server processes with the tests' settings; the ports they answer at. Ended, however the test ends."""
    variables = {**environment(var), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    ports, running = [], []
    for number in range(many):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            ports.append(free.getsockname()[1])
        command = [sys.executable, "manage.py", "runserver", "--noreload", f"127.0.0.1:{ports[number]}"]
        with (var / f"server{number}.log").open("w") as log:
            running.append(subprocess.Popen(command, cwd=ROOT, env=variables, stdout=log, stderr=log))
    try:
        for port in ports:
            wait_until(lambda port=port: _answers(port), "the server answers", 60)
        yield ports
    finally:
        for process in running:
            process.kill()
            process.wait()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def basic_auth(username: str, password: str = "attempts") -> dict[str, str]:
    """Return the header by which somebody logs in with each request."""
    return {"Authorization": f"Basic {base64.b64encode(f'{username}:{password}'.encode()).decode()}"}


def wait_until(condition: Callable[[], Any], what: str, seconds: float = 30) -> None:
    """Wait for something to be true.

    Raises:
        AssertionError: it did not become true in time.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.05)
