"""Attempts and operations in the tables of Aspects, in a real ClickHouse. `make streams-test`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.management import call_command

from attempts import api, tasks
from attempts.data import OperationData
from tests.factories import COURSE, CourseGradeFactory, UserFactory, enrolled
from tests.processes import ROOT

pytestmark = pytest.mark.django_db
ATTEMPTS = "SELECT * FROM event_sink.attempt FINAL ORDER BY number"
OPERATIONS = "SELECT * FROM event_sink.attempt_operation FINAL ORDER BY id"


def follow(operation: OperationData) -> tuple[str, str]:
    """Let a worker do it; how that went."""
    tasks.run_follow_up.apply(args=[str(operation.uuid), "aspects"], throw=True)
    found = {one.name: one for one in api.operation(operation.uuid).follow_ups}["aspects"]
    return found.status, found.error_code


def moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(f"{text}+00:00") if text else None


def test_a_reset_arrives(amira: Any, reset: Any, clickhouse: Any) -> None:
    """Both attempts as they are now, and the operation; each value with its type."""
    CourseGradeFactory(user_id=amira.pk)
    done = reset(amira, comment="Amira was ill")
    assert follow(done) == ("done", "")
    first, second = api.attempts(amira, COURSE)
    archived, active = clickhouse.rows(ATTEMPTS)
    for row, attempt in ((archived, first), (active, second)):
        assert (row["uuid"], row["number"], row["state"]) == (str(attempt.uuid), attempt.number, attempt.state)
        assert (row["user_id"], row["course_key"]) == (amira.pk, str(COURSE))
        assert moment(row["opened_at"]) == attempt.opened_at
        assert moment(row["archived_at"]) == attempt.archived_at
    assert (archived["percent_grade"], archived["letter_grade"], archived["passed"]) == (0.3, "", False)
    assert archived["completed_blocks"] == 0
    assert {active[name] for name in ("percent_grade", "letter_grade", "passed", "completed_blocks")} == {None}
    [row] = clickhouse.rows(OPERATIONS)
    assert (row["uuid"], row["kind"], row["status"]) == (str(done.uuid), "reset", "complete")
    assert (row["from_attempt"], row["to_attempt"], row["undoes"]) == (str(first.uuid), str(second.uuid), None)
    assert moment(row["completed_at"]) == done.completed_at
    assert (row["requested_by_id"], row["error_code"]) == (None, "")


def test_an_undo_takes_the_place_of_what_was_sent(amira: Any, reset: Any, undo: Any, clickhouse: Any) -> None:
    """The last row of each attempt counts; what an attempt came to when it was archived before is gone with it."""
    CourseGradeFactory(user_id=amira.pk)
    operations = [reset(amira), undo(amira)]
    assert {follow(operation) for operation in operations} == {("done", "")}
    first, second = clickhouse.rows(ATTEMPTS)
    assert (first["state"], second["state"]) == ("active", "archived")
    assert first["percent_grade"] is None
    assert clickhouse.rows(OPERATIONS)[1]["undoes"] == str(operations[0].uuid)


def test_nothing_personal_is_sent(amira: Any, run: Any, clickhouse: Any) -> None:
    """Nobody's name, and nothing that somebody wrote."""
    support = UserFactory(username="support-lea", email="lea@example.com")
    follow(run(api.request_reset(amira, COURSE, requested_by=support, comment="Amira was ill")))
    sent = "\n".join(clickhouse.requests)
    assert str(support.pk) in sent
    words = ("amira", "Amira", "Haddad", "ill", "lea", "example.com", "attempt-v1")
    assert [word for word in words if re.search(rf"\b{word}\b", sent)] == []


@pytest.mark.parametrize("on", [(), ("ATTEMPT",), ("ATTEMPT_OPERATION",)])
def test_each_sink_has_a_switch_of_its_own(amira: Any, reset: Any, clickhouse: Any, settings: Any, on: Any) -> None:
    """Off by default, as those of Aspects."""
    for name in ("ATTEMPT", "ATTEMPT_OPERATION"):
        delattr(settings, f"EVENT_SINK_CLICKHOUSE_{name}_ENABLED")
    for name in on:
        setattr(settings, f"EVENT_SINK_CLICKHOUSE_{name}_ENABLED", True)
    assert follow(reset(amira)) == (("done", "") if on else ("skipped", "aspects_off"))
    assert len(clickhouse.rows(ATTEMPTS)) == (2 if "ATTEMPT" in on else 0)
    assert len(clickhouse.rows(OPERATIONS)) == (1 if "ATTEMPT_OPERATION" in on else 0)


def test_a_flag_switches_them_on_too(amira: Any, reset: Any, clickhouse: Any, settings: Any) -> None:
    """By the names that Aspects gives its flags."""
    from waffle import get_waffle_flag_model

    del settings.EVENT_SINK_CLICKHOUSE_ATTEMPT_ENABLED
    get_waffle_flag_model().objects.create(name="event_sink_clickhouse.attempt.enabled", everyone=True)
    follow(reset(amira))
    assert len(clickhouse.rows(ATTEMPTS)) == 2


def break_address(clickhouse: Any, settings: Any) -> None:
    backend = {**settings.EVENT_SINK_CLICKHOUSE_BACKEND_CONFIG, "url": "http://127.0.0.1:1/"}
    settings.EVENT_SINK_CLICKHOUSE_BACKEND_CONFIG = backend


def break_table(clickhouse: Any, settings: Any) -> None:
    clickhouse.run("DROP TABLE event_sink.attempt")


@pytest.mark.parametrize(("harm", "code"), [(break_address, "ConnectionError"), (break_table, "HTTPError")])
def test_what_clickhouse_does_not_take_is_tried_again(
    amira: Any, reset: Any, clickhouse: Any, settings: Any, harm: Callable[..., None], code: str
) -> None:
    """The switch stays; nothing is lost."""
    right = settings.EVENT_SINK_CLICKHOUSE_BACKEND_CONFIG
    harm(clickhouse, settings)
    done = reset(amira)
    assert follow(done) == ("waiting", code)
    assert api.operation(done.uuid).status == "complete"
    settings.EVENT_SINK_CLICKHOUSE_BACKEND_CONFIG = right
    clickhouse.empty()
    api.repeat_follow_ups(done.uuid, "aspects")
    assert follow(done) == ("done", "")
    assert len(clickhouse.rows(ATTEMPTS)) == 2


def test_a_table_of_an_earlier_release(amira: Any, reset: Any, clickhouse: Any) -> None:
    """Goes on without the columns that it lacks."""
    clickhouse.run("ALTER TABLE event_sink.attempt DROP COLUMN completion_ratio")
    assert follow(reset(amira)) == ("done", "")
    assert len(clickhouse.rows(ATTEMPTS)) == 2


def test_the_command_of_aspects_sends_what_was_before(amira: Any, reset: Any, undo: Any, clickhouse: Any) -> None:
    """In batches, or some by primary key."""
    bela = enrolled()
    for learner in (amira, bela):
        reset(learner)
    undo(amira)
    for name in ("attempt", "attempt_operation"):
        call_command("dump_data_to_clickhouse", object=name, batch_size=3, sleep_time=0)
    states = {(row["user_id"], row["number"]): row["state"] for row in clickhouse.rows(ATTEMPTS)}
    assert states == {
        (amira.pk, 1): "active",
        (amira.pk, 2): "archived",
        (bela.pk, 1): "archived",
        (bela.pk, 2): "active",
    }
    assert [row["kind"] for row in clickhouse.rows(OPERATIONS)] == ["reset", "reset", "undo"]
    first = clickhouse.rows(OPERATIONS)[0]["id"]
    clickhouse.empty()
    call_command("dump_data_to_clickhouse", object="attempt_operation", ids=[str(first)], sleep_time=0)
    assert len(clickhouse.rows(OPERATIONS)) == 1


def test_an_operation_that_failed_is_sent_by_the_command(amira: Any, clickhouse: Any, policy: Any) -> None:
    """With the code of its error; without attempts, and without the sentence."""
    asked = api.request_reset(amira, COURSE, requested_by=None)
    policy.active = False
    policy.save()
    tasks.run_operation.apply(args=[str(asked.uuid)])
    call_command("dump_data_to_clickhouse", object="attempt_operation", sleep_time=0)
    [row] = clickhouse.rows(OPERATIONS)
    assert (row["status"], row["from_attempt"], row["to_attempt"]) == ("failed", None, None)
    assert row["error_code"]


def test_the_task_of_aspects_works_with_them(amira: Any, reset: Any, clickhouse: Any) -> None:
    """One row by primary key, as its own receivers send them."""
    from platform_plugin_aspects.tasks import dump_data_to_clickhouse

    from attempts.models import AttemptContext
    from attempts.streams.aspects.sinks import AttemptSink

    reset(amira)
    pk = AttemptContext.objects.get(number=2).pk
    name = AttemptSink.__module__, AttemptSink.__name__
    assert dump_data_to_clickhouse(*name, pk) == "Dumped"
    [row] = clickhouse.rows(ATTEMPTS)
    assert row["number"] == 2


def queries() -> dict[str, str]:
    """The queries of the documentation, by the words before each."""
    text = (ROOT / "docs" / "streams.rst").read_text()
    found = re.findall(r"([^\n]+)::\n\n((?:    [^\n]*\n|\n)+)", text)
    return {words.strip(): body for words, body in found if body.lstrip().startswith("SELECT")}


def test_the_queries_of_the_documentation(
    amira: Any, emit: Any, told: Any, reset: Any, clickhouse: Any, settings: Any
) -> None:
    """On statements that event-routing-backends has made, of a learner reset and of one who was not."""
    bela = enrolled(username="bela", email="bela@example.com")
    data = {"id": "v1", "currentTime": 3, "duration": 30}
    for learner in (amira, bela):
        emit(learner, "play_video", data)
    follow(reset(amira))
    emit(amira, "play_video", data)
    statements = [
        json.dumps({"event_id": one["id"], "emission_time": one["timestamp"], "event": json.dumps(one)})
        for one in told("xapi")
    ]
    words = {"date_time_input_format": "best_effort"}
    clickhouse.insert("INSERT INTO xapi.xapi_events_all FORMAT JSONEachRow", words, "\n".join(statements))
    by_attempt, only_current, switches = (clickhouse.rows(query) for query in queries().values())
    assert sorted(row["attempt"] for row in by_attempt) == [1, 1, 2]
    assert len(only_current) == 2
    first, second = api.attempts(amira, COURSE)
    kept = {row["registration"] for row in only_current}
    assert str(second.uuid) in kept
    assert str(first.uuid) not in kept
    assert [(row["kind"], row["switches"]) for row in switches] == [("reset", 1)]
