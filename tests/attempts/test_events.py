"""Public events: what they carry, how the bus serialises it, and what becomes of a receiver or a bus that fails."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import attr
import pytest
from openedx_events.apps import general_signal_handler
from openedx_events.event_bus import EventBusProducer
from openedx_events.event_bus.avro.deserializer import deserialize_bytes_to_event_data
from openedx_events.event_bus.avro.serializer import serialize_event_data_to_bytes

from attempts import api, tasks
from attempts.data import OperationData
from attempts.events.data import AttemptSwitchData
from attempts.events.schemas import SCHEMAS, schema_document, schema_file
from attempts.events.signals import ATTEMPT_ARCHIVED, ATTEMPT_OPENED, ATTEMPT_RESTORED, SIGNALS
from sandbox.course_overviews.models import CourseOverview
from sandbox.student.models import CourseEnrollment
from tests.factories import COURSE, StateFactory, UserFactory, enrolled
from tests.processes import manage

pytestmark = pytest.mark.django_db
NAMES = ("event_archived", "event_opened_or_restored")
#: What a receiver gets: the event's type, its time and what it carries.
Got = list[tuple[str, Any, AttemptSwitchData]]
PERSONAL = ("Amira", "Haddad", "amira@example.com")
producer_module = logging.getLogger(__name__)


@pytest.fixture
def got() -> Iterator[Got]:
    """What receivers in this process get."""
    found: Got = []

    def receive(signal: Any, metadata: Any, switch: AttemptSwitchData, **_: Any) -> None:
        found.append((metadata.event_type, metadata.time, switch))

    for signal in SIGNALS:
        signal.connect(receive)
    yield found
    for signal in SIGNALS:
        signal.disconnect(receive)


@pytest.fixture
def amira(policy: Any) -> Any:
    return enrolled(username="amira", email="amira@example.com", first_name="Amira", last_name="Haddad")


def follow(operation: OperationData) -> dict[str, tuple[str, str]]:
    """Let a worker send the events; how that went, by name."""
    for name in NAMES:
        tasks.run_follow_up.apply(args=[str(operation.uuid), name], throw=True)
    found = {one.name: (one.status, one.error_code) for one in api.operation(operation.uuid).follow_ups}
    return {name: found[name] for name in NAMES}


DONE = dict.fromkeys(NAMES, ("done", ""))


def test_a_reset_archives_and_opens(amira: Any, run: Callable[..., OperationData], got: Got) -> None:
    """Behaviour 8. Both attempts by uuid and number, who, where, when."""
    support = UserFactory()
    operation = run(api.request_reset(amira, COURSE, requested_by=support))
    assert got == [], "nothing is sent with the switch itself"
    assert follow(operation) == DONE
    assert [kind for kind, *_ in got] == [ATTEMPT_ARCHIVED.event_type, ATTEMPT_OPENED.event_type]
    switch = got[0][2]
    assert got[1][2] == switch
    first, second = api.attempts(amira, COURSE)
    assert (switch.archived.uuid, switch.archived.number) == (first.uuid, 1)
    assert (switch.active.uuid, switch.active.number) == (second.uuid, 2)
    assert (switch.archived.opened_at, switch.active.opened_at) == (first.opened_at, second.opened_at)
    assert (switch.operation, switch.kind, switch.undoes) == (operation.uuid, "reset", None)
    assert switch.requested_by_id == support.pk
    assert {time for _, time, _ in got} == {operation.completed_at} == {switch.switched_at}
    assert (switch.course.course_key, switch.course.display_name) == (COURSE, "About Run")
    assert (switch.user.id, switch.user.is_active) == (amira.pk, True)
    assert attr.asdict(switch.user.pii) == {
        "username": "amira",
        "email": "amira@example.com",
        "name": "Amira Haddad",
    }


def test_undo_and_activate_archive_and_restore(amira: Any, reset: Any, undo: Any, activate: Any, got: Got) -> None:
    """With the operation that was taken back."""
    first = reset(amira)
    taken_back = undo(amira)
    back = activate(amira, 2)
    for operation in (taken_back, back):
        assert follow(operation) == DONE
    assert [kind for kind, *_ in got] == [ATTEMPT_ARCHIVED.event_type, ATTEMPT_RESTORED.event_type] * 2
    switches = [switch for *_, switch in got]
    assert [(one.kind, one.archived.number, one.active.number, one.undoes) for one in switches[::2]] == [
        ("undo", 2, 1, first.uuid),
        ("activate", 1, 2, None),
    ]
    assert {one.requested_by_id for one in switches} == {None}


def test_keys_of_archived_attempts_go_nowhere(amira: Any, reset: Any, got: Got) -> None:
    """No consumer knows them."""
    StateFactory(student=amira)
    follow(reset(amira))
    assert "attempt-v1" not in repr(got)
    assert len(got) == 2


def test_what_is_personal_is_apart(amira: Any, reset: Any, got: Got) -> None:
    """In ``pii`` and nowhere else, so that a consumer can leave it out."""
    follow(reset(amira, comment="Amira was ill"))
    for *_, switch in got:
        found = attr.asdict(switch)
        personal = repr(found["user"].pop("pii"))
        assert all(word in personal for word in PERSONAL)
        assert not any(word in repr(found) for word in PERSONAL)


@pytest.mark.parametrize("signal", SIGNALS, ids=lambda signal: signal.event_type)
def test_the_bus_can_carry_it(amira: Any, reset: Any, undo: Any, got: Got, signal: Any) -> None:
    """Behaviour 8.

    There and back by the library's own Avro bridge: what has everything, and what has only what it must.
    """
    for switch in (reset, undo):
        follow(switch(amira))
    CourseOverview.objects.update(start=None, end=None)
    CourseEnrollment.objects.update(created=None)
    follow(reset(enrolled()))
    switches = [switch for kind, _, switch in got if kind == signal.event_type]
    assert switches
    for switch in switches:
        sent = serialize_event_data_to_bytes({"switch": switch}, signal)
        assert deserialize_bytes_to_event_data(sent, signal) == {"switch": switch}


@pytest.mark.parametrize("signal", SIGNALS, ids=lambda signal: signal.event_type)
def test_the_stored_schema_is_the_one_of_the_bus(signal: Any) -> None:
    """Consumers hold on to it. After a change that version 1 may have, run ``make schema``."""
    assert json.loads(schema_file(signal).read_text()) == json.loads(schema_document(signal))


def test_every_event_has_a_schema_and_every_schema_an_event() -> None:
    """Three."""
    assert {path.name for path in SCHEMAS.glob("*.avsc")} == {schema_file(signal).name for signal in SIGNALS}
    assert len(SIGNALS) == 3


def test_a_course_that_is_gone_keeps_nothing_from_being_sent(amira: Any, reset: Any, got: Got) -> None:
    """By its key alone."""
    operation = reset(amira)
    CourseEnrollment.objects.update(course_id="course-v1:Gone+Away+Now")
    CourseOverview.objects.filter(pk=COURSE).update(id="course-v1:Gone+Away+Now")
    assert follow(operation) == DONE
    assert {(one.course.course_key, one.course.display_name) for *_, one in got} == {(COURSE, "")}


def test_a_receiver_that_fails_harms_nobody_and_is_named(amira: Any, reset: Any, got: Got) -> None:
    """The switch stays, the others hear of it, once; repeating is somebody's decision."""

    def broken(**_: Any) -> None:
        raise ZeroDivisionError("amira@example.com")

    ATTEMPT_ARCHIVED.connect(broken)
    try:
        operation = reset(amira)
        assert follow(operation) == {**DONE, "event_archived": ("failed", "receiver_failed")}
    finally:
        ATTEMPT_ARCHIVED.disconnect(broken)
    found = api.operation(operation.uuid)
    assert found.status == "complete"
    failed = next(one for one in found.follow_ups if one.name == "event_archived")
    assert "broken" in failed.error
    assert "amira@example.com" not in failed.error
    assert failed.tries == 1
    assert len(got) == 2
    again = api.repeat_follow_ups(operation.uuid, "event_archived")
    assert {one.name: one.status for one in again.follow_ups}["event_archived"] == "done"
    assert got[2][2] == got[0][2], "what comes twice can be known by its operation"


class QuietProducer(EventBusProducer):
    """Behaves as the producers of Redis and Kafka do: what goes wrong is logged, and nothing is said."""

    fails = False
    sent: list[tuple[str, str]] = []

    def send(self, *, signal: Any, topic: str, event_key_field: str, event_data: Any, event_metadata: Any) -> None:
        """Note it, or log an error."""
        if self.fails:
            producer_module.error("no bus for amira@example.com")
        else:
            self.sent.append((signal.event_type, topic))


def quiet_producer() -> QuietProducer:
    return QuietProducer()


@pytest.fixture
def bus(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A configured bus."""
    monkeypatch.setattr(QuietProducer, "sent", [])
    monkeypatch.setattr(QuietProducer, "fails", False)
    topic = {"attempts": {"event_key_field": "switch.course.course_key", "enabled": True}}
    settings.EVENT_BUS_PRODUCER_CONFIG = {ATTEMPT_ARCHIVED.event_type: topic}
    settings.EVENT_BUS_PRODUCER = "tests.attempts.test_events.quiet_producer"
    ATTEMPT_ARCHIVED.connect(general_signal_handler)
    yield settings
    ATTEMPT_ARCHIVED.disconnect(general_signal_handler)


def test_a_configured_event_goes_to_the_bus(amira: Any, reset: Any, bus: Any) -> None:
    """To the topic that the operator named, and only the configured one."""
    assert follow(reset(amira)) == DONE
    assert QuietProducer.sent == [(ATTEMPT_ARCHIVED.event_type, "attempts")]


def test_a_bus_that_is_away_is_tried_again(amira: Any, reset: Any, bus: Any) -> None:
    """Although its producer says nothing of it."""
    QuietProducer.fails = True
    operation = reset(amira)
    assert follow(operation) == {**DONE, "event_archived": ("waiting", "event_bus_failed")}
    assert "amira" not in api.operation(operation.uuid).follow_ups[0].error
    QuietProducer.fails = False
    api.repeat_follow_ups(operation.uuid)
    assert follow(operation) == DONE
    assert len(QuietProducer.sent) == 1


def test_a_bus_that_cannot_be_loaded_is_told(amira: Any, reset: Any, bus: Any) -> None:
    """The library would only warn at start, and then throw events away."""
    bus.EVENT_BUS_PRODUCER = "tests.nowhere"
    with pytest.warns(UserWarning, match="Failed to load"):
        assert follow(reset(amira)) == {**DONE, "event_archived": ("waiting", "event_bus_failed")}


@pytest.mark.alike
def test_a_process_starts_where_the_bus_is_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behaviour 8.

    The library asks for the types of all configured events before plugins are ready, and ends the process if not.
    """
    monkeypatch.setenv("EVENT_BUS_URL", "redis://127.0.0.1:1/0")
    started = manage(tmp_path, "check")
    assert started.returncode == 0, started.stderr


def test_uuids_are_uuids(amira: Any, reset: Any, got: Got) -> None:
    """Not texts, which the bus would pass on as well."""
    follow(reset(amira))
    for *_, switch in got:
        assert {type(one) for one in (switch.operation, switch.archived.uuid, switch.active.uuid)} == {UUID}
