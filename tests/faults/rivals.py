"""Somebody else's transaction that is in the way of a switch: holds what it wants, or wants what it holds."""

from __future__ import annotations

import contextlib
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tests.faults.hooks import var
from tests.faults.servers import Server, met

#: What a rival may hold: table, and how its rows are found by the learner's id.
HELD = {
    "states": ("courseware_studentmodule", "student_id"),
    "grade": ("grades_persistentcoursegrade", "user_id"),
    "enrolment": ("student_courseenrollment", "user_id"),
    "identity": ("attempts_learnercourse", "user_id"),
    "operation": ("attempts_attemptoperation", "learner_id"),
}
#: Rows that a rival has written before it runs into a deadlock: MariaDB ends the transaction that has written less.
_WEIGHT = 300
_PATIENCE = 5


def make_scratch(server: Server) -> None:
    """Make the table that rivals write into to be the heavier party of a deadlock."""
    connection = server.connect()
    try:
        connection.cursor().execute("CREATE TABLE faults_scratch (n INTEGER)")
    finally:
        connection.close()


class Rival:
    """A process with a connection of its own, by the driver.

    Args:
        pipe: where jobs come from, and answers go to.
        server: the database.
    """

    def __init__(self, pipe: Connection, server: Server) -> None:
        self.pipe, self.server = pipe, server

    def run(self) -> None:
        """Carry out jobs until the controller is gone."""
        while True:
            try:
                job = self.pipe.recv()
            except EOFError:
                return
            connection = self.server.connect(autocommit=False)
            try:
                answer = getattr(self, f"do_{job['do']}")(job, connection)
            except Exception as error:
                answer = {"error": met(error) or type(error).__name__, "detail": f"{error}"[:300]}
            with contextlib.suppress(Exception):
                connection.rollback()
            connection.close()
            self.pipe.send(answer)

    def do_hold(self, job: dict[str, Any], connection: Any) -> dict[str, Any]:
        """Hold rows of a learner for longer than a statement waits for a lock."""
        cursor = connection.cursor()
        _lock(cursor, job["what"], job["user"])
        self.pipe.send({"holding": True})
        time.sleep(job["seconds"])
        return {}

    def do_cross(self, job: dict[str, Any], connection: Any) -> dict[str, Any]:
        """Hold the learner's last table, and want the first once a switch has it."""
        cursor = connection.cursor()
        if self.server.vendor == "mysql":
            cursor.execute(f"INSERT INTO faults_scratch (n) VALUES {','.join(['(1)'] * _WEIGHT)}")
        else:
            # The party that looks for a deadlock first is the one that fails.
            cursor.execute("SET LOCAL deadlock_timeout = '5s'")
        _lock(cursor, "grade", job["user"])
        self.pipe.send({"holding": True})
        _wait_for(var() / "crossing" / job["name"])
        _lock(cursor, "states", job["user"])
        return {}


def _lock(cursor: Any, what: str, user_id: int) -> None:
    table, column = HELD[what]
    cursor.execute(f"SELECT {column} FROM {table} WHERE {column} = %s FOR UPDATE", (user_id,))
    cursor.fetchall()


def _wait_for(word: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not word.exists() and time.monotonic() < deadline:
        time.sleep(0.005)
