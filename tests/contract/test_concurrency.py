"""Several threads at once, each with a connection of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from attempts import api
from attempts.exceptions import OperationInFlight
from attempts.models import AttemptOperation, LearnerCourse
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
    """Each under its own lock."""
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
