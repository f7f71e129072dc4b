"""ClickHouse as a library, behind a server of our own that stands in for its HTTP interface.

What is sent is parsed, refused or kept by the real engine; of HTTP there is as much as the sinks of Aspects use.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from chdb import session

from tests.processes import ROOT

DDL = ROOT / "contrib" / "aspects" / "attempts.sql"
#: The table of statements, as Aspects has it.
STATEMENTS = """
CREATE TABLE xapi.xapi_events_all (event_id UUID, emission_time DateTime64(6), event String)
ENGINE = ReplacingMergeTree ORDER BY (emission_time, event_id)
"""


class ClickHouse:
    """A server, and what it was sent."""

    def __init__(self, folder: Path) -> None:
        self._session = session.Session(str(folder))
        self._lock = threading.Lock()
        self.requests: list[str] = []
        self.url = ""

    def rows(self, query: str) -> list[dict[str, Any]]:
        """Return what a query finds."""
        with self._lock:
            found = self._session.query(query, "JSONEachRow")
        return [json.loads(line) for line in str(found).splitlines()]

    def run(self, statements: str) -> None:
        """Run statements that say nothing, each ended by a semicolon."""
        lines = [line for line in statements.splitlines() if not line.startswith("--")]
        with self._lock:
            for statement in filter(str.strip, "\n".join(lines).split(";")):
                self._session.query(statement)

    def insert(self, query: str, parameters: dict[str, str], body: str) -> None:
        """Insert as over HTTP, where settings are parameters."""
        self.requests.append(body)
        table, form = query.rsplit(" FORMAT ", 1)
        said = ", ".join(f"{name} = '{value}'" for name, value in parameters.items())
        with self._lock:
            self._session.query(f"{table} SETTINGS {said} FORMAT {form}\n{body}\n")

    def empty(self) -> None:
        """Make the databases anew."""
        self.requests.clear()
        self.run("DROP DATABASE IF EXISTS event_sink; CREATE DATABASE event_sink;")
        self.run("DROP DATABASE IF EXISTS xapi; CREATE DATABASE xapi;")
        self.run(DDL.read_text())
        self.run(STATEMENTS)


@contextmanager
def served(clickhouse: ClickHouse) -> Iterator[None]:
    """Inside, it answers at its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            words = dict(parse_qsl(urlsplit(self.path).query))
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            try:
                clickhouse.insert(words.pop("query"), words, body)
                status, said = 200, ""
            except Exception as error:
                status, said = 400, str(error)
            self.send_response(status)
            self.send_header("Content-Length", str(len(said.encode())))
            self.end_headers()
            self.wfile.write(said.encode())

        def log_message(self, *_arguments: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    clickhouse.url = f"http://127.0.0.1:{server.server_port}/"
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
