"""Fails when a server that the services tests need takes no real connection; makes the databases that are absent.

The servers are those at ``MARIADB_URL``, ``POSTGRES_URL`` and ``REDIS_URL``.
"""

import os
import re
import sys
from collections.abc import Callable

import dj_database_url
import MySQLdb
import psycopg
import redis


def database_at(url: str) -> dict[str, str]:
    """Return Django's settings of the database at ``url``, its name proved harmless in SQL."""
    settings = dj_database_url.parse(url)
    if not re.fullmatch(r"\w+", settings["NAME"] or ""):
        raise ValueError(f"{settings['NAME']!r} is no plain database name")
    return settings


def mariadb(url: str) -> str:
    """Connect, and make the database with the character set and collation of the platform."""
    database = database_at(url)
    connection = MySQLdb.connect(
        host=database["HOST"],
        port=int(database["PORT"] or 3306),
        user=database["USER"],
        password=database["PASSWORD"],
        charset="utf8mb4",
    )
    cursor = connection.cursor()
    cursor.execute(
        f"CREATE DATABASE IF NOT EXISTS `{database['NAME']}` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"
    )
    cursor.execute("SELECT version()")
    return cursor.fetchone()[0]


def postgres(url: str) -> str:
    """Connect to the maintenance database, and make ours."""
    database = database_at(url)
    with psycopg.connect(
        host=database["HOST"],
        port=database["PORT"] or 5432,
        user=database["USER"],
        password=database["PASSWORD"] or None,
        dbname="postgres",
        autocommit=True,
    ) as connection:
        name = database["NAME"]
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(f'CREATE DATABASE "{name}"')
        return connection.execute("SHOW server_version").fetchone()[0]


def redis_server(url: str) -> str:
    """Connect, and ask for the version."""
    return redis.Redis.from_url(url, socket_connect_timeout=5).info("server")["redis_version"]


SERVERS: dict[str, tuple[str, Callable[[str], str]]] = {
    "MARIADB_URL": ("MariaDB", mariadb),
    "POSTGRES_URL": ("PostgreSQL", postgres),
    "REDIS_URL": ("Redis", redis_server),
}


def main() -> int:
    """Try all three, and say what each answers."""
    failed = 0
    for variable, (name, connect) in SERVERS.items():
        url = os.environ.get(variable)
        if not url:
            print(f"{variable} is not set: run this through `make services-test`.", file=sys.stderr)
            failed = 1
            continue
        try:
            print(f"{name} {connect(url)}")
        except (MySQLdb.Error, psycopg.Error, redis.RedisError) as error:
            print(f"{name} does not take a connection at {variable}: {error}", file=sys.stderr)
            failed = 1
        except ValueError:
            # Its text can quote a part of the URL that is in truth the password.
            print(
                f"{variable} is not the URL of a database of {name}, with a plain name or number: percent-encode what "
                "is special in its user and password.",
                file=sys.stderr,
            )
            failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main())
