"""Several threads at once, each with a connection of its own."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, current_thread
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from attempts import api
from attempts.exceptions import OperationInFlight
from attempts.host.isolation import is_deadlock
from attempts.models import AttemptOperation, LearnerCourse, ResetPolicy
from attempts.operations import TRANSIENT_ERRORS, execute
from tests.factories import COURSE, StateFactory, enrolled
from tests.snapshots import read_placed

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 6


def at_once(call: Callable[[int], Any], threads: int = THREADS) -> Counter:
    """Run ``call`` in several threads that start together; count what they return or raise."""
    barrier = Barrier(threads)

    def run(number: int) -> Any:
        try:
            barrier.wait()
            return call(number)
        except Exception as error:
            return type(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return Counter(pool.map(run, range(threads)))


def test_many_requests_at_once_make_one_operation(learner: Any) -> None:
    """The others are refused."""

    def ask(_number: int) -> str:
        api.request_reset(learner.username, COURSE, requested_by=None)
        return "asked"

    assert at_once(ask) == {"asked": 1, OperationInFlight: THREADS - 1}
    assert AttemptOperation.objects.count() == 1


def test_the_same_request_many_times_at_once_is_one(learner: Any) -> None:
    """Everybody gets the same operation."""

    def ask(_number: int) -> Any:
        return api.request_reset(learner.username, COURSE, requested_by=None, idempotency_key="key").uuid

    assert list(at_once(ask).values()) == [THREADS]
    assert AttemptOperation.objects.count() == 1


@pytest.mark.services
@pytest.mark.parametrize("key", [None, "key"])
def test_requests_inside_the_transaction_of_an_http_request(learner: Any, key: str | None) -> None:
    """Where requests are atomic, as on the platform, a loser must not lock what another loser waits for.

    SQLite has one lock for everything, and before Django 5.1 a transaction that reads first cannot wait for it.
    """

    def ask(number: int) -> Any:
        try:
            with transaction.atomic():
                return api.request_reset(learner.username, COURSE, requested_by=None, idempotency_key=key).uuid
        except OperationalError as error:
            # What else was done in the transaction is gone: it is for the caller to begin again.
            if not is_deadlock(error):
                raise
            return ask(number)

    for _ in range(3):
        found = at_once(ask)
        uuids = {outcome for outcome in found if outcome is not OperationInFlight}
        assert uuids == set(AttemptOperation.objects.filter(in_flight=True).values_list("uuid", flat=True))
        if key:
            break
        execute(uuids.pop())


@pytest.mark.services
def test_two_requests_that_waited_for_one_that_was_taken_back(learner: Any) -> None:
    """InnoDB lets both look whether the key is free, and ends one of them when the other inserts it."""
    waiting = Barrier(3)

    def ask(number: int) -> str:
        if number == 0:
            with transaction.atomic():
                api.request_reset(learner, COURSE, requested_by=None)
                waiting.wait()
                time.sleep(0.5)
                transaction.set_rollback(True)
            return "taken back"
        waiting.wait()
        api.request_reset(learner, COURSE, requested_by=None)
        return "asked"

    for _ in range(5):
        assert at_once(ask, 3) == {"taken back": 1, "asked": 1, OperationInFlight: 1}
        execute(AttemptOperation.objects.get(in_flight=True).uuid)


@pytest.mark.services
def test_a_request_does_not_wait_for_the_worker(learner: Any) -> None:
    """It is refused at once while a switch holds its rows. SQLite has no row locks to wait for."""
    first = api.request_reset(learner, COURSE, requested_by=None)
    with transaction.atomic():
        AttemptOperation.objects.select_for_update().get(uuid=first.uuid)

        def ask(_number: int) -> None:
            api.request_reset(learner.username, COURSE, requested_by=None)

        began = time.monotonic()
        assert at_once(ask, 1) == {OperationInFlight: 1}
        assert time.monotonic() - began < 2


def test_many_workers_carry_an_operation_out_once(learner: Any) -> None:
    """The second waits for the first and finds nothing to do."""
    operation = api.request_reset(learner, COURSE, requested_by=None)

    def work(_number: int) -> str:
        try:
            execute(operation.uuid)
        except TRANSIENT_ERRORS:
            return "to be tried again"
        return "done"

    assert set(at_once(work)) <= {"done", "to be tried again"}
    execute(operation.uuid)
    assert api.operation(operation.uuid).status == "complete"
    assert [attempt.number for attempt in api.attempts(learner, COURSE)] == [1, 2]
    assert {row.attempt for row in read_placed().values()} == {1}


def test_first_resets_of_many_learners_do_not_disturb_one_another(learner: Any) -> None:
    """Behaviour 12. Each under its own lock."""
    learners = [learner] + [enrolled() for _ in range(THREADS - 1)]
    for one in learners[1:]:
        StateFactory.create_batch(2, student=one)
    operations = [api.request_reset(one, COURSE, requested_by=None) for one in learners]

    def work(number: int) -> str:
        for _ in range(50):
            try:
                execute(operations[number].uuid)
            except TRANSIENT_ERRORS:
                continue
            return api.operation(operations[number].uuid).status
        return "gave up"

    assert at_once(work) == {"complete": THREADS}
    assert LearnerCourse.objects.count() == THREADS
    assert list(api.verify()) == []


@pytest.mark.services
def test_policies_are_changed_by_many_at_once(transactional_db: None) -> None:
    """Each change is made, none is lost, and nobody waits for somebody who waits for her.

    SQLite has one lock for everything, and before Django 5.1 a transaction that reads first cannot wait for it.
    """
    fields = ("require_started", "require_not_ended", "require_not_passing", "protect_passing", "protect_new_work")

    def change(number: int) -> str:
        for turn in range(5):
            name = fields[(number + turn) % len(fields)]
            api.change_policy({name: False}, changed_by=None, org="Org")
        return "changed"

    assert at_once(change) == {"changed": THREADS}
    assert api.own_policy(org="Org").values == dict.fromkeys(fields, False)
    assert ResetPolicy.history.count() == THREADS * 5


def test_of_two_publications_the_last_one_counts(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A task that has read the settings of the first keeps that of the second waiting until it has written them."""
    published, has_read = {"attempts": {"max_resets": 1}}, Event()
    reads: Counter = Counter()

    def read(_course_key: Any) -> Any:
        thread = current_thread().name
        reads[thread] += 1
        found = dict(published)
        if thread.endswith("_0") and reads[thread] == 2:  # the look under the lock
            has_read.set()
            time.sleep(0.5)
        return found

    def take() -> None:
        try:
            api.take_course_settings(COURSE)
        finally:
            connection.close()

    monkeypatch.setattr("attempts.policies.course_settings.other_course_settings", read)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(take)
        assert has_read.wait(10)
        published["attempts"] = {"max_resets": 2}
        second = pool.submit(take)
        first.result(), second.result()
    assert set(reads.values()) == {2}
    assert api.own_policy(course_key=COURSE).values == {"max_resets": 2}
