"""The site that is broken: its broker, its worker, its web server, and the database it shares."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

from tests.faults.processes import end, end_gently, fork

_ANSWER_SECONDS = 30


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Broker:
    """A Redis of the campaign's own, which keeps nothing on disk.

    Args:
        port: where it listens.
        var: where it may write its log.
    """

    def __init__(self, port: int, var: Path) -> None:
        self.port, self.var = port, var
        self.start()

    def start(self) -> None:
        """Start it, and wait until it listens."""
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        with (self.var / "redis.log").open("a") as log:
            self.process = subprocess.Popen(command, cwd=self.var, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.01)
        raise RuntimeError("the broker does not listen")

    def kill(self) -> None:
        """Kill it, with all the messages it had."""
        self.process.kill()
        self.process.wait()


class Site:
    """Everything that serves learners but the database.

    Args:
        broker: the broker.
        children: how many tasks the worker runs at once.
        web_workers: how many requests the web server answers at once.
    """

    def __init__(self, broker: Broker, children: int, web_workers: int) -> None:
        self.broker, self.children = broker, children
        self._listening = socket.socket()
        self._listening.bind(("127.0.0.1", 0))
        self._listening.listen(128)
        self.port = self._listening.getsockname()[1]
        self._web = fork(lambda: self._serve(web_workers))
        self._start_worker()

    def _serve(self, workers: int) -> None:
        from tests.faults.web import WebServer

        os.environ["GUNICORN_FD"] = str(self._listening.fileno())
        WebServer(f"fd://{self._listening.fileno()}", workers).run()

    def _start_worker(self) -> None:
        from tests.faults.worker import run_worker

        self._worker = fork(lambda: run_worker(self.children))

    async def stop_broker(self) -> None:
        """Let the broker stand still for a while."""
        self.broker.process.send_signal(signal.SIGSTOP)
        try:
            await asyncio.sleep(0.8)
        finally:
            self.broker.process.send_signal(signal.SIGCONT)

    async def kill_broker(self) -> None:
        """Kill the broker with all messages; a new and empty one takes its place."""
        self.broker.kill()
        await asyncio.sleep(0.3)
        self.broker.start()

    async def kill_worker(self) -> None:
        """Kill the whole worker, children and all; messages it had taken are not given to anybody for an hour."""
        end(self._worker, group=True)
        await asyncio.sleep(0.1)
        self._start_worker()

    def stop(self) -> None:
        """End all of it; the worker and the web server end their children, so that their time is counted."""
        for pid in (self._worker, self._web):
            end_gently(pid)
        self.broker.kill()

    async def post(
        self, path: str, words: dict[str, Any], headers: dict[str, str]
    ) -> tuple[int, dict[str, Any]] | None:
        """Send a request; return status and answer, None if the connection broke."""
        body = json.dumps(words).encode()
        lines = [f"POST {path} HTTP/1.1", f"Host: localhost:{self.port}", "Content-Type: application/json"]
        lines += [f"Content-Length: {len(body)}", "Connection: close", *(f"{n}: {v}" for n, v in headers.items())]
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
            answer = await asyncio.wait_for(reader.read(), _ANSWER_SECONDS)
            writer.close()
        except (OSError, TimeoutError):
            return None
        head, _, text = answer.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1."):
            return None
        try:
            return int(head.split()[1]), json.loads(text)
        except ValueError:
            return int(head.split()[1]), {}
