"""xAPI and Caliper statements, made by event-routing-backends: which attempt they are of. `make streams-test`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from attempts import api
from attempts.keys import attempt_course_key
from tests.factories import COURSE

pytestmark = pytest.mark.django_db
PROBLEM = COURSE.make_usage_key("problem", "p1")
SECTION = COURSE.make_usage_key("sequential", "s1")


def question(response_type: str = "stringresponse") -> dict[str, Any]:
    return {"question": "Why?", "response_type": response_type, "answer": "Because", "correct": True}


def checked(questions: int) -> dict[str, Any]:
    """What the platform says of a problem that was checked."""
    parts = {f"p1_{number}_1": question() for number in range(2, 2 + questions)}
    return {
        "problem_id": str(PROBLEM),
        "attempts": 1,
        "grade": 1,
        "max_grade": 1,
        "success": "correct",
        "submission": parts,
    }


def registrations(statements: list[dict[str, Any]]) -> list[str | None]:
    return [statement["context"].get("registration") for statement in statements]


def uuids(learner: Any) -> list[str]:
    return [str(attempt.uuid) for attempt in api.attempts(learner, COURSE)]


def known(learner: Any) -> dict[str, Any]:
    """The context of an event of the first attempt."""
    attempt = {"uuid": uuids(learner)[0], "number": 1}
    return {"user_id": learner.pk, "course_id": str(COURSE), "referer": "http://localhost:8000/", "attempt": attempt}


def test_each_statement_has_the_attempt_as_its_registration(
    amira: Any, emit: Any, told: Any, reset: Any, undo: Any
) -> None:
    """Of whichever attempt is active, the first without a row included; and it is valid."""
    from tincan import Statement

    emit(amira, "problem_check", checked(1))
    reset(amira)
    emit(amira, "problem_check", checked(1))
    undo(amira)
    emit(amira, "problem_check", checked(1))
    first, second = uuids(amira)
    statements = told("xapi")
    assert registrations(statements) == [first, second, first]
    for statement in statements:
        read = Statement.from_json(json.dumps(statement))
        assert read.context.registration == UUID(statement["context"]["registration"])
        assert statement["actor"]["mbox"] == "mailto:amira@example.com"
        assert json.loads(read.to_json("1.0.3")) == statement


def test_all_statements_of_one_event(amira: Any, emit: Any, told: Any) -> None:
    """A problem with several questions makes one for each."""
    emit(amira, "problem_check", checked(3))
    statements = told("xapi")
    assert len(statements) == 4
    assert set(registrations(statements)) == {uuids(amira)[0]}


def test_the_rest_of_a_statement_is_as_it_was(amira: Any, emit: Any, told: Any, settings: Any) -> None:
    """Its id too: it is made of actor, verb and time."""
    from event_routing_backends.processors.xapi.registry import XApiTransformersRegistry

    from attempts.streams.statements import XApiRegistry

    context = {
        "user_id": amira.pk,
        "course_id": str(COURSE),
        "referer": "http://localhost:8000/",
        "attempt": {"uuid": uuids(amira)[0]},
    }
    event = {"name": "problem_check", "data": checked(2), "context": context, "timestamp": "2026-05-11T14:21:07+00:00"}
    plain = XApiTransformersRegistry.get_transformer(event).transform()
    ours = XApiRegistry.get_transformer(event).transform()
    assert len(ours) == 3
    for before, after in zip(plain, ours, strict=True):
        read = json.loads(after.to_json())
        assert read["context"].pop("registration") == uuids(amira)[0]
        assert read == json.loads(before.to_json())


EVENTS = {
    "edx.course.enrollment.activated": {"user_id": "USER", "course_id": str(COURSE), "mode": "audit"},
    "edx.grades.subsection.grade_calculated": {
        "user_id": "USER",
        "course_id": str(COURSE),
        "block_id": str(SECTION),
        **{f"weighted_{kind}_{what}": 1.0 for kind in ("graded", "total") for what in ("earned", "possible")},
    },
    "edx.grades.course.grade_calculated": {
        "user_id": "USER",
        "course_id": str(COURSE),
        "percent_grade": 0.5,
        "letter_grade": "",
    },
    "edx.completion.block_completion.changed": {
        "user_id": "USER",
        "course_id": str(COURSE),
        "block_id": str(PROBLEM),
        "completion": 1.0,
    },
    "play_video": {"id": "v1", "currentTime": 3, "duration": 30},
    "showanswer": {"problem_id": str(PROBLEM)},
    "edx.ui.lms.link_clicked": {"target_url": "http://localhost:8000/", "current_url": "http://localhost:8000/"},
}


@pytest.mark.parametrize("name", EVENTS)
def test_events_of_every_kind(name: str, amira: Any, emit: Any, told: Any, reset: Any) -> None:
    """Problems, grades, completion, enrolment, videos, navigation."""
    reset(amira)
    data = {key: str(amira.pk) if value == "USER" else value for key, value in EVENTS[name].items()}
    emit(amira, name, data)
    statements = told("xapi")
    assert statements
    assert set(registrations(statements)) == {uuids(amira)[1]}


@pytest.mark.parametrize("kind", ["xapi", "caliper"])
def test_every_transformer_is_covered_those_that_come_later_too(kind: str) -> None:
    """Plugins register theirs whenever they are loaded."""
    from event_routing_backends.processors.caliper.transformer_processor import CaliperProcessor
    from event_routing_backends.processors.xapi.transformer_processor import XApiProcessor

    from attempts.streams.statements import SaysAttempt, SaysRegistration

    registry = {"xapi": XApiProcessor, "caliper": CaliperProcessor}[kind].registry
    says = {"xapi": SaysRegistration, "caliper": SaysAttempt}[kind]
    theirs = registry.__mro__[1]
    theirs.register("a.plugins.event")(registry.mapping["play_video"])
    try:
        assert len(registry.mapping) > 10
        for name in registry.mapping:
            transformer = registry.get_transformer({"name": name, "context": {}})
            assert isinstance(transformer, says), name
            assert isinstance(transformer, theirs.mapping[name])
    finally:
        del theirs.mapping["a.plugins.event"]


def test_an_event_that_nobody_transforms(amira: Any, emit: Any, told: Any) -> None:
    """Is passed over as ever."""
    from eventtracking.processors.exceptions import NoTransformerImplemented

    from attempts.streams.statements import CaliperRegistry, XApiRegistry

    for registry in (XApiRegistry, CaliperRegistry):
        with pytest.raises(NoTransformerImplemented):
            registry.get_transformer({"name": "unknown"})


def test_a_release_that_is_built_otherwise(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """The LMS starts all the same, and the log says what is missing."""
    from attempts.streams import connect_streams, statements

    def connect() -> None:
        raise ImportError("no registry")

    monkeypatch.setattr(statements, "connect", connect)
    connect_streams()
    assert "nothing is added to event_routing_backends" in caplog.text


def test_switched_off(amira: Any, emit: Any, told: Any, settings: Any) -> None:
    """Statements are as without us."""
    settings.ATTEMPTS_IN_EVENTS = False
    emit(amira, "problem_check", checked(2))
    emit(amira, "play_video", EVENTS["play_video"])
    assert registrations(told("xapi")) == [None] * 4
    assert "attempt" not in told("caliper")[-1]["extensions"]


def test_an_event_without_an_attempt_has_none(amira: Any, emit: Any, told: Any) -> None:
    """Such as one of nobody's course."""
    emit(amira, "edx.ui.lms.link_clicked", {"target_url": "/", "current_url": "/"}, course_id="", path="/")
    [statement] = told("xapi")
    assert "registration" not in statement["context"]


def test_a_message_of_a_queue(amira: Any, platform: None, reset: Any) -> None:
    """A worker gets JSON, when the learner may be in another attempt: the statement goes by the event."""
    from event_routing_backends.processors.xapi.transformer_processor import XApiProcessor

    event = {
        "name": "problem_check",
        "data": checked(1),
        "context": {
            "user_id": amira.pk,
            "course_id": str(COURSE),
            "referer": "http://localhost:8000/",
            "attempt": {"uuid": uuids(amira)[0]},
        },
        "timestamp": datetime.now(UTC).isoformat(),
    }
    reset(amira)
    [statement] = XApiProcessor()([json.loads(json.dumps(event))])
    assert statement["context"]["registration"] == uuids(amira)[0]


def test_a_message_of_the_event_bus(amira: Any, platform: None, emit: Any, reset: Any, settings: Any) -> None:
    """Which carries the context as text; a consumer makes the statement when the learner is in another attempt."""
    from event_routing_backends.processors.xapi.transformer_processor import XApiProcessor
    from eventtracking import tracker
    from eventtracking.backends.event_bus import EventBusRoutingBackend
    from openedx_events.analytics.signals import TRACKING_EVENT_EMITTED

    settings.SEND_TRACKING_EVENT_EMITTED_SIGNAL = True
    logs: list[Any] = []

    def receive(tracking_log: Any, **_words: Any) -> None:
        logs.append(tracking_log)

    backends = tracker.get_tracker().backends
    backends["bus"] = EventBusRoutingBackend(backend_name="bus")
    TRACKING_EVENT_EMITTED.connect(receive)
    try:
        emit(amira, "problem_check", checked(1))
    finally:
        TRACKING_EVENT_EMITTED.disconnect(receive)
        del backends["bus"]
    [log] = logs
    reset(amira)
    said = {"name": log.name, "timestamp": log.timestamp, "data": json.loads(log.data)}
    [statement] = XApiProcessor()([{**said, "context": json.loads(log.context)}])
    assert statement["context"]["registration"] == uuids(amira)[0]


@pytest.mark.parametrize("is_named", [True, False])
def test_a_line_of_the_tracking_log(amira: Any, platform: None, reset: Any, is_named: bool) -> None:
    """As ``transform_tracking_logs`` reads it: with the attempt, or of the time before there was this package."""
    from event_routing_backends.management.commands.helpers.event_log_parser import parse_json_event
    from event_routing_backends.processors.xapi.transformer_processor import XApiProcessor

    before = datetime.now(UTC)
    reset(amira)
    context = {"user_id": amira.pk, "course_id": str(COURSE)}
    if is_named:
        context["attempt"] = {"uuid": uuids(amira)[0], "number": 1}
    line = {
        "name": "problem_check",
        "event": checked(1),
        "context": context,
        "time": before.isoformat(),
        "referer": "x",
    }
    [statement] = XApiProcessor()([parse_json_event(json.dumps(line))])
    assert statement["context"]["registration"] == uuids(amira)[0]


def test_caliper(amira: Any, emit: Any, told: Any, reset: Any) -> None:
    """Which has no place for it but its extensions."""
    reset(amira)
    emit(amira, "play_video", EVENTS["play_video"])
    [event] = told("caliper")
    expected = {"id": f"urn:uuid:{uuids(amira)[1]}", "type": "Attempt", "count": 2}
    assert event["extensions"]["attempt"] == expected
    assert event["extensions"]["transformerVersion"]


def test_late_work_of_an_archived_attempt(amira: Any, emit: Any, told: Any, reset: Any) -> None:
    """The platform says no course for an archived key, and without one there is no statement about its grade."""
    reset(amira)
    archived = {"user_id": str(amira.pk), "course_id": str(attempt_course_key(COURSE, 1))}
    for name in ("edx.grades.subsection.grade_calculated", "edx.grades.course.grade_calculated"):
        emit(amira, name, {**EVENTS[name], **archived}, course_id="")
    statements = told("xapi")
    assert registrations(statements) == [uuids(amira)[0]]
    assert "contextActivities" not in statements[0]["context"]
