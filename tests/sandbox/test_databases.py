"""SQLite, the sandbox's own database, with a web server and a worker at it."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db.utils import ConnectionHandler

from sandbox.databases import database_from_url


@pytest.mark.parametrize("engine", [None, "sandbox.sqlite3"], ids=["this Django", "Django 4.2"])
def test_who_reads_first_and_then_writes_waits_for_others(
    engine: str | None, tmp_path: Path, django_db_blocker: Any
) -> None:
    """Each of two transactions reads, thinks and writes, at the same time; neither is turned away, nothing is lost."""
    database = database_from_url(f"sqlite:///{tmp_path / 'both.sqlite3'}")
    if engine:
        database |= {"ENGINE": engine, "OPTIONS": {"timeout": 30}}
    connections = ConnectionHandler({"default": database})
    errors: list[Exception] = []

    def count() -> None:
        connection: Any = connections["default"]
        try:
            connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
            with connection.cursor() as cursor:
                cursor.execute("SELECT n FROM counter")
                (n,) = cursor.fetchone()
                time.sleep(0.1)
                cursor.execute("UPDATE counter SET n = %s", [n + 1])
            connection.commit()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    with django_db_blocker.unblock(), closing(connections["default"]) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE counter (n integer)")
        cursor.execute("INSERT INTO counter VALUES (0)")
        threads = [threading.Thread(target=count) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        cursor.execute("SELECT n FROM counter")
        assert (errors, cursor.fetchone()) == ([], (4,))
