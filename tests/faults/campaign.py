"""The controller: makes a site, lets many histories run at the same time, and has each checked."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import connection

from tests.factories import COURSE, LOOKALIKE
from tests.faults import plans
from tests.faults.actors import Actor
from tests.faults.checker import Violation, check, check_untouched
from tests.faults.history import EVERYTHING, History, World
from tests.faults.model import Expected, Row, Write
from tests.faults.processes import Pool, spare_the_collector
from tests.faults.rivals import Rival, make_scratch
from tests.faults.servers import Server, query
from tests.faults.settings import LOCK_SECONDS
from tests.faults.site import Broker, Site
from tests.faults.state import Found, read_state, token_of
from tests.faults.summary import summarise

#: Histories whose learners are made, and which are checked, together.
_BATCH = 100
#: Histories that run at the same time.
_AT_ONCE = 40
_ACTORS, _RIVALS, _WORKER_CHILDREN, _WEB_WORKERS = 6, 4, 5, 3
#: Seconds between two runs of what is on the beat, and the age of what it takes up.
_BEAT, _STUCK = 2.0, 10.0
#: Seconds after which an operator recovers what no beat has, because a clock was wrong when it was begun.
_OPERATOR = 25.0


@dataclass
class Batch:
    """Some histories, and what there was before them."""

    seeds: Sequence[int]
    learners: list[tuple[int, str]] = field(default_factory=list)
    before: Found = field(default_factory=Found)
    histories: list[History] = field(default_factory=list)

    @property
    def by_id(self) -> dict[int, list[str]]:
        """The learners' anonymous ids in both courses, by user id; the second says so in its first letter."""
        return {user_id: [name, f"1{name[1:]}"] for user_id, name in self.learners}


class Campaign:
    """Runs histories on the database that Django is connected to.

    Args:
        var: where processes leave word.
        broker_port: where the broker is to listen.
        say: takes lines of progress.
        keep: takes the summary after each batch, so that a run that is cut off can be continued.
    """

    def __init__(
        self, var: Path, broker_port: int, say: Callable[[str], None], keep: Callable[[dict[str, Any]], None]
    ) -> None:
        self.var, self.say, self._keep = var, say, keep
        self.server = Server.of(connection.settings_dict)
        self.violations: list[Violation] = []
        self.histories, self.last_seed, self._checked = 0, 0, 0
        self._engine = self.server.version()
        self._broker_port = broker_port
        make_scratch(self.server)
        # Not to be shared with those who are forked.
        connection.close()
        self._waiting: dict[str, asyncio.Future[None]] = {}
        self._began = time.monotonic()

    async def run(self, seeds: Iterable[int]) -> None:
        """Run the histories of some seeds, and check each."""
        spare_the_collector()
        os.environ["FAULTS_LOG"] = str(self.var / "site.log")
        broker = Broker(self._broker_port, self.var)
        actors = Pool(lambda pipe: Actor(pipe).run(), _ACTORS)
        rivals = Pool(lambda pipe: Rival(pipe, self.server).run(), _RIVALS)
        site = Site(broker, _WORKER_CHILDREN, _WEB_WORKERS)
        self.world = World(
            site, actors, rivals, self.server.connect(), self._ended, {}, LOCK_SECONDS[self.server.vendor]
        )
        helpers = [asyncio.create_task(self._watch()), asyncio.create_task(self._beat())]
        try:
            await self._calibrate()
            await self._run_all(iter(seeds))
        finally:
            for helper in helpers:
                helper.cancel()
            site.stop()
            actors.stop()
            rivals.stop()
            self.world.connection.close()

    async def _run_all(self, seeds: Iterator[int]) -> None:
        at_once = asyncio.Semaphore(_AT_ONCE)
        batches: list[tuple[Batch, asyncio.Task[None]]] = []

        async def finish_first() -> None:
            """Their summary is that of all before them too, so they are waited for in turn."""
            batch, task = batches.pop(0)
            await task
            self.histories, self.last_seed = self.histories + len(batch.seeds), batch.seeds[-1]
            self._keep(self.summary())

        while chunk := list(islice(seeds, _BATCH)):
            batch = await self._prepare(Batch(chunk))
            begun = asyncio.Event()
            batches.append((batch, asyncio.create_task(self._run_batch(batch, at_once, begun))))
            # The next learners are made while the last of these work.
            await begun.wait()
            while batches and batches[0][1].done():
                await finish_first()
        while batches:
            await finish_first()

    async def _calibrate(self) -> None:
        """See how many boundaries a switch of each kind has."""
        batch = await self._prepare(Batch([-1, -2, -3, -4]))
        for history in batch.histories:
            history.plan = plans.undisturbed(history.plan.seed)
        await self._run_batch(batch, asyncio.Semaphore(2), asyncio.Event())
        for line in self._words("boundaries"):
            kind = line["kind"]
            self.world.boundaries[kind] = max(self.world.boundaries.get(kind, 0), line["count"])
        self._checked = 0
        self.world.counts.clear()
        self.say(f"boundaries of a task by kind of switch: {self.world.boundaries}")

    async def _prepare(self, batch: Batch) -> Batch:
        """Make two learners for each history: one who works, and one whose name looks alike and who is left alone."""
        names = [name for seed in batch.seeds for name in (f"ann_{seed}", f"Ann-{seed}")]
        answer = await self.world.actors.ask({"do": "seed", "names": names})
        batch.learners = answer["learners"]
        batch.before = read_state(self.world.connection, batch.by_id)
        for number, seed in enumerate(batch.seeds):
            user_id, anonymous_id = batch.learners[2 * number]
            expected = _expected(seed, user_id, anonymous_id, batch.before)
            batch.histories.append(History(self.world, plans.plan_of(seed), expected, names[2 * number]))
        return batch

    async def _run_batch(self, batch: Batch, at_once: asyncio.Semaphore, begun: asyncio.Event) -> None:
        left = len(batch.histories)

        async def play(history: History) -> None:
            nonlocal left
            async with at_once:
                left -= 1
                if not left:
                    begun.set()
                try:
                    await history.play()
                except Exception as error:
                    raise RuntimeError(f"history {history.plan.seed} could not be played") from error

        await asyncio.gather(*(play(history) for history in batch.histories))
        self._check(batch)

    def _check(self, batch: Batch) -> None:
        after = read_state(self.world.connection, batch.by_id)
        for number, history in enumerate(batch.histories):
            found = history.violations + check(history.expected, after)
            found += check_untouched(history.plan.seed, batch.before, after, batch.learners[2 * number + 1][0])
            for row in after.operations[history.expected.user_id]:
                code = f" {row['error_code']}" if row["error_code"] else ""
                self.world.counts[f"operation {row['kind']} {row['status']}{code}"] += 1
            self.violations += found
            for violation in found:
                self.say(f"VIOLATION in history {violation.seed}: {violation.promise}: {violation.detail}")
        self._checked += len(batch.histories)
        seconds = time.monotonic() - self._began
        self.say(
            f"{self._checked} histories, {len(self.violations)} violations, {seconds:.0f} s, "
            f"{seconds / self._checked:.2f} s each"
        )

    async def _ended(self, uuid: str) -> None:
        """Wait until an operation has ended."""
        future = self._waiting.setdefault(uuid, asyncio.get_running_loop().create_future())
        while True:
            try:
                return await asyncio.wait_for(asyncio.shield(future), _OPERATOR)
            except TimeoutError:
                self.world.counts["recovered by an operator"] += 1
                await self.world.actors.ask({"do": "recover", "older_than": EVERYTHING})

    async def _watch(self) -> None:
        """Look what has ended, for everybody who waits."""
        sql = "SELECT uuid FROM attempts_attemptoperation WHERE in_flight IS NOT NULL"
        while True:
            await asyncio.sleep(0.04)
            if not self._waiting:
                continue
            waiting = list(self._waiting)
            in_flight = {row["uuid"] for row in query(self.world.connection, sql)}
            for uuid in waiting:
                if uuid not in in_flight:
                    self._waiting.pop(uuid).set_result(None)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(_BEAT)
            with contextlib.suppress(Exception):
                answer = await self.world.actors.ask({"do": "recover", "older_than": _STUCK})
                self.world.counts["recovered on the beat"] += answer.get("taken", 0)

    def _words(self, log: str) -> list[dict[str, Any]]:
        path = self.var / log
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def summary(self) -> dict[str, Any]:
        """Return what was done, what broke, and what was found so far."""
        return summarise(
            engine=self._engine,
            histories=self.histories,
            last_seed=self.last_seed,
            violations=self.violations,
            strikes=self._words("strikes"),
            met=self._words("met"),
            deletes=self._words("deletes"),
            boundaries=self.world.boundaries,
            counts=self.world.counts,
            seconds=round(time.monotonic() - self._began),
        )


def _expected(seed: int, user_id: int, anonymous_id: str, before: Found) -> Expected:
    """What a learner has before a history: all of it is of attempt 1."""
    expected = Expected(seed, user_id, anonymous_id, str(COURSE))
    for row_id, row in before.rows[user_id].items():
        if row.course == str(COURSE):
            token = token_of(row_id[0], row.image) or 0
            expected.rows[row_id] = Row({1}, [Write(token, 0, 0, row.image)])
        else:
            assert row.course == str(LOOKALIKE), row
            expected.untouched[row_id] = row.image
    for row_id, (parent, image) in before.hanging[user_id].items():
        expected.untouched[row_id] = image
        if row_id[0] == "submissions_submission" and before.rows[user_id][parent].course == str(COURSE):
            expected.rows[row_id] = Row({1}, [Write(token_of(row_id[0], image) or 0, 0, 0, image)])
    expected.untouched.update(before.others[user_id])
    return expected


def print_line(text: str) -> None:
    """Say something at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
