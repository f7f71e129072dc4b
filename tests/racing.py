"""Learners who work and operators who switch them at the same moment, with a record of every acknowledged write.

Each write carries a token of its own. Whoever has seen it committed notes it with the attempts that were active from
the moment the work began until it was committed: in one of these it must be found afterwards, and in no other. No two
writers share a block, so that nobody but a switch can lose what one of them has written.
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from threading import Barrier, Event
from typing import Any

from completion.models import BlockCompletion
from django.db import DatabaseError, IntegrityError, connection, transaction
from opaque_keys.edx.keys import CourseKey

from attempts import api
from attempts.fence import LateInsert, LateUpdate, unit_of_work
from attempts.host.isolation import is_deadlock
from attempts.models import AttemptOperation
from attempts.operations import TRANSIENT_ERRORS, execute
from sandbox.grades.models import PersistentCourseGrade
from sandbox.work.rows import save_state
from tests.snapshots import read_placed

OVERRIDE = ["worked_since", "learner_passing"]
_TRIES = 7


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Run calls in threads that start at the same moment; return what they returned, in order.

    Raises:
        Exception: whatever one of them raised, once all have ended.
    """
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait(30)
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(run, call) for call in calls]]


@dataclass(frozen=True)
class Written:
    """A write that was acknowledged: whose, the token in it, and the attempts that may hold it."""

    user_id: int
    token: str
    attempts: frozenset[int]


@dataclass
class Log:
    """What became of the writes of a race, and of its switches."""

    written: list[Written] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)

    def note(self, error: BaseException) -> None:
        """Count an error: what the fence turned away, deadlocks, and anything else by its own words."""
        if isinstance(error, LateInsert | LateUpdate | BlockCompletion.DoesNotExist):
            self.outcomes["turned away by the fence"] += 1
        elif isinstance(error, DatabaseError) and is_deadlock(error):
            self.outcomes["deadlock of a writer"] += 1
        elif isinstance(error, IntegrityError):
            self.outcomes["clash of keys of a writer"] += 1
        else:
            self.outcomes[f"{type(error).__name__}: {error}"] += 1

    def lost(self, *, anywhere: bool = False) -> list[str]:
        """The acknowledged writes that are in no row, or in a row of an attempt that was not active then.

        Args:
            anywhere: be content with any attempt. A row that was made while a switch ran may be missed by it; the sweep
                brings it home, with all that was written to it since. So a write is in its attempt before the sweep or
                after it, and always somewhere.
        """
        found: dict[tuple[int, str], int] = {}
        active: dict[Any, int] = {}
        for (table, _pk), row in read_placed().items():
            if table == "courseware_studentmodule":
                if row.learner not in active:
                    active[row.learner] = switches(row.learner, CourseKey.from_string(row.course))[-1]
                attempt = active[row.learner] if row.attempt is None else row.attempt
                found.update({(row.learner, token): attempt for token in json.loads(dict(row.values)["state"])})
        return [
            f"{one.token} of learner {one.user_id}, written in one of {sorted(one.attempts)}"
            for one in self.written
            if found.get((one.user_id, one.token)) not in (found.values() if anywhere else one.attempts)
        ]


def switches(user_id: int, course_key: CourseKey) -> list[int]:
    """Return the attempts that have been active, in order; the last of them is."""
    ended = AttemptOperation.objects.filter(learner_id=user_id, course_key=course_key, status="complete")
    return [1, *ended.order_by("pk").values_list("to_attempt__number", flat=True)]


class Writer:
    """A learner at work in one window: a request after the other, each a unit of work and a transaction."""

    _numbers = count()

    def __init__(
        self, user: Any, course_key: CourseKey, log: Log, seed: int, window: int = 0, *, in_order: bool = True
    ) -> None:
        """Open a window.

        Args:
            user: the learner.
            course_key: the course.
            log: where writes are noted.
            seed: of what she does.
            window: the number of the window; each has blocks of its own.
            in_order: whether rows that are saved in one request are saved in the same order each time.
        """
        self.user, self.course_key, self.log, self.window, self.in_order = user, course_key, log, window, in_order
        self.random = random.Random(f"{seed} {user.username} {window}")

    def work(self, stop: Event, at_least: int = 3) -> None:
        """Send requests until told to stop."""
        for turn in count():
            if stop.is_set() and turn >= at_least:
                return
            self.request()

    def request(self) -> None:
        """Send one request; note what was acknowledged, or how it ended."""
        token, before = f"token-{next(self._numbers)}", switches(self.user.pk, self.course_key)
        try:
            with unit_of_work(), transaction.atomic():
                self._write(token)
        except (DatabaseError, BlockCompletion.DoesNotExist) as error:
            self.log.note(error)
            return
        active = switches(self.user.pk, self.course_key)[len(before) - 1 :]
        self.log.written.append(Written(self.user.pk, token, frozenset(active)))

    def _write(self, token: str) -> None:
        """As the platform takes its tables: state, completion, grades."""
        blocks = self.random.choice([[0, 1], [2, 3]]) if self.in_order else self.random.sample(range(4), 2)
        keys = [self.course_key.make_usage_key("problem", f"w{self.window}b{block}") for block in blocks]
        for key in keys:
            save_state(self.user, self.course_key, key, {token: 1})
        if self.random.random() < 0.5:
            BlockCompletion.objects.submit_completion(self.user, keys[0], self.random.random())
        if self.window == 0 and self.random.random() < 0.3:
            PersistentCourseGrade.objects.update_or_create(
                user_id=self.user.pk,
                course_id=self.course_key,
                defaults={"percent_grade": self.random.random() / 2, "letter_grade": "", "grading_policy_hash": token},
            )


def carry_out(uuid: Any, log: Log) -> str:
    """Carry an operation out as a worker does, with its tries; return its status."""
    for _try in range(_TRIES):
        try:
            execute(uuid)
            break
        except TRANSIENT_ERRORS as error:
            log.outcomes[_put_off(error)] += 1
            time.sleep(random.uniform(0.05, 0.2))
    return api.operation(uuid).status


def _put_off(error: DatabaseError) -> str:
    """Why a switch is tried again: what was saved between its halves may have the key of a row that it restores."""
    if isinstance(error, IntegrityError):
        return "clash of keys in a switch, tried again"
    return "deadlock of a switch, tried again" if is_deadlock(error) else f"tried again: {error}"


def ask(kind: str, user: Any, course_key: CourseKey, number: int = 1) -> Any:
    """Ask for a switch as an operator does who overrides what may be overridden; return the operation.

    Raises:
        AttemptsError: it is refused.
    """
    if kind == "reset":
        return api.request_reset(user, course_key, requested_by=None)
    if kind == "undo":
        return api.request_undo(user, course_key, requested_by=None, override=OVERRIDE)
    return api.request_activate(user, course_key, number, requested_by=None, override=OVERRIDE)
