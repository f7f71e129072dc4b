"""What breaks inside a process: at which statement, and how. Installed by the campaign only, never by the product.

A *boundary* is the moment before a statement, before a commit, and after a commit. Those of a piece of work, such as
one run of a task, are counted from 0.
"""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from tests.faults.servers import Server, connection_id, met

_DELETE = re.compile(r"^\s*DELETE\s+FROM\s+[\"`]?(\w+)", re.IGNORECASE)
_SHORT = re.compile(r"\b(?:FROM|INTO|UPDATE)\s+[\"`]?(\w+)", re.IGNORECASE)
#: Django's own table, which its session middleware may delete from.
_EXEMPT = {"django_session"}
_real_time = time.time


def var() -> Path:
    """Where the processes of a campaign leave word."""
    return Path(os.environ["SANDBOX_VAR"])


def leave_word(log: str, **words: Any) -> None:
    """Append a line to a log that all processes share; one write, so that lines do not mix."""
    line = json.dumps({"pid": os.getpid(), **words}) + "\n"
    handle = os.open(var() / log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(handle, line.encode())
    finally:
        os.close(handle)


class Faults:
    """The faults of one process: which piece of work it is at, and what happens at which boundary of it.

    Args:
        role: what the process is: worker, web or learner.
    """

    def __init__(self, role: str) -> None:
        self.role = role
        self.server = Server.of(connection.settings_dict)
        self._work, self._kind, self._reached, self._planned = "", "", 0, {}
        self._crossing = False

    def install(self) -> None:
        """Hear of every statement and commit of this process."""
        connection.execute_wrappers.append(self._statement)
        commit = connection._commit

        def committing() -> Any:
            self._reach("before COMMIT")
            done = commit()
            self._reach("after COMMIT")
            return done

        connection._commit = committing

    def begin(self, work: str, kind: str, faults: Sequence[dict[str, Any]], clock: float = 0) -> None:
        """Begin a piece of work.

        Args:
            work: its name; a fault of it strikes once, however often it is begun.
            kind: what sort of work it is, for the log.
            faults: what happens (``do``) at which boundary (``at``).
            clock: seconds by which this process's clock is wrong meanwhile.
        """
        self._work, self._kind, self._reached = work, kind, 0
        self._planned = {fault["at"]: (number, fault["do"]) for number, fault in enumerate(faults)}
        self._crossing = any(fault["do"] == "cross" for fault in faults)
        set_clock(clock)
        if clock:
            leave_word("strikes", fault="clock", role=self.role, work=work)

    def end(self) -> int:
        """End a piece of work; return how many boundaries it had."""
        self._planned, reached = {}, self._reached
        set_clock(0)
        self._work = ""
        return reached

    def _statement(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        text = str(sql)
        deleted = _DELETE.match(text)
        if deleted and deleted[1] not in _EXEMPT:
            leave_word("deletes", role=self.role, work=self._work, sql=text[:200])
        self._reach(text)
        try:
            done = execute(sql, params, many, context)
        except Exception as error:
            fault = met(error)
            if fault:
                leave_word("met", fault=fault, role=self.role, work=self._work)
            raise
        if self._crossing and text.startswith("UPDATE") and "courseware_studentmodule" in text:
            # The rival may want now what this transaction holds.
            crossing = var() / "crossing"
            crossing.mkdir(exist_ok=True)
            (crossing / self._work).touch()
        return done

    def _reach(self, label: str) -> None:
        if not self._work:
            return
        at, self._reached = self._reached, self._reached + 1
        number, fault = self._planned.pop(at, (None, None))
        if fault == "fill_disk" and label == "after COMMIT":
            # No server says that when all is written; the statement that comes next may be told so.
            self._planned.setdefault(at + 1, (number, fault))
            return
        if fault is None or not _first_time(f"{self.role}-{self._work}-{number}"):
            return
        short = _short(label)
        leave_word("strikes", fault=fault, role=self.role, work=self._work, kind=self._kind, at=at, label=short)
        getattr(self, f"_{fault}")()

    def _kill(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def _lose_connection(self) -> None:
        if connection.connection is not None:
            self.server.kill(connection_id(connection.connection))

    def _fill_disk(self) -> None:
        with connection.wrap_database_errors:
            raise self.server.disk_full()


def _short(label: str) -> str:
    """Say of a statement what it does to which table."""
    if "COMMIT" in label:
        return label
    table = _SHORT.search(label)
    return " ".join(filter(None, (label.strip("( ").split()[0], "survey" if "UNION" in label else table and table[1])))


def _first_time(name: str) -> bool:
    struck = var() / "struck"
    struck.mkdir(exist_ok=True)
    try:
        os.close(os.open(struck / name, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


def set_clock(seconds: float) -> None:
    """Let the clock of this process be wrong by so many seconds, for Django and for the fence.

    Monotonic clocks go on as they are, as they do when a host's clock is set. The code of Django's ``now`` is replaced
    rather than the function, because the fields of models hold on to the function.
    """
    timezone._faults_clock = timezone.timedelta(seconds=seconds)
    timezone.now.__code__ = _shifted_now.__code__
    time.time = (lambda: _real_time() + seconds) if seconds else _real_time


def _shifted_now() -> Any:
    return datetime.now(tz=timezone.utc) + _faults_clock  # noqa: F821 - names of django.utils.timezone
