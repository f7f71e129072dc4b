"""One history: its steps are carried out, and what should have come of them is written down."""

from __future__ import annotations

import asyncio
import base64
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from tests.faults.checker import Violation
from tests.faults.model import Chain, Expected, Image, Request, Row, Unsure, Write, follow_all
from tests.faults.plans import Plan, Step
from tests.faults.processes import Pool, Slot
from tests.faults.seeding import PASSWORD, SUPPORT
from tests.faults.servers import query
from tests.faults.site import Site
from tests.faults.state import KEYED, placed

_OVERRIDE = ["worked_since", "learner_passing"]
_TRIES = 12
#: For `recover`: everything, whatever a wrong clock has said of its age.
EVERYTHING = -86_400
#: Where the token is that is written into a table without a place for one.
_BEARER = {"submissions_studentitem": "submissions_submission"}
#: What counts a late write that was turned away, by its error.
_LATE = {"LateInsert": "late inserts", "LateUpdate": "late updates"}
_BASIC = base64.b64encode(f"{SUPPORT}:{PASSWORD}".encode()).decode()


@dataclass
class World:
    """What all histories share.

    Attributes:
        site: what serves learners.
        actors: processes of learners and operators.
        rivals: processes that are in the way.
        connection: the controller's own, to look.
        ended: waits until an operation has ended.
        boundaries: how many boundaries the task of each kind of switch has.
        lock_seconds: for how long a statement waits for a lock.
        counts: of what was done.
    """

    site: Site
    actors: Pool
    rivals: Pool
    connection: Any
    ended: Callable[[str], Awaitable[None]]
    boundaries: dict[str, int]
    lock_seconds: float
    counts: Counter[str] = field(default_factory=Counter)
    _events: int = 0

    def event(self) -> int:
        """Count an event of the controller."""
        self._events += 1
        return self._events


@dataclass
class Held:
    """A unit of work that is to write later."""

    slot: Slot
    generation: int
    attempts: set[int]
    job: dict[str, Any]


class History:
    """Carries out a plan for one learner.

    Args:
        world: what it shares with others.
        plan: the plan.
        expected: what the learner has before.
        username: the learner's.
    """

    def __init__(self, world: World, plan: Plan, expected: Expected, username: str) -> None:
        self.world, self.plan, self.expected, self.username = world, plan, expected, username
        self.chain = Chain()
        self.violations: list[Violation] = []
        self._token, self._names = 1, 0
        #: What the attempts of running units may be, and those that open switches may lead to.
        self._running: list[set[int]] = []
        self._open: set[int] = set()
        self._held: dict[int, Held] = {}

    async def play(self) -> None:
        """Carry out every step; then sweep, and let the product verify itself."""
        for step in self.plan.steps:
            self.world.counts[f"step {step['do']}"] += 1
            await getattr(self, f"_{step['do']}")(step)
        await self._drain()
        if self.plan.may_go_astray:
            await self._sweep({})
        answer = await self._ask_until_done("verify")
        for code, detail in answer["findings"]:
            self._violated("verify", f"{code}: {detail}")

    # Work

    async def _work(self, step: Step) -> None:
        for attempt in range(5):
            if await self._try_to_work({**step, "faults": step["faults"] if attempt == 0 else []}):
                return
            await asyncio.sleep(0.35)

    async def _try_to_work(self, step: Step) -> bool:
        writes = [(table, block, self._next_token()) for table, block in step["writes"]]
        attempts = self._begin_unit()
        began = self.world.event()
        job = {"writes": writes, "name": self._name(), "faults": step["faults"], "clock": step["clock"]}
        answer = await self._ask("work", **job)
        self._running = [one for one in self._running if one is not attempts]
        if answer and "acks" in answer:
            for ack in answer["acks"]:
                self._acknowledged(ack, began, attempts, any_attempt=bool(step["clock"]))
            return True
        self.world.counts[f"work refused: {answer['error']}" if answer else "work cut off by a kill"] += 1
        for table, block, token in writes:
            if answer is None or answer.get("in_doubt"):
                write = Write(token, began, self.world.event())
                self.expected.unsure += [
                    Unsure(one, block, write, attempts) for one in {table, _BEARER.get(table, table)}
                ]
            else:
                self.expected.refused.add((_BEARER.get(table, table), token))
        return answer is None

    async def _hold(self, step: Step) -> None:
        job = {"name": self._name(), "insert": step["insert"], "table": step["table"], "block": step["block"]}
        job["block"] += str(step["hold"]) if step["insert"] else ""
        attempts = self._begin_unit()
        slot = self.world.actors.least_busy()
        generation = slot.generation
        answer = await self._ask("hold", slot, generation, **job)
        self._running = [one for one in self._running if one is not attempts]
        if answer and "held" in answer:
            job["some_columns"] = step["some_columns"]
            self._held[step["hold"]] = Held(slot, generation, attempts, job)

    async def _release(self, step: Step) -> None:
        held = self._held.pop(step["hold"], None)
        if held is None:
            return
        token, began = self._next_token(), self.world.event()
        words = {**held.job, "token": token, "faults": step["faults"], "clock": step["clock"]}
        answer = await self._ask("release", held.slot, held.generation, **words)
        if answer and "acks" in answer:
            self.world.counts["late writes that were kept"] += 1
            for ack in answer["acks"]:
                self._acknowledged(ack, began, held.attempts, late=True)
        elif answer and answer["error"] in _LATE:
            self.world.counts[f"{_LATE[answer['error']]} that were turned away"] += 1
            self.expected.refused.add((held.job["table"], token))
        elif answer is None or answer["error"] != "Gone":
            # Not in a transaction: a part of it may be there.
            write = Write(token, began, self.world.event())
            self.expected.unsure.append(Unsure(held.job["table"], held.job["block"], write, held.attempts))

    def _acknowledged(
        self, ack: dict[str, Any], began: int, attempts: set[int], *, late: bool = False, any_attempt: bool = False
    ) -> None:
        table, row_id = ack["table"], (ack["table"], ack["pk"])
        image = placed(table, ack["image"]).image if table in KEYED else ack["image"]
        write = Write(ack["token"], began, self.world.event(), image)
        row = self.expected.rows.get(row_id)
        if row is None:
            possible = set(attempts).union(*(one.attempts for one in self.expected.unsure if one.table == table))
            if any_attempt:
                # The sweep goes by the time a row was made, which is that of a clock that was wrong.
                possible |= set(range(1, self.chain.count + 10))
            row = self.expected.rows[row_id] = Row(possible)
        elif not late and len(attempts) == len(row.attempts) == 1 and attempts != row.attempts:
            self._violated("fidelity", f"row {row_id} of attempt {row.attempts} was read in attempt {attempts}")
        row.writes.append(write)

    # Switches

    async def _switch(self, step: Step) -> None:
        rival = await self._begin_rival(step)
        to = 1 + int(step["to"] * self.chain.count) if step["kind"] == "activate" else None
        target = self.chain.target(step["kind"], to)
        self._open_window(set(range(1, self.chain.count + 3)) if step["twin"] else {target} - {None})
        others: list[Any] = [self._later(delay, self._work(work)) for delay, work in step["during"]]
        if step["site"]:
            others.append(self._break_site(step["site"]))
        if step["twin"]:
            others.append(self._ask_for({**step, "faults": [], "request_faults": []}, "reset", None, "twin"))
        tasks = [asyncio.create_task(other) for other in others]
        await self._ask_for(step, step["kind"], to, "")
        await asyncio.gather(*tasks)
        if rival:
            await rival
        await self._close_window()

    async def _ask_for(self, step: Step, kind: str, to: int | None, suffix: str) -> None:
        key = f"{self.plan.seed}-{step['number']}{suffix}"
        request = Request(key, kind, to)
        self.expected.requests.append(request)
        work = f"{self.plan.seed}-switch-{step['number']}{suffix}"
        turns = self.world.boundaries.get(kind, 1)
        faults = [{"do": fault["do"], "at": fault["turn"] % turns} for fault in step["faults"]]
        if step["rival"] and step["rival"]["do"] == "cross" and not suffix:
            faults.append({"do": "cross", "at": -1})
        comment = json.dumps({"work": work, "faults": faults, "clock": step["clock"]}, separators=(",", ":"))
        ask = self._by_call if step["by"] == "call" else self._by_http
        for _ in range(_TRIES):
            status, word = await ask(step, request, comment)
            if status == "accepted":
                request.uuid = word
                break
            if status == "refused":
                request.refused = word
                self.world.counts[f"request refused: {word}"] += 1
                return
            self.world.counts[f"request repeated: {word}"] += 1
            await asyncio.sleep(0.15)
        if request.uuid:
            await self._send_again(step, request.uuid)
            await self.world.ended(request.uuid)

    async def _by_http(self, step: Step, request: Request, comment: str) -> tuple[str, str]:
        words = {"kind": request.kind, "learner": self.username, "course_id": self.expected.course, "comment": comment}
        if request.kind != "reset":
            words["override"] = _OVERRIDE
        if request.to:
            words["attempt"] = self._uuid_of(request.to)
        headers = {"Authorization": f"Basic {_BASIC}", "Idempotency-Key": request.key}
        planned = {"work": request.key, "faults": step["request_faults"], "clock": step["request_clock"]}
        headers["X-Faults"] = json.dumps(planned)
        answer = await self.world.site.post("/api/attempts/v1/operations/", words, headers)
        if answer is None:
            return "broken", "the connection broke"
        status, body = answer
        if status == 202:
            return "accepted", body["uuid"].replace("-", "")
        return ("broken", str(status)) if status >= 500 else ("refused", str(body.get("code", status)))

    def _uuid_of(self, number: int) -> str:
        """The uuid of an attempt; a made-up one of an attempt that has no row yet, which is refused."""
        sql = (
            "SELECT c.uuid FROM attempts_attemptcontext c JOIN attempts_learnercourse i ON i.id = c.learner_course_id "
            "WHERE i.user_id = %s AND c.number = %s"
        )
        rows = query(self.world.connection, sql, (self.expected.user_id, number))
        return rows[0]["uuid"] if rows else "0" * 32

    async def _by_call(self, _step: Step, request: Request, comment: str) -> tuple[str, str]:
        words = {"kind": request.kind, "to": request.to, "key": request.key, "comment": comment}
        answer = await self._ask("ask", override=_OVERRIDE, **words)
        if answer is None:
            return "broken", "the process died"
        if "uuid" in answer:
            return "accepted", answer["uuid"]
        return ("refused", answer["code"]) if answer.get("code") else ("broken", answer["error"])

    async def _send_again(self, step: Step, uuid: str) -> None:
        """Have the operation carried out several times at once, and earlier ones once more."""
        older = [one.uuid for one in self.expected.requests if one.uuid and one.uuid != uuid]
        again: list[str] = []
        recovering = []
        for message in step["messages"]:
            if message == "recover":
                recovering.append(self._ask("recover", older_than=EVERYTHING))
                what = "recover beside the worker"
            elif message == "older" and older:
                again += [uuid, *reversed(older)]
                what = "message out of order"
            else:
                again += [uuid, uuid]
                what = "message twice"
            self.world.counts[f"struck {what}"] += 1
        if again:
            await self._ask("publish", uuids=again)
        await asyncio.gather(*recovering)

    async def _break_site(self, fault: str) -> None:
        await asyncio.sleep(0.02)
        await getattr(self.world.site, fault)()
        self.world.counts[f"struck {fault}"] += 1

    async def _begin_rival(self, step: Step) -> asyncio.Task[None] | None:
        if step["rival"] is None:
            return None
        slot = self.world.rivals.least_busy()
        slot.busy += 1
        await slot.lock.acquire()
        name = f"{self.plan.seed}-switch-{step['number']}"
        seconds = self.world.lock_seconds + 0.5
        await slot.send({**step["rival"], "user": self.expected.user_id, "name": name, "seconds": seconds})
        word = await slot.receive()

        async def wait() -> None:
            answer = await slot.receive() if word and "holding" in word else word
            self.world.counts[f"rival: {(answer or {}).get('error', 'went away')}"] += 1
            slot.lock.release()
            slot.busy -= 1

        return asyncio.create_task(wait())

    def _open_window(self, targets: set[int]) -> None:
        self._open |= targets
        for attempts in self._running:
            attempts |= targets

    async def _close_window(self) -> None:
        """Follow what has completed, by our own rules."""
        sql = (
            "SELECT o.kind, t.number FROM attempts_attemptoperation o JOIN attempts_attemptcontext t "
            "ON t.id = o.to_attempt_id WHERE o.learner_id = %s AND o.status = 'complete' ORDER BY o.id"
        )
        rows: list[Image] = query(self.world.connection, sql, (self.expected.user_id,))
        chain = follow_all((row["kind"], row["number"]) for row in rows)
        if chain is None:
            self._violated("operations", f"the completed operations lead nowhere: {rows}")
        else:
            self.chain = chain
        self._open = set()

    # Help

    async def _sweep(self, _step: Step) -> None:
        answer = await self._ask_until_done("sweep")
        self.world.counts["rows that a sweep brought home"] += answer.get("moved", 0)
        for code, _detail in answer.get("findings", ()):
            self.world.counts[f"sweep found: {code}"] += 1

    async def _drain(self) -> None:
        """See to it that nothing of the learner is in flight."""
        sql = "SELECT uuid FROM attempts_attemptoperation WHERE learner_id = %s AND in_flight IS NOT NULL"
        for row in query(self.world.connection, sql, (self.expected.user_id,)):
            await self.world.ended(row["uuid"])
        await self._close_window()

    async def _ask(self, what: str, slot: Slot | None = None, generation: int | None = None, **words: Any) -> Any:
        who = {"user": self.expected.user_id, "username": self.username, "course": self.expected.course}
        return await self.world.actors.ask({"do": what, **who, **words}, slot, generation)

    async def _ask_until_done(self, what: str) -> Any:
        """Ask again where somebody was in the way, or the process has died."""
        for _ in range(_TRIES):
            answer = await self._ask(what)
            if answer and "findings" in answer:
                return answer
            self.world.counts[f"{what} repeated"] += 1
            await asyncio.sleep(0.3)
        raise RuntimeError(f"{what} of history {self.plan.seed}: {answer}")

    async def _later(self, delay: float, work: Awaitable[None]) -> None:
        await asyncio.sleep(delay)
        await work

    def _begin_unit(self) -> set[int]:
        attempts = {self.chain.active, *self._open}
        self._running.append(attempts)
        return attempts

    def _next_token(self) -> int:
        self._token += 1
        return self._token

    def _name(self) -> str:
        self._names += 1
        return f"{self.plan.seed}-{self._names}"

    def _violated(self, promise: str, detail: str) -> None:
        self.violations.append(Violation(self.plan.seed, promise, detail))
