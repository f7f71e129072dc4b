"""Random histories of learners, work, switches and crashes, compared with a model after every step.

The model knows nothing of attempts' code: it reads the tables by plain SQL and moves rows between numbered heaps.
Covers conservation, fidelity, isolation, all-or-nothing at every statement, and contiguous numbers with exactly
one active attempt.
"""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from attempts import api
from attempts.exceptions import NothingToUndo
from attempts.operations import execute
from sandbox.student.models import anonymous_id_for_user
from tests.factories import COURSE, LOOKALIKE, CourseFactory, EnrolmentFactory, PolicyFactory, UserFactory
from tests.snapshots import OTHERS, Placed, read_placed, read_tables
from tests.work import foreign_state, work

_NO_TIME = timedelta(0)
OVERRIDE = ["worked_since", "learner_passing"]
_CONTROL = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "START")


class Killed(BaseException):
    """The process dies here."""


class KillAt:
    """An execute wrapper that dies before the n-th statement, transaction control not counted."""

    def __init__(self, n: int) -> None:
        self.left = n

    def __call__(self, run: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Pass the statement on, or die."""
        if not sql.startswith(_CONTROL):
            if self.left == 0:
                raise Killed
            self.left -= 1
        return run(sql, params, many, context)


class Histories(RuleBasedStateMachine):
    """Two learners in two courses whose keys look alike, in a transaction that is rolled back at the end."""

    learners = st.integers(0, 1)
    courses = st.sampled_from([COURSE, LOOKALIKE])
    seeds = st.integers(0, 2**32)

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        PolicyFactory()
        for key in (COURSE, LOOKALIKE):
            CourseFactory(id=key)
        self.users = [UserFactory() for _ in range(2)]
        for user in self.users:
            for key in (COURSE, LOOKALIKE):
                EnrolmentFactory(user=user, course_id=key)
                anonymous_id_for_user(user, key)
        self.owners = {
            row["anonymous_user_id"]: row["user_id"]
            for row in read_tables(["student_anonymoususerid"])["student_anonymoususerid"].values()
        }
        #: Heap of each learner and course that is active, and all (from, to) switches in order.
        self.active: dict[tuple[int, str], int] = {}
        self.count: dict[tuple[int, str], int] = {}
        self.log: dict[tuple[int, str], list[tuple[int, int]]] = {}
        self.expected = read_placed()
        self.others = read_tables(OTHERS)

    def teardown(self) -> None:
        """Take everything back."""
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    def place(self, row: Placed) -> tuple[int, str]:
        """Whose row it is, in which course."""
        return (self.owners.get(row.learner, row.learner), row.course)

    def switched(self, user: Any, course: Any, to: int) -> None:
        """Move the heaps of the model: the active one is put away, ``to`` is taken out."""
        at = (user.pk, str(course))
        leaving = self.active.get(at, 1)
        for key, row in self.expected.items():
            if self.place(row) == at and row.attempt in (None, to):
                number = leaving if row.attempt is None else None
                self.expected[key] = Placed(row.learner, row.course, number, row.values)
        self.active[at] = to
        self.count[at] = max(self.count.get(at, 1), to)
        self.log.setdefault(at, []).append((leaving, to))

    def next_target(self, kind: str, user: Any, course: Any) -> int | None:
        """Where the switch should lead, None if it must be refused."""
        at = (user.pk, str(course))
        if kind == "reset":
            return self.count.get(at, 1) + 1
        return self.log[at][-1][0] if self.log.get(at) else None

    @rule(who=learners, course=courses, seed=seeds, foreign=st.booleans())
    def learner_works(self, who: int, course: Any, seed: int, foreign: bool) -> None:
        """Rows of the active attempt are added and changed; no other row may be."""
        rng, at = random.Random(seed), (self.users[who].pk, str(course))
        work(self.users[who], course, rng)
        if foreign:
            foreign_state(self.users[who], course, rng)
        found = read_placed()
        assert self.expected.keys() <= found.keys()
        untouched = {key: row for key, row in self.expected.items() if self.place(row) != at or row.attempt is not None}
        assert {key: found[key] for key in untouched} == untouched
        self.expected, self.others = found, read_tables(OTHERS)

    @rule(who=learners, course=courses, kind=st.sampled_from(["reset", "undo"]))
    def support_switches(self, who: int, course: Any, kind: str) -> None:
        """A reset opens an empty attempt; an undo brings the one before back."""
        to = self.next_target(kind, self.users[who], course)
        uuid = self.request(kind, who, course, refused=to is None)
        if uuid:
            execute(uuid)
            execute(uuid)
            self.switched(self.users[who], course, to)

    @rule(who=learners, course=courses, number=st.integers(1, 4))
    def support_activates(self, who: int, course: Any, number: int) -> None:
        """Any archived attempt can be made active."""
        at = (self.users[who].pk, str(course))
        if number <= self.count.get(at, 1) and number != self.active.get(at, 1):
            operation = api.request_activate(self.users[who], course, number, requested_by=None, override=OVERRIDE)
            execute(operation.uuid)
            self.switched(self.users[who], course, number)

    @rule(who=learners, course=courses, kind=st.sampled_from(["reset", "undo"]), at=st.integers(0, 34))
    def worker_is_killed(self, who: int, course: Any, kind: str, at: int) -> None:
        """A worker dies between two statements: nothing was done, or everything; recovery does it once."""
        to = self.next_target(kind, self.users[who], course)
        uuid = self.request(kind, who, course, refused=to is None)
        if uuid is None:
            return
        try:
            with connection.execute_wrapper(KillAt(at)):
                execute(uuid)
        except Killed:
            assert api.operation(uuid).in_flight
            self.tables_are_as_expected()
            api.recover(older_than=_NO_TIME)
        assert api.operation(uuid).status == "complete"
        self.switched(self.users[who], course, to)

    def request(self, kind: str, who: int, course: Any, *, refused: bool) -> Any:
        """Ask for a switch; check that it is refused if there is nothing to undo."""
        ask = {"reset": api.request_reset, "undo": api.request_undo}[kind]
        words = {} if kind == "reset" else {"override": OVERRIDE}
        if not refused:
            return ask(self.users[who], course, requested_by=None, **words).uuid
        with pytest.raises(NothingToUndo):
            ask(self.users[who], course, requested_by=None, **words)
        return None

    @invariant()
    def tables_are_as_expected(self) -> None:
        """Every row is where the model has it, with every column as it was."""
        assert read_placed() == self.expected
        assert read_tables(OTHERS) == self.others

    @invariant()
    def attempts_are_as_expected(self) -> None:
        """Numbers are 1 to n, one is active, and `verify` agrees."""
        for user in self.users:
            for course in (COURSE, LOOKALIKE):
                at = (user.pk, str(course))
                found = api.attempts(user, course)
                assert [attempt.number for attempt in found] == list(range(1, self.count.get(at, 1) + 1))
                assert [attempt.number for attempt in found if attempt.is_active] == [self.active.get(at, 1)]
        assert list(api.verify()) == []


@pytest.mark.django_db
def test_every_history_keeps_the_invariants() -> None:
    """Hypothesis looks for a history that breaks one."""
    run_state_machine_as_test(
        Histories,
        settings=settings(
            # The default suite is to be quick; on servers they are tried at length.
            max_examples=8 if connection.vendor == "sqlite" else 25,
            stateful_step_count=16,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
