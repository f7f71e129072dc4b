"""Log lines and custom attributes: each names its operation, and none says anything of a person."""

from __future__ import annotations

import ast
import json
import logging
import re
import traceback
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID, uuid4

import kombu.exceptions
import pytest
from django.db import DataError, IntegrityError, OperationalError, connection
from edx_django_utils.monitoring import TelemetryBackend

from attempts import api, exceptions, tasks
from attempts.data import OperationData, Provenance
from attempts.models import AttemptOperation, FollowUp
from attempts.operations import execute
from attempts.telemetry import Event, EventLog, about_operation, described, learn, without_text
from attempts.telemetry.attributes import ATTRIBUTES
from tests.attempts.test_filters import Step
from tests.attempts.test_operations import Broken
from tests.factories import COURSE, CourseGradeFactory, StateFactory, UserFactory

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent.parent
SECRET = "the learner's own words"
#: What is on every line about an operation that a worker has in hand.
IDENTITY = {"operation", "kind", "learner", "course"}


class Unlucky:
    """A follow-up whose error quotes the learner."""

    name, delay, immediate = "unlucky", 0.0, False
    raises: ClassVar[list[Exception]] = []

    def run(self, operation: OperationData) -> None:
        """Fail as long as there is an error left."""
        if self.raises:
            raise self.raises.pop(0)


UNLUCKY = Unlucky()


class Recorder(TelemetryBackend):
    """A monitoring that remembers."""

    attributes: ClassVar[dict[str, Any]] = {}
    spans: ClassVar[list[str]] = []

    def set_attribute(self, key: str, value: Any) -> None:
        """Remember an attribute."""
        self.attributes[key] = value

    def create_span(self, name: str, operation_name: str | None = None) -> None:
        """Remember a span."""
        self.spans.append(name)

    def record_exception(self) -> None:
        """Remember nothing."""

    def set_local_root_span_name(self, name: str, group: Any = None, priority: Any = None) -> None:
        """Remember nothing."""

    def tag_root_span_with_error(self, exception: BaseException) -> None:
        """Remember nothing."""


class Collected(logging.Handler):
    """Every record of attempts, and the text that a plain handler would print of it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.records: list[logging.LogRecord] = []
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.records.append(record)
        self.texts.append(logging.Formatter("%(name)s %(levelname)s %(message)s").format(record))

    def words(self, *events: Event) -> list[dict[str, Any]]:
        """Return what the records of some events say, by attribute."""
        found = [record for record in self.records if getattr(record, "attempts_event", None) in events]
        return [
            {name.removeprefix("attempts_"): value for name, value in vars(one).items() if name.startswith("attempts_")}
            for one in found
        ]

    def events(self) -> list[str]:
        """Return the events in order."""
        return [record.attempts_event for record in self.records if hasattr(record, "attempts_event")]


@pytest.fixture
def logged() -> Iterator[Collected]:
    """Everything that attempts log."""
    handler, logger = Collected(), logging.getLogger("attempts")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield handler
    logger.removeHandler(handler)
    logger.setLevel(level)


@pytest.fixture
def commit(django_capture_on_commit_callbacks: Any) -> Any:
    """A commit: what is to be done then is done when it ends."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture(autouse=True)
def _follow_up(settings: Any) -> Iterator[None]:
    settings.ATTEMPTS_FOLLOW_UPS = ["tests.attempts.test_telemetry.UNLUCKY"]
    UNLUCKY.raises.clear()
    Recorder.attributes.clear()
    Recorder.spans.clear()
    yield
    Step.raises = None


def quoting(learner: Any) -> str:
    """What a database, a mail server or a careless step may say."""
    return f"Duplicate entry '{learner.username}-{learner.email}' {SECRET}"


# ---------------------------------------------------------------------------------------------------------------------
# An operation from start to end


def test_every_line_of_an_operation_names_it(learner: Any, logged: Collected, commit: Any, settings: Any) -> None:
    """Asked for, begun, completed, followed up: the same uuid, kind, learner, course and request id throughout."""
    StateFactory.create_batch(2, student=learner, state=f'{{"answer": "{SECRET}"}}')
    support = UserFactory(username="helpful", email="helpful@example.com")
    came = Provenance(role="is_staff", client="jwt", request_id="request-7")
    with commit():
        asked = api.request_reset(learner, COURSE, requested_by=support, comment=SECRET, provenance=came)
    with commit():
        execute(asked.uuid)
    tasks.run_follow_up.apply(args=[str(asked.uuid), "unlucky"], throw=True)
    steps = ["operation_requested", "operation_started", "operation_completed", "follow_up_done"]
    assert [event for event in logged.events() if event in steps] == steps
    known = {"kind": "reset", "learner": learner.pk, "course": str(COURSE), "request_id": "request-7"}
    for words in logged.words(*Event):
        assert words.items() >= {"operation": str(asked.uuid), **known}.items()
    [done] = logged.words(Event.OPERATION_COMPLETED)
    row = AttemptOperation.objects.get(uuid=asked.uuid)
    assert (done["status"], done["rows"]) == ("complete", 2)
    assert done["duration"] == (row.completed_at - row.started_at).total_seconds()
    [line] = [text for text in logged.texts if "operation_completed" in text]
    assert line.startswith(
        f"attempts.operations INFO attempts.operation_completed operation={asked.uuid} kind=reset "
        f"learner={learner.pk} course={COURSE} request_id=request-7 status=complete duration="
    )
    text = "\n".join(logged.texts)
    for hidden in (SECRET, learner.username, learner.email, support.username, support.email):
        assert hidden not in text


def test_a_formatter_for_programs_has_everything(learner: Any, logged: Collected, commit: Any) -> None:
    """What JSON formatters do: they dump the attributes of a record."""
    with commit():
        asked = api.request_reset(learner, COURSE, requested_by=None)
    [record] = [one for one in logged.records if one.attempts_event == "operation_requested"]
    plain = json.loads(
        json.dumps({name: value for name, value in vars(record).items() if name.startswith("attempts_")})
    )
    assert plain == {
        "attempts_event": "operation_requested",
        "attempts_operation": str(asked.uuid),
        "attempts_kind": "reset",
        "attempts_learner": learner.pk,
        "attempts_course": str(COURSE),
        "attempts_status": "enqueued",
    }


def test_nothing_is_told_of_a_request_that_is_rolled_back(
    learner: Any, logged: Collected, django_capture_on_commit_callbacks: Any
) -> None:
    """It is told on commit."""
    with django_capture_on_commit_callbacks():
        api.request_reset(learner, COURSE, requested_by=None)
    assert "operation_requested" not in logged.events()


def test_a_refusal_tells_each_reason(learner: Any, logged: Collected) -> None:
    """There is no operation to name."""
    CourseGradeFactory(user_id=learner.pk, passing=True)
    with pytest.raises(exceptions.LearnerPassing):
        api.request_reset(learner, COURSE, requested_by=None)
    [words] = logged.words(Event.OPERATION_REFUSED)
    del words["event"]
    assert words == {"kind": "reset", "learner": learner.pk, "course": str(COURSE), "code": "learner_passing"}


def test_a_failure_tells_its_code_and_no_sentence(learner: Any, logged: Collected, run: Any) -> None:
    """Sentences of sites may name people; they are in the operation."""
    asked = api.request_reset(learner, COURSE, requested_by=None)
    CourseGradeFactory(user_id=learner.pk, passing=True)
    assert run(asked).status == "failed"
    [words] = logged.words(Event.OPERATION_FAILED)
    assert words.keys() >= IDENTITY
    assert (words["operation"], words["status"], words["code"]) == (str(asked.uuid), "failed", "learner_passing")
    execute(asked.uuid)
    assert logged.words(Event.OPERATION_SKIPPED)[0]["operation"] == str(asked.uuid)


def test_a_broker_that_is_away_is_told_with_the_operation(
    learner: Any, logged: Collected, commit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the request nor the switch is harmed, and no address of a broker is told."""

    address = "amqp://rabbit:password@broker:5672//"

    def away(**_words: Any) -> None:
        raise kombu.exceptions.OperationalError(address)

    monkeypatch.setattr(tasks.run_operation, "apply_async", away)
    monkeypatch.setattr(tasks.run_follow_up, "apply_async", away)
    with commit():
        asked = api.request_reset(learner, COURSE, requested_by=None)
    with commit():
        execute(asked.uuid, dispatch=tasks.enqueue_follow_up)
    for words in logged.words(Event.OPERATION_NOT_ENQUEUED, Event.FOLLOW_UP_NOT_ENQUEUED):
        assert words.keys() >= IDENTITY
        assert (words["operation"], words["error"]) == (str(asked.uuid), "OperationalError")
    assert {"operation_not_enqueued", "follow_up_not_enqueued"} <= set(logged.events())
    assert address not in "\n".join(logged.texts)


# ---------------------------------------------------------------------------------------------------------------------
# Errors that quote


def test_a_database_in_the_way_is_told_without_its_words(
    learner: Any, logged: Collected, caplog: pytest.LogCaptureFixture, settings: Any
) -> None:
    """Each try, with its number, and that it was given up; nor does Celery tell, whose line shows the error."""
    settings.ATTEMPTS_MAX_RETRIES, settings.ATTEMPTS_RETRY_BASE_SECONDS = 1, 0
    caplog.set_level(logging.DEBUG)
    StateFactory(student=learner)
    asked = api.request_reset(learner, COURSE, requested_by=None)
    broken = Broken('UPDATE "courseware_studentmodule"', OperationalError(1213, quoting(learner)), times=2)
    with connection.execute_wrapper(broken):
        tasks.run_operation.apply(args=[str(asked.uuid)])
    [retried] = logged.words(Event.OPERATION_RETRIED)
    assert retried.keys() >= IDENTITY
    assert (retried["code"], retried["error"], retried["retry"]) == (
        "database_unavailable",
        "OperationalError 1213",
        0,
    )
    [given_up] = logged.words(Event.OPERATION_GIVEN_UP)
    assert (given_up["operation"], given_up["kind"], given_up["retry"]) == (str(asked.uuid), "reset", 1)
    text = "\n".join([*logged.texts, caplog.text])
    assert "1213 (its text is not logged)" in text
    for hidden in (SECRET, learner.username, learner.email):
        assert hidden not in text


@pytest.mark.parametrize("error", [DataError, IntegrityError])
def test_an_unforeseen_error_of_a_database_is_told_without_its_words(
    learner: Any, logged: Collected, caplog: pytest.LogCaptureFixture, error: type[Exception], settings: Any
) -> None:
    """It ends the task, and Celery logs what ends a task: that has no words either."""
    settings.ATTEMPTS_MAX_RETRIES = 0
    caplog.set_level(logging.DEBUG)
    asked = api.request_reset(learner, COURSE, requested_by=None)
    with connection.execute_wrapper(Broken('UPDATE "courseware_studentmodule"', error(quoting(learner)))):
        StateFactory(student=learner)
        tasks.run_operation.apply(args=[str(asked.uuid)])
    assert api.operation(asked.uuid).status == "failed"
    [failed] = logged.words(Event.OPERATION_FAILED)
    assert failed["operation"] == str(asked.uuid)
    text = "\n".join([*logged.texts, caplog.text])
    assert error.__name__ in text
    for hidden in (SECRET, learner.username, learner.email):
        assert hidden not in text


def test_recover_tells_what_it_could_not_do(learner: Any, logged: Collected, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the operation, the class of the error and where it was raised; then how much was taken up."""
    text = quoting(learner)

    def too_long(_uuid: UUID) -> None:
        raise DataError(text)

    asked = api.request_reset(learner, COURSE, requested_by=None)
    monkeypatch.setattr("attempts.operations.execution._mark_started", too_long)
    api.recover(older_than=timedelta(0))
    [words] = logged.words(Event.OPERATION_NOT_RECOVERED)
    assert (words["operation"], words["error"]) == (str(asked.uuid), "DataError")
    [text] = [text for text in logged.texts if "operation_not_recovered" in text]
    assert "in too_long" in text, "the traceback says where"
    assert SECRET not in text
    tasks.recover_operations()
    [ended] = logged.words(Event.RECOVER_ENDED)
    assert (ended["operations"], ended["follow_ups"]) == (0, 0)


def test_a_follow_up_that_fails_is_told_without_its_words(learner: Any, logged: Collected, reset: Any) -> None:
    """Mail servers quote addresses. Tried again, then given up: counted, timed, with the operation."""
    done = reset(learner)
    UNLUCKY.raises[:] = [ConnectionRefusedError(111, quoting(learner))]
    tasks.run_follow_up.apply(args=[str(done.uuid), "unlucky"], throw=True)
    [words] = logged.words(Event.FOLLOW_UP_RETRIED)
    assert words.keys() >= IDENTITY
    assert (words["operation"], words["follow_up"], words["tries"]) == (str(done.uuid), "unlucky", 1)
    assert words["error"] == "ConnectionRefusedError 111"
    assert words["duration"] >= 0
    FollowUp.objects.filter(operation__uuid=done.uuid).update(tries=7)
    UNLUCKY.raises[:] = [ConnectionRefusedError(111, quoting(learner))]
    api.repeat_follow_ups(done.uuid)
    text = "\n".join(logged.texts)
    for hidden in (SECRET, learner.username, learner.email):
        assert hidden not in text


def test_a_step_that_fails_is_told_with_the_operation(learner: Any, logged: Collected, run: Any, settings: Any) -> None:
    """It ran while the operation was carried out."""
    asked = api.request_reset(learner, COURSE, requested_by=None)
    pipeline = {"fail_silently": False, "pipeline": ["tests.attempts.test_filters.Step"]}
    settings.OPEN_EDX_FILTERS_CONFIG = {"org.openedx.learning.attempt.switch.requested.v1": pipeline}
    Step.raises = ZeroDivisionError(quoting(learner))
    assert run(asked).error_code == "veto_unknown"
    [words] = logged.words(Event.FILTER_STEP_FAILED)
    assert words.keys() >= IDENTITY
    assert (words["operation"], words["error"]) == (str(asked.uuid), "ZeroDivisionError")
    assert SECRET not in "\n".join(logged.texts)


def test_an_error_without_text_keeps_what_helps() -> None:
    """Name, number, frames and causes, however deep; and it is an error that Celery can send on."""

    def deep() -> None:
        try:
            raise OSError(28, f"No space for {SECRET}")
        except OSError as error:
            raise IntegrityError(1062, f"Duplicate {SECRET}") from error

    with pytest.raises(IntegrityError) as caught:
        deep()
    assert described(caught.value) == "IntegrityError 1062"
    copy = without_text(caught.value)
    text = "".join(traceback.format_exception(copy))
    assert SECRET not in text
    assert "OSError: 28 (its text is not logged)" in text
    assert "django.db.utils.IntegrityError: 1062 (its text is not logged)" in text
    assert text.count("in deep") == 2


def test_numbers_of_errors_come_from_where_drivers_put_them() -> None:
    """PostgreSQL, SQLite, MySQL, the system; none where there is none."""
    postgres, sqlite = IntegrityError("duplicate"), IntegrityError("unique")
    postgres.__cause__ = type("UniqueViolation", (Exception,), {"sqlstate": "23505"})()
    sqlite.__cause__ = type("IntegrityError", (Exception,), {"sqlite_errorname": "SQLITE_CONSTRAINT_UNIQUE"})()
    said = [described(error) for error in (postgres, sqlite, OSError(111, "refused"), ValueError("12"))]
    assert said == [
        "IntegrityError 23505",
        "IntegrityError SQLITE_CONSTRAINT_UNIQUE",
        "ConnectionRefusedError 111",
        "ValueError",
    ]


# ---------------------------------------------------------------------------------------------------------------------
# The line


def test_a_word_cannot_forge_another(logged: Collected) -> None:
    """Blanks, quotes and line ends are escaped, so a line is one line and each word ends where it ends."""
    EventLog("attempts.operations").info(Event.OPERATION_REQUESTED, course='a"\nattempts.operation_failed learner=2')
    [text] = logged.texts
    assert "\n" not in text
    assert text.endswith('course="a\\"\\nattempts.operation_failed learner=2"')


def test_context_ends_with_its_operation(logged: Collected) -> None:
    """An operation within another, such as an undo that a follow-up asks for, is told by its own name."""
    log, outer, inner = EventLog("attempts.operations"), UUID(int=1), UUID(int=2)
    with about_operation(outer, retry=3):
        learn(kind="reset")
        with about_operation(inner):
            log.info(Event.OPERATION_STARTED)
        with about_operation(outer):
            learn(learner=9)
        log.info(Event.OPERATION_STARTED)
    log.info(Event.RECOVER_ENDED)
    learn(kind="nobody listens")
    first, second, third = logged.words(*Event)
    assert first == {"event": "operation_started", "operation": str(inner)}
    assert second == {**first, "operation": str(outer), "retry": 3, "kind": "reset", "learner": 9}
    assert third == {"event": "recover_ended"}


def test_a_line_nobody_prints_costs_nothing(logged: Collected) -> None:
    """It is not even put together."""

    class Expensive:
        def __str__(self) -> str:
            raise AssertionError("it was put together")

    logging.getLogger("attempts").setLevel(logging.ERROR)
    EventLog("attempts.operations").info(Event.OPERATION_REQUESTED, course=Expensive())
    assert logged.records == []


def test_operations_are_told_by_events_only() -> None:
    """No module that carries out an operation or a follow-up writes lines of its own, which might quote an error."""
    folders = ("operations", "followups", "sweeping", "switching", "telemetry", "monitoring", "api")
    paths = [path for folder in folders for path in (ROOT / "attempts" / folder).rglob("*.py")]
    paths += [ROOT / "attempts" / name for name in ("filters.py",)]
    allowed = {"telemetry/logs.py", "followups/overheard.py", "followups/registry.py"}
    assert len(paths) > 30
    found = {
        str(path.relative_to(ROOT / "attempts"))
        for path in paths
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr == "getLogger"
    }
    assert found == allowed


# ---------------------------------------------------------------------------------------------------------------------
# Custom attributes


@pytest.fixture
def monitored(settings: Any) -> type[Recorder]:
    """A site with a monitoring."""
    settings.OPENEDX_TELEMETRY = ["tests.attempts.test_telemetry.Recorder"]
    return Recorder


def test_requests_and_tasks_have_attributes(learner: Any, monitored: type[Recorder], commit: Any) -> None:
    """Request, execution and follow-up, each with the operation."""
    StateFactory(student=learner)
    with commit():
        asked = api.request_reset(learner, COURSE, requested_by=None)
    known = {"attempts_operation": str(asked.uuid), "attempts_kind": "reset"}
    assert monitored.attributes == {**known, "attempts_status": "enqueued"}
    monitored.attributes.clear()
    with commit():
        tasks.run_operation.apply(args=[str(asked.uuid)], throw=True)
    took = monitored.attributes.pop("attempts_duration")
    assert took == (api.operation(asked.uuid).completed_at - api.operation(asked.uuid).started_at).total_seconds()
    assert monitored.attributes == {
        **known,
        "attempts_status": "complete",
        "attempts_rows": 1,
        "attempts_retry": 0,
    }
    assert monitored.spans == ["attempts.operations.execute"]
    monitored.attributes.clear()
    tasks.run_follow_up.apply(args=[str(asked.uuid), "unlucky"], throw=True)
    assert monitored.attributes.pop("attempts_duration") >= 0
    assert monitored.attributes == {**known, "attempts_follow_up": "unlucky", "attempts_outcome": "done"}


def test_a_failure_has_its_code(learner: Any, monitored: type[Recorder], run: Any) -> None:
    """So that failures can be grouped in the host's monitoring."""
    asked = api.request_reset(learner, COURSE, requested_by=None)
    CourseGradeFactory(user_id=learner.pk, passing=True)
    run(asked)
    assert monitored.attributes["attempts_code"] == "learner_passing"
    assert monitored.attributes["attempts_status"] == "failed"


def test_attributes_are_annotated() -> None:
    """As the platform's conventions want it: name and description, for each and for no other."""
    source = (ROOT / "attempts" / "telemetry" / "attributes.py").read_text()
    named = re.findall(r"# \.\. custom_attribute_name: (\w+)\n# \.\. custom_attribute_description: \S", source)
    assert named == [f"attempts_{name}" for name in ATTRIBUTES]


def test_what_is_not_there_is_not_told(logged: Collected) -> None:
    """An operation that never was: its uuid is all that is known."""
    uuid = uuid4()
    execute(uuid)
    assert logged.words(Event.OPERATION_SKIPPED) == [{"event": "operation_skipped", "operation": str(uuid)}]
