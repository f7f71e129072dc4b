"""Public events through a real event bus: a worker sends, the bus's own consumer reads."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from openedx_events.apps import general_signal_handler
from openedx_events.event_bus import make_single_consumer
from redis import Redis

from attempts import api, tasks
from attempts.events.signals import ATTEMPT_ARCHIVED, ATTEMPT_OPENED, ATTEMPT_RESTORED, SIGNALS
from attempts.operations import execute
from tests.factories import COURSE
from tests.processes import manage, wait_until, worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services, pytest.mark.alike]
TOPIC = "learning-attempt-lifecycle"
NOBODY_THERE = "redis://127.0.0.1:1/0"


@pytest.fixture
def prefix(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[str]:
    """A stream of its own, for the processes and for this one."""
    name = f"test-{uuid4()}"
    monkeypatch.setenv("EVENT_BUS_URL", os.environ["CELERY_BROKER_URL"])
    monkeypatch.setenv("EVENT_BUS_TOPIC_PREFIX", name)
    settings.EVENT_BUS_CONSUMER = "edx_event_bus_redis.RedisEventConsumer"
    settings.EVENT_BUS_PRODUCER = "edx_event_bus_redis.create_producer"
    settings.EVENT_BUS_REDIS_CONNECTION_URL = os.environ["CELERY_BROKER_URL"]
    settings.EVENT_BUS_TOPIC_PREFIX = name
    yield name
    Redis.from_url(settings.EVENT_BUS_REDIS_CONNECTION_URL).delete(f"{name}-{TOPIC}")


def read(number: int) -> list[tuple[str, Any, Any]]:
    """Read so many events from the bus: type, metadata, switch."""
    consumer = make_single_consumer(topic=TOPIC, group_id="test", consumer_name="test", check_backlog=True)
    found: list[tuple[str, Any, Any]] = []

    def receive(signal: Any, metadata: Any, switch: Any, from_event_bus: bool, **_: Any) -> None:
        assert from_event_bus
        found.append((metadata.event_type, metadata, switch))
        if len(found) == number:
            consumer._shut_down()

    for signal in SIGNALS:
        signal.connect(receive)
    try:
        consumer.consume_indefinitely()
    finally:
        for signal in SIGNALS:
            signal.disconnect(receive)
    return found


def test_a_reset_and_its_undo_are_read_back(learner: Any, prefix: str, tmp_path: Path) -> None:
    """Sent by a real worker, serialised by the real bridge, carried by a real Redis, read by the real consumer."""
    with worker(tmp_path):
        for what in ("reset", "undo"):
            done = manage(tmp_path, "attempts", what, learner.username, COURSE, "--wait")
            assert done.returncode == 0, done.stderr
            operation = api.courses(learner)[0].last_operation
            wait_until(lambda uuid=operation.uuid: _sent(uuid), "the worker has sent the events")
    found = read(4)
    assert sorted(kind for kind, *_ in found) == sorted(
        [ATTEMPT_ARCHIVED.event_type] * 2 + [ATTEMPT_OPENED.event_type, ATTEMPT_RESTORED.event_type]
    )
    first, second = api.attempts(learner, COURSE)
    for kind, metadata, switch in found:
        ends = (first, second) if switch.kind == "reset" else (second, first)
        assert [(one.uuid, one.number) for one in (switch.archived, switch.active)] == [
            (end.uuid, end.number) for end in ends
        ]
        assert (kind == ATTEMPT_RESTORED.event_type) <= (switch.kind == "undo")
        assert metadata.source == "openedx/sandbox/web"
        assert (switch.course.course_key, switch.user.id, switch.user.pii.username) == (
            COURSE,
            learner.pk,
            learner.username,
        )


@pytest.fixture
def handler(settings: Any) -> Iterator[None]:
    """The bus, connected in this process as the library does at start."""
    topic = {TOPIC: {"event_key_field": "switch.course.course_key", "enabled": True}}
    settings.EVENT_BUS_PRODUCER_CONFIG = {ATTEMPT_ARCHIVED.event_type: topic}
    ATTEMPT_ARCHIVED.connect(general_signal_handler)
    yield
    ATTEMPT_ARCHIVED.disconnect(general_signal_handler)


@pytest.mark.usefixtures("handler", "prefix")
def test_a_bus_that_is_away_delays_the_event_and_nothing_else(learner: Any, settings: Any) -> None:
    """The real producer swallows its error. Once the bus is back, the event comes."""
    url, settings.EVENT_BUS_REDIS_CONNECTION_URL = settings.EVENT_BUS_REDIS_CONNECTION_URL, NOBODY_THERE
    asked = api.request_reset(learner, COURSE, requested_by=None)
    execute(asked.uuid)
    for name in ("event_archived", "event_opened_or_restored"):
        tasks.run_follow_up.apply(args=[str(asked.uuid), name], throw=True)
    done = api.operation(asked.uuid)
    assert done.status == "complete"
    found = {one.name: (one.status, one.error_code) for one in done.follow_ups}
    assert found["event_archived"] == ("waiting", "event_bus_failed")
    assert found["event_opened_or_restored"] == ("done", "")
    settings.EVENT_BUS_REDIS_CONNECTION_URL = url
    again = api.repeat_follow_ups(asked.uuid, "event_archived")
    assert {one.name: one.status for one in again.follow_ups}["event_archived"] == "done"
    [(kind, _metadata, switch)] = read(1)
    assert (kind, switch.operation) == (ATTEMPT_ARCHIVED.event_type, asked.uuid)


def _sent(uuid: Any) -> bool:
    found = {one.name: one.status for one in api.operation(uuid).follow_ups}
    return {found["event_archived"], found["event_opened_or_restored"]} == {"done"}
