"""Real Celery workers on Redis, and the time that processes have computed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from django.conf import settings
from django.db import connection

from benchmarks.facts import ROOT
from benchmarks.session import environment
from tests.processes import wait_until

#: How the programs of the servers are called, by the vendor of the connection.
_SERVERS = {"mysql": ("mariadbd", "mysqld"), "postgresql": ("postgres",)}


def warm_up_queue(number: int) -> str:
    """Return the queue that only one worker listens to, from its start."""
    return f"attempts-benchmarks-{number}"


@contextmanager
def workers(number: int) -> Iterator[list[psutil.Process]]:
    """So many workers, ready; each listens to a queue of its own until it is told of the common one."""
    started: list[subprocess.Popen] = []
    logs = [Path(settings.VAR_DIR) / f"worker{n}.log" for n in range(number)]
    try:
        for n, log in enumerate(logs):
            command = [
                sys.executable,
                "-m",
                "celery",
                "-A",
                "sandbox",
                "worker",
                "--pool",
                "solo",
                "--loglevel",
                "WARNING",
            ]
            command += ["-n", f"benchmarks{n}@%h", "-Q", warm_up_queue(n), "--prefetch-multiplier", "1"]
            command += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
            with log.open("w") as output:
                started.append(subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=output, stderr=output))
        yield [psutil.Process(process.pid) for process in started]
    except Exception:
        for log in filter(Path.exists, logs):
            print(f"{log.name}: {log.read_text(encoding='utf-8')[-2000:]}", file=sys.stderr)
        raise
    finally:
        for process in started:
            process.terminate()
        for process in started:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_for(condition: Callable[[], Any], what: str, processes: list[psutil.Process], seconds: float) -> None:
    """Wait for something that workers do; notice it if one of them is gone.

    Raises:
        RuntimeError: a worker has ended.
        AssertionError: it did not happen in time.
    """

    def happened() -> bool:
        if not all(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes):
            raise RuntimeError(f"a worker ended before {what}; what it said is above")
        return bool(condition())

    wait_until(happened, what, seconds)


def computed(processes: list[psutil.Process]) -> float:
    """Return the seconds that processes have computed so far."""
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def servers() -> list[psutil.Process]:
    """Return the processes of the database's server on this machine; none if it runs on another."""
    host = connection.settings_dict["HOST"]
    if host not in ("", "127.0.0.1", "localhost", "::1"):
        return []
    names = _SERVERS.get(connection.vendor, ())
    return [process for process in psutil.process_iter(["name"]) if process.info["name"] in names]


def servers_computed() -> float | None:
    """Return the seconds that the database's server has computed so far; None if it is not on this machine.

    What processes of it computed that have ended is with the process that started them.
    """
    total, found = 0.0, False
    for process in servers():
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        found = True
        total += times.user + times.system + times.children_user + times.children_system
    return total if found else None


def log_written() -> int | None:
    """Return the bytes that the server has written to its log of changes so far; None where nobody counts them."""
    statements = {
        "mysql": "SHOW GLOBAL STATUS LIKE 'Innodb_os_log_written'",
        "postgresql": "SELECT '', pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')",
    }
    if connection.vendor not in statements:
        return None
    with connection.cursor() as cursor:
        cursor.execute(statements[connection.vendor])
        row = cursor.fetchone()
    return int(row[1]) if row else None


def check_broker() -> None:
    """Refuse to measure workers without the broker that a site has.

    Raises:
        RuntimeError: the broker is not Redis.
    """
    if not os.environ.get("CELERY_BROKER_URL", "").startswith("redis"):
        raise RuntimeError("the part throughput needs Redis: set REDIS_URL to one that answers")
