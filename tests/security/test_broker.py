"""Whoever can write to the broker: messages name operations, and what is done stands in the database."""

from __future__ import annotations

import base64
import pickle
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from celery import Celery
from kombu import Connection, Exchange, Queue
from kombu.exceptions import ContentDisallowed

from attempts import api, tasks
from attempts.data import LEARNER_ROLE, Provenance
from attempts.models import AttemptContext, AttemptOperation, FollowUp, ResetPolicy
from sandbox.celery import app
from tests.factories import COURSE, enrolled

GARBAGE: list[Any] = [
    "nonsense",
    "",
    None,
    0,
    1.5,
    True,
    [],
    {"uuid": "x"},
    ["00000000-0000-0000-0000-000000000000"],
    "x" * 1_000_000,
    "'; DROP TABLE attempts_attemptoperation; --",
    "../../etc/passwd",
    "\x00",
    "00000000-0000-0000-0000-000000000000\n",
]


def rows() -> tuple[Any, ...]:
    """All that a forged message could have changed."""
    models = (AttemptOperation, AttemptContext, FollowUp, ResetPolicy)
    return tuple(tuple(model.objects.order_by("pk").values_list()) for model in models)


def run(task: Any, *args: Any, retries: int = 0, **kwargs: Any) -> Any:
    """Run a task as a worker would that got such a message; its exceptions are the worker's to log."""
    return task.apply(args=args, kwargs=kwargs, retries=retries, throw=False)


@pytest.mark.django_db
@pytest.mark.parametrize("value", GARBAGE, ids=lambda value: repr(value)[:20])
def test_garbage_does_nothing_and_is_not_tried_again(learner: Any, value: Any) -> None:
    """In every place where a message says something."""
    operation = api.request_reset(learner, COURSE, requested_by=None)
    before = rows()
    for task, args in (
        (tasks.run_operation, [value]),
        (tasks.run_follow_up, [value, "mail"]),
        (tasks.run_follow_up, [str(operation.uuid), value]),
        (tasks.take_course_settings, [value]),
    ):
        ended = run(task, *args)
        assert ended.state in ("SUCCESS", "FAILURE"), (task.name, ended.state)
        assert rows() == before, task.name
    assert api.operation(operation.uuid).status == "enqueued"


@pytest.mark.django_db
def test_more_words_than_a_task_has_do_nothing(learner: Any) -> None:
    """A message cannot say whom, what, or by which right."""
    operation = api.request_reset(learner, COURSE, requested_by=None)
    before = rows()
    for words in ({"kind": "undo"}, {"learner": 1}, {"override": ["learner_passing"]}, {"role": "support"}):
        assert run(tasks.run_operation, str(operation.uuid), **words).state == "FAILURE"
    assert rows() == before


@pytest.mark.django_db
def test_an_operation_that_nobody_asked_for_is_not_made(learner: Any) -> None:
    """A uuid of the right form, and of another thing: an attempt."""
    before = rows()
    for uuid in (uuid4(), api.attempts(learner, COURSE)[0].uuid):
        assert run(tasks.run_operation, str(uuid)).state == "SUCCESS"
        assert run(tasks.run_follow_up, str(uuid), "mail").state == "FAILURE"
    assert rows() == before


@pytest.mark.django_db
def test_a_message_for_an_operation_runs_what_was_asked_for(learner: Any) -> None:
    """Early, twice, again after its end: a reset is one reset, of this learner, judged anew."""
    other = enrolled()
    operation = api.request_reset(learner, COURSE, requested_by=None)
    for _ in range(3):
        run(tasks.run_operation, str(operation.uuid))
    assert [attempt.number for attempt in api.attempts(learner, COURSE)] == [1, 2]
    assert len(api.attempts(other, COURSE)) == 1
    own = {"requested_by": other, "provenance": Provenance(role=LEARNER_ROLE)}
    api.change_policy({"learner_may_reset": True}, changed_by=None)
    refused = api.request_reset(other, COURSE, **own)
    api.change_policy({"learner_may_reset": False, "active": False}, changed_by=None)
    run(tasks.run_operation, str(refused.uuid))
    assert api.operation(refused.uuid).status == "failed"
    assert len(api.attempts(other, COURSE)) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("retries", [10**9, -(10**9), 10**4])
def test_a_forged_count_of_retries_costs_nothing(learner: Any, retries: int) -> None:
    """Two to its power would be a number that fills the memory."""
    operation = api.request_reset(learner, COURSE, requested_by=None)
    assert run(tasks.run_operation, str(operation.uuid), retries=retries).state == "SUCCESS"
    assert api.operation(operation.uuid).status == "complete"


@pytest.mark.django_db
def test_a_follow_up_that_is_not_planned_does_not_run(learner: Any, reset: Any) -> None:
    """Nor one again that has worked: no mail by the hundred."""
    operation = reset(learner)
    # Its deadlines are later than now, or it has run.
    run(tasks.run_follow_up, str(operation.uuid), "mail")
    ended = {one.name: one.tries for one in api.operation(operation.uuid).follow_ups if one.status != "waiting"}
    for name in (*ended, "nothing", "attempts.caches.CLEAR_CACHES", "os.system"):
        for _ in range(3):
            run(tasks.run_follow_up, str(operation.uuid), name)
    tries = {one.name: one.tries for one in api.operation(operation.uuid).follow_ups}
    assert ended
    assert {name: tries[name] for name in ended} == ended


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["course-v1:No+Such+Course", str(COURSE), "attempt-v1:Org+Course+Run+attempt@1"])
def test_a_course_that_is_named_gets_its_own_settings_and_no_others(key: str) -> None:
    """What a message says is the key; the settings are read from the course."""
    api.change_policy({"active": False}, changed_by=None, org="Org")
    before = rows()
    run(tasks.take_course_settings, key)
    assert run(tasks.take_course_settings, key, {"active": True}).state == "FAILURE"
    assert rows() == before


class Planted:
    """Runs when it is unpickled."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.file,)


def test_a_message_that_is_pickled_is_not_unpickled(tmp_path: Path) -> None:
    """By a consumer with the sandbox's settings, on the sandbox's transport. JSON passes the same way."""
    folders = dict.fromkeys(("data_folder_in", "data_folder_out", "control_folder"), str(tmp_path))
    planted = tmp_path / "planted"
    queue = Queue("forged", Exchange("forged", type="direct"), routing_key="forged")
    body = pickle.dumps(((Planted(planted),), {}, {}))
    headers = {"task": "attempts.run_operation", "id": str(uuid4()), "lang": "py"}
    with Connection("filesystem://", transport_options=folders) as connection:
        producer = connection.Producer()
        received: list[Any] = []

        def receive(body: Any, message: Any) -> None:
            received.append(body)
            message.ack()

        consumer = connection.Consumer([queue], callbacks=[receive], accept=app.conf.accept_content)
        refused: list[Any] = []
        consumer.on_decode_error = lambda message, error: (refused.append(error), message.ack())
        with consumer:
            for text, kind, encoding in (
                (body, "application/x-python-serialize", "binary"),
                (base64.b64encode(body).decode(), "application/x-python-serialize", "utf-8"),
                ("!!python/object/apply:os.getcwd []", "application/x-yaml", "utf-8"),
                ('[["x"], {}, {}]', "application/json", "utf-8"),
            ):
                producer.publish(
                    text,
                    exchange=queue.exchange,
                    routing_key="forged",
                    declare=[queue],
                    headers=headers,
                    content_type=kind,
                    content_encoding=encoding,
                )
                connection.drain_events(timeout=5)
    assert [type(error) for error in refused] == [ContentDisallowed] * 3
    assert received == [[["x"], {}, {}]]
    assert not planted.exists()


def test_what_we_send_and_what_the_sandbox_takes_is_json() -> None:
    """And what Celery takes by itself, as an LMS leaves it."""
    assert set(app.conf.accept_content) == set(Celery("plain", set_as_current=False).conf.accept_content) == {"json"}
    for task in (tasks.run_operation, tasks.run_follow_up, tasks.recover_operations, tasks.take_course_settings):
        assert (task.serializer or app.conf.task_serializer) == "json"
