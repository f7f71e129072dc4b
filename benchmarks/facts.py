"""What the figures were measured on; no names of hosts, no paths."""

from __future__ import annotations

import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django
import psutil
from django.core.cache import caches
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
_MARIADB = (
    "innodb_flush_log_at_trx_commit",
    "innodb_buffer_pool_size",
    "innodb_log_file_size",
    "innodb_flush_method",
    "log_bin",
    "sync_binlog",
)
_POSTGRESQL = ("shared_buffers", "synchronous_commit", "fsync", "full_page_writes", "max_wal_size", "work_mem")
_SQLITE = ("journal_mode", "synchronous", "cache_size")


def facts() -> dict[str, Any]:
    """Return machine, versions, settings of the server, commit and date."""
    return {
        "date": datetime.now(tz=UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": _commit(),
        "cpu": _cpu(),
        "cores": psutil.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "kernel": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "django": django.get_version(),
        "server": _server(),
        "server_settings": _settings(),
        "isolation": _isolation(),
        "shared_cache": type(caches["shared"]).__name__,
        "load_average": round(psutil.getloadavg()[0], 2),
    }


def _commit() -> str:
    """The commit, marked if the files differ from it."""
    try:
        commit = _git("rev-parse", "--short=12", "HEAD")
        changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!benchmarks/results")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{commit} with changes" if changed else commit


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _server() -> str:
    if connection.vendor == "sqlite":
        return f"SQLite {'.'.join(map(str, connection.Database.sqlite_version_info))}"
    if connection.vendor == "postgresql":
        return f"PostgreSQL {str(_value('SHOW server_version')).partition(' ')[0]}"
    version = str(_value("SELECT VERSION()"))
    return version if "MariaDB" not in version else f"MariaDB {version.partition('-')[0]}"


def _settings() -> dict[str, str]:
    if connection.vendor == "sqlite":
        return {name: str(_value(f"PRAGMA {name}")) for name in _SQLITE}
    if connection.vendor == "postgresql":
        return {name: str(_value(f"SHOW {name}")) for name in _POSTGRESQL}
    return {name: str(_value(f"SHOW GLOBAL VARIABLES LIKE '{name}'", column=1)) for name in _MARIADB}


def _isolation() -> str:
    if connection.vendor == "sqlite":
        return "serializable"
    if connection.vendor == "postgresql":
        return str(_value("SHOW transaction_isolation"))
    name = "SHOW VARIABLES WHERE Variable_name IN ('tx_isolation', 'transaction_isolation')"
    return str(_value(name, column=1)).lower().replace("-", " ")


def _value(statement: str, column: int = 0) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
    return row[column] if row else "unknown"
