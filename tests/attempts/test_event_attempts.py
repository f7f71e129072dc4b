"""The attempt in the context of tracking events: right, cheap, and never in the way of the event."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from django.core.cache import caches
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from eventtracking import tracker

from attempts import api
from attempts.fence import pointers, unit_of_work
from attempts.fence.work import Unit, current_unit
from attempts.followups import installed_follow_ups
from attempts.keys import attempt_course_key
from attempts.models import AttemptContext
from attempts.settings import common, lms, studio
from attempts.streams import lookup
from attempts.streams.naming import attempt_of_emitted
from tests.caches import SHARED, CountedCache
from tests.factories import COURSE, LOOKALIKE, UserFactory, enrolled

pytestmark = pytest.mark.django_db
OWN = {"ENGINE": "attempts.streams.processor.AttemptProcessor"}


@pytest.fixture(autouse=True)
def counted(settings: Any) -> Iterator[list[str]]:
    """The shared cache, empty, noting what is asked of it; and no margin: switches here are committed at once."""
    counting = {**SHARED["shared"], "BACKEND": "tests.caches.CountedCache", "LOCATION": "/tmp/attempts-test-pointers"}
    settings.CACHES = {
        **SHARED,
        "shared": counting,
        "down": {"BACKEND": "tests.caches.DownCache"},
    }
    settings.ATTEMPTS_COMMIT_MARGIN = 0
    caches["shared"].clear()
    CountedCache.calls.clear()
    yield CountedCache.calls
    caches["shared"].clear()


@pytest.fixture
def sent() -> Iterator[list[dict[str, Any]]]:
    """What the tracker of the site, as its settings make it, sends to its backends."""
    found: list[dict[str, Any]] = []
    backends = tracker.get_tracker().backends
    backends["test"] = type("Backend", (), {"send": staticmethod(found.append)})
    yield found
    del backends["test"]


@pytest.fixture
def amira(policy: Any) -> Any:
    return enrolled(username="amira")


def emit(sent: list[dict[str, Any]], data: Any = None, name: str = "problem_check", **context: Any) -> Any:
    """Emit an event as the platform does; return the attempt in the context of what was sent, None without one."""
    sent.clear()
    with tracker.get_tracker().context("test", context):
        tracker.emit(name, data)
    [event] = sent
    return event["context"].get("attempt")


def about(learner: Any, **more: Any) -> dict[str, Any]:
    """The context that the platform gives an event of a learner."""
    return {"user_id": learner.pk, "username": learner.username, "course_id": str(COURSE), **more}


def named(learner: Any, number: int) -> dict[str, Any]:
    """An attempt, as events name it."""
    return {"uuid": str(api.attempts(learner, COURSE)[number - 1].uuid), "number": number}


@contextmanager
def begun(seconds: float) -> Iterator[None]:
    """What runs inside is a request that began some seconds ago."""
    with unit_of_work():
        unit = current_unit()
        assert unit is not None
        unit._ticks -= seconds
        unit.began -= seconds
        yield


@contextmanager
def queries(many: int) -> Iterator[None]:
    with CaptureQueriesContext(connection) as found:
        yield
    assert len(found) == many, [query["sql"] for query in found]


def test_a_learner_never_reset_has_attempt_one(amira: Any, sent: Any) -> None:
    """With the uuid that it keeps when it gets a row."""
    attempt = emit(sent, **about(amira))
    assert attempt == named(amira, 1)
    assert not AttemptContext.objects.exists()


def test_reset_undo_and_activate_are_seen_at_once(amira: Any, sent: Any, reset: Any, undo: Any, activate: Any) -> None:
    """Behaviour 8. Also by whoever remembered."""
    with unit_of_work():
        emit(sent, **about(amira))
    for switch, number in ((reset, 2), (undo, 1), (lambda learner: activate(learner, 2), 2), (reset, 3)):
        switch(amira)
        with unit_of_work():
            assert emit(sent, **about(amira)) == named(amira, number)


def test_others_are_not_concerned(amira: Any, sent: Any, reset: Any) -> None:
    """Other learners, and other courses of the learner."""
    reset(amira)
    other = enrolled()
    assert emit(sent, **about(other))["number"] == 1
    assert emit(sent, **about(amira, course_id=str(LOOKALIKE)))["number"] == 1


def test_one_statement_once_then_one_look_at_the_cache(amira: Any, sent: Any, counted: list[str]) -> None:
    """For a learner who was never reset."""
    with unit_of_work():
        with queries(1):
            emit(sent, **about(amira))
        assert counted == ["get", "add"]
        counted.clear()
        with queries(0):
            for _event in range(3):
                emit(sent, **about(amira))
        assert counted == []
    with unit_of_work(), queries(0):
        for _event in range(3):
            emit(sent, **about(amira))
    assert counted == ["get"]


def test_a_task_that_goes_over_many_learners_keeps_few(amira: Any, sent: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory does not grow with a course."""
    monkeypatch.setattr(lookup, "_MOST_KNOWN", 3)
    with unit_of_work():
        for learner in [amira, *UserFactory.create_batch(7)]:
            assert emit(sent, **about(learner))["number"] == 1
            unit = current_unit()
            assert unit is not None
            assert len(unit.known) <= 3


def test_work_that_switches_knows_it(
    amira: Any, sent: Any, reset: Any, django_capture_on_commit_callbacks: Any
) -> None:
    """Where tasks are run at once, a request goes on after the switch that it asked for."""
    with unit_of_work():
        assert emit(sent, **about(amira)) == named(amira, 1)
        with django_capture_on_commit_callbacks(execute=True):
            reset(amira)
        assert emit(sent, **about(amira)) == named(amira, 2)


def test_long_after_a_switch_too(amira: Any, sent: Any, reset: Any, counted: list[str]) -> None:
    """When nothing that read the old attempt can run any more."""
    reset(amira)
    with unit_of_work():
        emit(sent, **about(amira))
    with unit_of_work(), queries(1):
        # Not remembered: somebody may still have read what was before.
        emit(sent, **about(amira))
    caches["shared"].clear()
    _move_switches_back(timedelta(hours=1))
    counted.clear()
    with unit_of_work(), queries(1):
        emit(sent, **about(amira))
    counted.clear()
    with unit_of_work(), queries(0):
        assert emit(sent, **about(amira))["number"] == 2
    assert counted == ["get"]


def _move_switches_back(by: timedelta) -> None:
    """As if everything had been done earlier."""
    from django.db.models import F

    from attempts.models import AttemptOperation, LearnerCourse

    LearnerCourse.objects.update(switched_at=F("switched_at") - by)
    AttemptOperation.objects.update(completed_at=F("completed_at") - by)


def test_an_event_without_a_course_costs_nothing(amira: Any, sent: Any, counted: list[str]) -> None:
    """Nor does one of a library, of an old course, of nobody, or of nonsense."""
    with queries(0):
        assert emit(sent, user_id=amira.pk) is None
        for course in ("", "library-v1:Org+Lib", "Org/Course/Run", "nonsense", 4711, ["x"]):
            assert emit(sent, **about(amira, course_id=course)) is None
        for user in ("", None, "amira", True, -1, 2**70, ["x"]):
            assert emit(sent, course_id=str(COURSE), user_id=user, username="") is None
    assert counted == []


@pytest.mark.parametrize(
    "data", ['{"GET": {}}', "input_1=x", ["a"], None, {"user_id": {}, "course_id": {}, "username": 3}]
)
def test_what_browsers_send(amira: Any, sent: Any, data: Any) -> None:
    """Anything: the context says who and where."""
    assert emit(sent, data, **about(amira, event_source="browser")) == named(amira, 1)


def test_whom_it_is_about_counts_before_who_did_it(amira: Any, sent: Any, reset: Any) -> None:
    """As in the actor of a statement: staff enrols, rescores, overrides. In tasks there is no context at all."""
    reset(amira)
    staff = UserFactory()
    data = {"user_id": str(amira.pk), "course_id": str(COURSE)}
    for context in ({}, about(staff), about(staff, course_id=str(LOOKALIKE))):
        assert emit(sent, data, name="edx.grades.subsection.grade_calculated", **context) == named(amira, 2)
    by_name = {"username": amira.username, "course_id": str(COURSE)}
    assert emit(sent, by_name, **about(staff)) == named(amira, 2)
    assert emit(sent, {**by_name, "username": "nobody"}, **about(staff)) is None
    assert emit(sent, {"course_id": str(COURSE)}, username=amira.username) == named(amira, 2)


def test_work_of_an_archived_attempt_is_that_attempts(amira: Any, sent: Any, reset: Any) -> None:
    """A grade that is computed late for it names its key."""
    reset(amira)
    key = attempt_course_key(COURSE, 1)
    with queries(1):
        attempt = emit(sent, {"user_id": amira.pk, "course_id": str(key)}, course_id="")
    assert attempt == named(amira, 1)


def test_a_request_that_began_before_the_switch_is_of_the_attempt_before(amira: Any, sent: Any, reset: Any) -> None:
    """Behaviour 8. As is what it saves. What begins afterwards is of the new one."""
    with begun(60):
        unit = current_unit()
        reset(amira)
        unit.__dict__.update({**vars(Unit(None)), "_ticks": unit._ticks - 60})
        assert emit(sent, **about(amira)) == named(amira, 1)
    with unit_of_work():
        assert emit(sent, **about(amira)) == named(amira, 2)
    assert emit(sent, **about(amira)) == named(amira, 2)


def test_the_margin_of_the_fence(amira: Any, sent: Any, reset: Any, settings: Any) -> None:
    """Work that began within it may have read what was not committed yet; its rows are in the old attempt too."""
    settings.ATTEMPTS_COMMIT_MARGIN = 60
    reset(amira)
    with unit_of_work():
        assert emit(sent, **about(amira)) == named(amira, 1)
    with unit_of_work(after_commit=True):
        assert emit(sent, **about(amira)) == named(amira, 2)


def test_an_event_that_waited_for_a_network_is_of_its_time(amira: Any, sent: Any, reset: Any, undo: Any) -> None:
    """Mobile apps say when it happened."""
    reset(amira)
    _move_switches_back(timedelta(hours=2))
    undo(amira)
    _move_switches_back(timedelta(hours=1))
    now = timezone.now()
    for hours, number in ((5, 1), (2, 2), (0.5, 1), (-3, 1)):
        for said in (now - timedelta(hours=hours), (now - timedelta(hours=hours)).isoformat()):
            with unit_of_work():
                assert emit(sent, **about(amira, timestamp=said)) == named(amira, number), (hours, said)
    reset(amira)
    with unit_of_work():
        assert emit(sent, **about(amira, timestamp="yesterday")) == named(amira, 3)
        assert emit(sent, **about(amira, timestamp="2026-99-99")) == named(amira, 3)


def test_statements_of_old_logs_are_of_their_time(amira: Any, reset: Any, settings: Any) -> None:
    """An event that names no attempt is looked up by when it was emitted."""
    reset(amira)
    _move_switches_back(timedelta(days=30))
    event = {"name": "problem_check", "context": about(amira), "data": {}}
    now = timezone.now()
    for days, number in ((40, 1), (20, 2)):
        moment = (now - timedelta(days=days)).isoformat()
        assert attempt_of_emitted({**event, "timestamp": moment}) == named(amira, number)
        assert attempt_of_emitted({**event, "time": moment}) == named(amira, number)
    assert attempt_of_emitted(event) is None
    event["context"]["attempt"] = named(amira, 1)
    with queries(0):
        assert attempt_of_emitted({**event, "timestamp": now.isoformat()})["number"] == 1
        settings.ATTEMPTS_IN_EVENTS = False
        assert attempt_of_emitted({**event, "context": about(amira), "timestamp": now.isoformat()}) is None


def test_what_a_client_calls_an_attempt_is_not_believed(amira: Any, sent: Any) -> None:
    """Mobile apps send contexts."""
    assert emit(sent, **about(amira, attempt={"uuid": "x", "number": 9})) == named(amira, 1)
    assert emit(sent, user_id=amira.pk, attempt={"uuid": "x", "number": 9}) is None


def test_it_can_be_switched_off(amira: Any, sent: Any, settings: Any, counted: list[str]) -> None:
    """At any time, by one setting."""
    settings.ATTEMPTS_IN_EVENTS = False
    with queries(0):
        assert emit(sent, **about(amira)) is None
    assert counted == []


def test_no_event_is_lost_where_the_database_fails(
    amira: Any, sent: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Behaviour 8. The log says so, and not what the error said."""
    secret = "amira@example.com"

    def fail(*_arguments: Any) -> Any:
        raise OperationalError(secret)

    with connection.execute_wrapper(fail), caplog.at_level(logging.ERROR):
        assert emit(sent, {"x": 1}, **about(amira)) is None
    assert sent[0]["data"] == {"x": 1}
    assert "attempts.event_without_attempt" in caplog.text
    assert secret not in caplog.text
    caplog.clear()
    with connection.execute_wrapper(fail), caplog.at_level(logging.ERROR):
        event = {"context": about(amira), "timestamp": timezone.now().isoformat()}
        assert attempt_of_emitted(event) is None
    assert "attempts.event_without_attempt" in caplog.text
    assert attempt_of_emitted({**event, "context": about(amira, attempt={"uuid": "nonsense"})}) is None


@pytest.mark.parametrize("alias", ["down", "default"])
def test_without_a_shared_cache_the_database_is_asked(
    amira: Any, sent: Any, reset: Any, settings: Any, alias: str
) -> None:
    """One that is away, or of one process only, makes events dearer, not wrong."""
    settings.ATTEMPTS_FENCE_CACHE = alias
    for number in (1, 2):
        for _request in range(2):
            with unit_of_work(), queries(1):
                assert emit(sent, **about(amira))["number"] == number
        if number == 1:
            reset(amira)


def read_before(learner: Any, switch: Callable[[], Any]) -> Callable[[], Any]:
    """Read which attempt is active as a process does that is overtaken by a switch before it can remember it."""

    def read() -> pointers.Pointer:
        found = pointers.Pointer(1, api.attempts(learner, COURSE)[0].uuid, None)
        switch()
        return found

    return read


def test_what_was_read_before_a_switch_is_not_remembered_after_it(amira: Any, sent: Any, reset: Any) -> None:
    """Between the look in vain and its answer the learner is switched."""
    with unit_of_work():
        pointers.remembered(amira.pk, COURSE, read_before(amira, lambda: reset(amira)))
    with unit_of_work():
        assert emit(sent, **about(amira)) == named(amira, 2)


@pytest.mark.parametrize("seconds", [pointers._SECONDS_TO_LIVE + 1, None])
def test_nor_by_work_that_outlasts_the_mark(amira: Any, sent: Any, reset: Any, seconds: float | None) -> None:
    """A transaction may show for as long as it lasts what there was when it began; of commands nobody knows how old."""
    before = pointers.Pointer(1, api.attempts(amira, COURSE)[0].uuid, None)
    reset(amira)
    # As when the mark has ended.
    caches["shared"].clear()
    with begun(seconds) if seconds else nullcontext():
        assert pointers.remembered(amira.pk, COURSE, lambda: before) == before
    with unit_of_work():
        assert emit(sent, **about(amira)) == named(amira, 2)


def test_the_clock_of_a_host_that_is_ahead(amira: Any, sent: Any, reset: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """By less than ATTEMPTS_CLOCK_SKEW: what is near a switch is compared by the clock of the database."""
    reset(amira)
    _move_switches_back(timedelta(seconds=10))
    caches["shared"].clear()
    with unit_of_work():
        emit(sent, **about(amira))
    ahead = SimpleNamespace(time=lambda: time.time() + 50)
    monkeypatch.setattr(lookup, "time", ahead)
    with begun(30):
        assert emit(sent, **about(amira)) == named(amira, 1)
    with begun(5):
        assert emit(sent, **about(amira)) == named(amira, 2)


def test_the_settings_of_the_lms() -> None:
    """Ours comes last, once, whatever the operator has; Studio's events are no learner's."""
    settings = ModuleType("settings")
    settings.EVENT_TRACKING_PROCESSORS = [{"ENGINE": "the.operators.Processor", "OPTIONS": {}}]
    for _time in range(2):
        lms.plugin_settings(settings)
        assert settings.EVENT_TRACKING_PROCESSORS == [{"ENGINE": "the.operators.Processor", "OPTIONS": {}}, OWN]
    for fill in (studio.plugin_settings, common.plugin_settings):
        settings = ModuleType("settings")
        fill(settings)
        assert not hasattr(settings, "EVENT_TRACKING_PROCESSORS")


def test_aspects_is_no_follow_up_where_it_is_not_installed() -> None:
    """What needs it is tested by `make streams-test`."""
    assert "aspects" not in installed_follow_ups()
