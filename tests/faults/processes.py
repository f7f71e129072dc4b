"""Processes of the campaign: forked from the controller, which has everything loaded; talked to from its event loop."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import os
import signal
import time
import traceback
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

_PR_SET_PDEATHSIG = 1
_PATIENCE = 8


def fork(main: Callable[[], None]) -> int:
    """Run ``main`` in a new process, which dies with this one; return its id."""
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        os.setpgid(0, 0)
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        signal.set_wakeup_fd(-1)
        _speak_into(os.environ["FAULTS_LOG"])
        if os.getppid() == parent:
            main()
            status = 0
    except SystemExit:
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def _speak_into(log: str) -> None:
    handle = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    os.close(handle)


def spare_the_collector() -> None:
    """Keep what is loaded out of the garbage collector's way, and shared by all processes."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def end(pid: int, *, group: bool = False) -> None:
    """Kill a process that we forked, with all that it forked if it leads a group."""
    with contextlib.suppress(ProcessLookupError):
        (os.killpg if group else os.kill)(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


def end_gently(pid: int) -> None:
    """Ask a process that leads a group to end; kill the group if it does not in some seconds."""
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if os.waitpid(pid, os.WNOHANG)[0]:
            return
        time.sleep(0.05)
    end(pid, group=True)


class Slot:
    """A place for a process that takes jobs; another one is started when it dies.

    Args:
        run: what the process does with its end of the pipe.

    Attributes:
        generation: how many have died here.
        busy: how many wait for their turn, or have it.
    """

    def __init__(self, run: Callable[[Connection], None]) -> None:
        self._run = run
        self.generation, self.busy, self.lock = 0, 0, asyncio.Lock()
        self._start()

    def _start(self) -> None:
        self._pipe, other = Pipe()
        ours = self._pipe
        self._words: asyncio.Queue[Any] = asyncio.Queue()

        def main() -> None:
            ours.close()
            self._run(other)

        self.pid = fork(main)
        other.close()
        asyncio.get_running_loop().add_reader(self._pipe.fileno(), self._readable)

    def _readable(self) -> None:
        try:
            self._words.put_nowait(self._pipe.recv())
        except (EOFError, ConnectionError):
            asyncio.get_running_loop().remove_reader(self._pipe.fileno())
            self._words.put_nowait(None)

    async def send(self, job: Any) -> None:
        """Give the process a job."""
        with contextlib.suppress(ConnectionError):
            self._pipe.send(job)

    async def receive(self) -> Any:
        """Return the next word of the process; None if it has died, and another one has taken its place."""
        word = await self._words.get()
        if word is None:
            self._pipe.close()
            end(self.pid)
            self.generation += 1
            self._start()
        return word

    def stop(self) -> None:
        """End the process for good."""
        asyncio.get_running_loop().remove_reader(self._pipe.fileno())
        self._pipe.close()
        end(self.pid)


class Pool:
    """Several such places.

    Args:
        run: what each process does.
        size: how many there are.
    """

    def __init__(self, run: Callable[[Connection], None], size: int) -> None:
        self.slots = [Slot(run) for _ in range(size)]

    def least_busy(self) -> Slot:
        """Return the place with the fewest jobs before it."""
        return min(self.slots, key=lambda slot: slot.busy)

    async def ask(self, job: Any, slot: Slot | None = None, generation: int | None = None) -> Any:
        """Have a job done; return the answer, None if the process died of it.

        Args:
            job: the job.
            slot: by the process there; by any, if left out.
            generation: only if no process has died there since.
        """
        slot = slot or self.least_busy()
        slot.busy += 1
        try:
            async with slot.lock:
                if generation not in (None, slot.generation):
                    return {"error": "Gone", "detail": "the process died before"}
                await slot.send(job)
                return await slot.receive()
        finally:
            slot.busy -= 1

    def stop(self) -> None:
        """End all of them."""
        for slot in self.slots:
            slot.stop()
