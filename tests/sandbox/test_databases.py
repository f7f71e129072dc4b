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


@pytest.mark.parametrize(("isolation", "number"), [("read committed", 2), ("repeatable read", 3)])
def test_an_isolation_level_is_asked_for(isolation: str, number: int) -> None:
    """By the words of SQL on MySQL and MariaDB, by psycopg's number on PostgreSQL."""
    mysql = database_from_url("mysql://root@127.0.0.1/attempts", isolation)
    postgres = database_from_url("postgres://postgres@127.0.0.1/attempts", isolation)
    assert mysql["OPTIONS"]["isolation_level"] == isolation
    assert postgres["OPTIONS"]["isolation_level"] == number
    assert "isolation_level" not in database_from_url("sqlite:///attempts.sqlite3", isolation)["OPTIONS"]


def test_without_one_nothing_is_asked_for() -> None:
    """Django has its own opinion on MySQL and MariaDB."""
    for scheme in ("mysql", "postgres"):
        assert "isolation_level" not in database_from_url(f"{scheme}://somebody@127.0.0.1/attempts")["OPTIONS"]


def test_a_level_that_is_none_is_named() -> None:
    """With those that there are."""
    with pytest.raises(ValueError, match="'snapshot'; it may be 'read committed' or 'repeatable read'"):
        database_from_url("postgres://postgres@127.0.0.1/attempts", "snapshot")
