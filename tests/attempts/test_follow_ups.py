"""What comes after a switch: never forgotten, never in its way, run alone, repeated until it works."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import kombu.exceptions
import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from attempts import api, checks, exceptions, tasks
from attempts.data import OperationData
from attempts.followups import FollowUpFailed, FollowUpNotNeeded
from attempts.models import FollowUp
from attempts.operations import execute
from tests.attempts.test_operations import Broken
from tests.factories import COURSE, StateFactory, enrolled
from tests.snapshots import read_placed

pytestmark = pytest.mark.django_db
NO_TIME = timedelta(0)


class Noted:
    """A follow-up that notes what it was given, and raises what it is told to."""

    def __init__(self, name: str, *, delay: float = 0, immediate: bool = False) -> None:
        self.name, self.delay, self.immediate = name, delay, immediate
        self.given: list[OperationData] = []
        self.raises: list[Exception] = []

    def run(self, operation: OperationData) -> None:
        """Note it."""
        self.given.append(operation)
        if self.raises:
            raise self.raises.pop(0)


NOW, FIRST, SECOND, LATER = (
    Noted("now", immediate=True),
    Noted("first"),
    Noted("second"),
    Noted("later", delay=300),
)
ALL = (NOW, FIRST, SECOND, LATER)
NEVER = Noted("never", delay=-1)
NAMELESS = Noted("")


@pytest.fixture(autouse=True)
def _follow_ups(settings: Any) -> None:
    settings.ATTEMPTS_FOLLOW_UPS = ["tests.attempts.test_follow_ups.ALL"]
    settings.ATTEMPTS_FOLLOW_UP_RETRY_SECONDS = 100
    for one in ALL:
        one.given.clear()
        one.raises.clear()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float | None]]:
    """What is sent to workers, by name, with the seconds to wait."""
    found: list[tuple[str, float | None]] = []
    monkeypatch.setattr(
        tasks.run_follow_up, "apply_async", lambda args, countdown, **_: found.append((args[1], countdown))
    )
    return found


@pytest.fixture
def complete(learner: Any, sent: Any, django_capture_on_commit_callbacks: Any) -> OperationData:
    """A reset, carried out by the task, with what happens on commit."""
    asked = api.request_reset(learner, COURSE, requested_by=None)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.run_operation.apply(args=[str(asked.uuid)])
    return api.operation(asked.uuid)


def states(operation: OperationData) -> dict[str, str]:
    """The follow-ups of an operation, by name."""
    return {one.name: one.status for one in api.operation(operation.uuid).follow_ups}


def deliver(operation: OperationData, name: str) -> None:
    """Do what a worker does with the message."""
    tasks.run_follow_up.apply(args=[str(operation.uuid), name], throw=True)


def wait(operation: OperationData, name: str) -> None:
    """Let the time come at which it is due."""
    FollowUp.objects.filter(operation__uuid=operation.uuid, name=name).update(due=timezone.now())


def test_each_is_begun_on_commit(complete: OperationData, sent: Any) -> None:
    """The immediate one here and now, with the operation as it is; the others by workers, each when it is due."""
    assert complete.status == "complete"
    assert states(complete) == {"now": "done", "first": "waiting", "second": "waiting", "later": "waiting"}
    assert sent == [("first", 0), ("second", 0), ("later", 300)]
    assert [(one.uuid, one.from_number, one.to_number) for one in NOW.given] == [(complete.uuid, 1, 2)]
    assert not FIRST.given
    deliver(complete, "first")
    assert states(complete)["first"] == "done"
    assert [one.uuid for one in FIRST.given] == [complete.uuid]
    done = api.operation(complete.uuid).follow_ups[1]
    assert (done.tries, done.error_code, done.ended_at is None) == (1, "", False)


def test_a_switch_that_fails_has_none(learner: Any) -> None:
    """Nothing was switched: there is nothing to follow."""
    asked = api.request_reset(learner, COURSE, requested_by=None)
    with (
        connection.execute_wrapper(Broken('UPDATE "grades_p', ZeroDivisionError())),
        pytest.raises(ZeroDivisionError),
    ):
        execute(asked.uuid)
    assert api.operation(asked.uuid).follow_ups == ()
    assert not FollowUp.objects.exists()


def test_they_are_written_with_the_switch_or_there_is_no_switch(learner: Any) -> None:
    """One transaction: a crash between the two is not possible."""
    StateFactory(student=learner)
    asked = api.request_reset(learner, COURSE, requested_by=None)
    before = read_placed()
    broken = Broken('INSERT INTO "attempts_followup"', OperationalError("gone"))
    with connection.execute_wrapper(broken), pytest.raises(OperationalError):
        execute(asked.uuid)
    assert read_placed() == before
    assert api.operation(asked.uuid).in_flight


@pytest.mark.parametrize(
    ("error", "code", "detail"),
    [
        (ConnectionRefusedError("learner@example.com"), "ConnectionRefusedError", "the log of the worker"),
        (FollowUpFailed("mail_refused", "The mail server refused it."), "mail_refused", "refused it"),
    ],
)
def test_one_that_fails_is_tried_again_and_harms_nobody(
    complete: OperationData, sent: Any, error: Exception, code: str, detail: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Not the operation, not the others; neither people nor the log are told what a server said of whom."""
    sent.clear()
    FIRST.raises[:] = [error]
    deliver(complete, "first")
    found = api.operation(complete.uuid)
    assert found.status == "complete"
    assert found.error_code == ""
    failed = found.follow_ups[1]
    assert (failed.status, failed.tries, failed.error_code, failed.ended_at) == ("waiting", 1, code, None)
    assert detail in failed.error
    assert "learner@example.com" not in failed.error
    assert "follow_up=first outcome=retried tries=1" in caplog.text
    assert f"error={type(error).__name__}" in caplog.text
    assert "learner@example.com" not in caplog.text
    [(name, countdown)] = sent
    assert name == "first"
    assert 75 <= countdown <= 125
    deliver(complete, "first")
    assert len(FIRST.given) == 1, "it was run before it was due"
    wait(complete, "first")
    deliver(complete, "first")
    deliver(complete, "second")
    assert states(complete) == {"now": "done", "first": "done", "second": "done", "later": "waiting"}
    assert api.operation(complete.uuid).follow_ups[1].error == ""


def test_an_immediate_one_that_fails_is_left_to_workers(
    learner: Any, sent: Any, django_capture_on_commit_callbacks: Any
) -> None:
    """The others are begun all the same."""
    NOW.raises[:] = [ZeroDivisionError()]
    asked = api.request_reset(learner, COURSE, requested_by=None)
    with django_capture_on_commit_callbacks(execute=True):
        execute(asked.uuid, dispatch=tasks.enqueue_follow_up)
    assert api.operation(asked.uuid).status == "complete"
    assert [name for name, _ in sent] == ["now", "first", "second", "later"]
    assert states(asked)["now"] == "waiting"


def test_a_database_in_the_way_of_an_immediate_one_does_not_stop_the_others(
    learner: Any, sent: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    """It stays waiting, for `recover`."""

    def refuse(*_: Any) -> None:
        raise OperationalError("gone")

    asked = api.request_reset(learner, COURSE, requested_by=None)
    with monkeypatch.context() as patch:
        patch.setattr("attempts.followups.running._end", refuse)
        with django_capture_on_commit_callbacks(execute=True):
            execute(asked.uuid, dispatch=tasks.enqueue_follow_up)
    assert [name for name, _ in sent] == ["first", "second", "later"]
    assert states(asked)["now"] == "waiting"


def test_waits_double_and_end(complete: OperationData, sent: Any, settings: Any) -> None:
    """Given up after so many tries, until somebody repeats it."""
    settings.ATTEMPTS_FOLLOW_UP_TRIES = 3
    sent.clear()
    FIRST.raises[:] = [ZeroDivisionError() for _ in range(3)]
    for _ in range(3):
        wait(complete, "first")
        deliver(complete, "first")
    assert [round(countdown / 100) for _, countdown in sent] == [1, 2]
    found = api.operation(complete.uuid).follow_ups[1]
    assert (found.status, found.tries, found.error_code) == ("failed", 3, "ZeroDivisionError")
    assert found.ended_at is not None
    wait(complete, "first")
    deliver(complete, "first")
    assert api.recover_follow_ups(older_than=NO_TIME) == [(complete.uuid, "second")]
    assert len(FIRST.given) == 3
    again = api.repeat_follow_ups(complete.uuid, "first")
    assert (again.follow_ups[1].status, again.follow_ups[1].tries) == ("done", 1)
    assert len(FIRST.given) == 4


def test_repeat_leaves_alone_what_has_worked(complete: OperationData) -> None:
    """Nobody gets the same mail twice because something else had failed."""
    deliver(complete, "first")
    SECOND.raises[:] = [FollowUpNotNeeded("nobody_listens", "Nobody listens.")]
    deliver(complete, "second")
    api.repeat_follow_ups(complete.uuid)
    assert [len(one.given) for one in ALL] == [1, 1, 1, 1]
    assert states(complete) == {"now": "done", "first": "done", "second": "skipped", "later": "done"}
    with pytest.raises(exceptions.FollowUpNotFound, match="nonsense"):
        api.repeat_follow_ups(complete.uuid, "nonsense")
    with pytest.raises(exceptions.OperationNotFound):
        api.repeat_follow_ups("nonsense")


def test_what_is_not_needed_says_why(complete: OperationData) -> None:
    """Skipped is not done."""
    FIRST.raises[:] = [FollowUpNotNeeded("nobody_listens", "Nobody listens.")]
    deliver(complete, "first")
    found = api.operation(complete.uuid).follow_ups[1]
    assert (found.status, found.error_code, found.error) == ("skipped", "nobody_listens", "Nobody listens.")


def test_one_that_runs_is_not_run_by_another(complete: OperationData, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message delivered twice, or `recover` while a worker is at it."""

    def deliver_again(_operation: OperationData) -> None:
        deliver(complete, "first")
        assert (complete.uuid, "first") not in api.recover_follow_ups(older_than=NO_TIME)
        FIRST.given.append(complete)

    monkeypatch.setattr(FIRST, "run", deliver_again)
    deliver(complete, "first")
    assert len(FIRST.given) == 1
    deliver(complete, "first")
    assert len(FIRST.given) == 1


def test_one_whose_worker_died_is_run_again(complete: OperationData, settings: Any) -> None:
    """At least once: after as long as a worker may take."""
    settings.ATTEMPTS_STUCK_AFTER = 600
    FollowUp.objects.filter(name="first").update(tries=1, due=timezone.now() + timedelta(seconds=600))
    assert api.recover_follow_ups() == []
    FollowUp.objects.filter(name="first").update(due=timezone.now() - timedelta(seconds=61))
    assert api.recover_follow_ups() == [(complete.uuid, "first")]
    assert states(complete)["first"] == "done"


def test_what_another_took_over_is_theirs_to_record(complete: OperationData, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that was given up for dead comes back: its word about the row does not count."""

    def taken_over(_operation: OperationData) -> None:
        FollowUp.objects.filter(name="first").update(tries=2)
        raise ZeroDivisionError

    monkeypatch.setattr(FIRST, "run", taken_over)
    deliver(complete, "first")
    found = api.operation(complete.uuid).follow_ups[1]
    assert (found.status, found.error_code) == ("waiting", "")


def test_without_a_broker_they_wait_for_recover(
    learner: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    """The immediate one needs none; the beat task takes up the rest, and not what is not due yet."""

    tried: list[str] = []

    def away(args: Any, **_: Any) -> None:
        tried.append(args[1])
        raise kombu.exceptions.OperationalError("no broker")

    monkeypatch.setattr(tasks.run_follow_up, "apply_async", away)
    asked = api.request_reset(learner, COURSE, requested_by=None)
    with django_capture_on_commit_callbacks(execute=True):
        execute(asked.uuid, dispatch=tasks.enqueue_follow_up)
    assert tried == ["first", "second", "later"], "one that cannot be sent kept the others from being tried"
    assert states(asked) == {"now": "done", "first": "waiting", "second": "waiting", "later": "waiting"}
    FollowUp.objects.exclude(name="later").update(due=timezone.now() - timedelta(minutes=2))
    tasks.recover_operations()
    assert states(asked) == {"now": "done", "first": "done", "second": "done", "later": "waiting"}
    assert [len(one.given) for one in ALL] == [1, 1, 1, 0]


def test_one_that_cannot_be_recovered_does_not_stop_the_others(learner: Any, reset: Any) -> None:
    """It stays waiting, for the next time."""
    first, second = reset(learner), reset(enrolled())
    FollowUp.objects.exclude(name="first").update(due=timezone.now() + timedelta(hours=1))
    with connection.execute_wrapper(Broken('FROM "attempts_attemptoperation"', OperationalError("gone"))):
        api.recover_follow_ups(older_than=NO_TIME)
    assert sorted([states(first)["first"], states(second)["first"]]) == ["done", "waiting"]


def test_one_that_is_gone_fails_by_name(complete: OperationData, settings: Any) -> None:
    """An app was uninstalled while its follow-up waited."""
    settings.ATTEMPTS_FOLLOW_UPS = []
    settings.ATTEMPTS_FOLLOW_UP_TRIES = 1
    deliver(complete, "first")
    found = api.operation(complete.uuid).follow_ups[1]
    assert (found.status, found.error_code) == ("failed", "not_installed")


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("nowhere.at.all", "ModuleNotFoundError"),
        ("tests.attempts.test_follow_ups.Noted", "no follow-up"),
        ("tests.attempts.test_follow_ups.COURSE", "no follow-up"),
        ("tests.attempts.test_follow_ups.FIRST", "another one named 'first'"),
        ("tests.attempts.test_follow_ups.NEVER", "its delay must be"),
        ("tests.attempts.test_follow_ups.NAMELESS", "1 to 64 characters"),
    ],
)
def test_one_that_cannot_be_loaded_is_told_at_start_and_keeps_nobody_from_being_reset(
    learner: Any, reset: Any, settings: Any, path: str, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A system check, the log, and the others."""
    assert checks.check_follow_ups() == []
    settings.ATTEMPTS_FOLLOW_UPS = ["tests.attempts.test_follow_ups.FIRST", path]
    [error] = checks.check_follow_ups()
    assert error.id == "attempts.E006"
    assert fault in error.msg
    assert path in error.msg
    done = reset(learner)
    assert (done.status, [one.name for one in done.follow_ups]) == ("complete", ["first"])
    assert path in caplog.text


def test_other_apps_bring_their_own(learner: Any, reset: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """By entry point, beside those of the settings."""

    class Point:
        value = "their.app:FOLLOW_UP"

        def load(self) -> Any:
            return FIRST

    settings.ATTEMPTS_FOLLOW_UPS = ["tests.attempts.test_follow_ups.SECOND"]
    monkeypatch.setattr("attempts.followups.registry.entry_points", lambda group: [Point()])
    assert [one.name for one in reset(learner).follow_ups] == ["second", "first"]


def test_messages_go_to_the_queue_of_attempts(
    complete: OperationData, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By name: the platform's routes do not know them."""
    sent: list[Any] = []
    monkeypatch.setattr(tasks.run_follow_up, "apply_async", lambda **words: sent.append(words))
    settings.ATTEMPTS_QUEUE = "slow"
    tasks.enqueue_follow_up(complete.uuid, "later", 300)
    assert sent == [{"args": (str(complete.uuid), "later"), "countdown": 300, "queue": "slow"}]


def test_the_command_shows_and_repeats_them(
    complete: OperationData, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1 while something does not work."""
    settings.ATTEMPTS_FOLLOW_UP_TRIES = 1
    FIRST.raises[:] = [FollowUpFailed("mail_refused", "The mail server refused it."), ZeroDivisionError()]
    with pytest.raises(CommandError, match="1 of 2 follow-ups have not worked: first") as refused:
        call_command("attempts", "recover", "--older-than", "0")
    assert refused.value.returncode == 1
    shown = capsys.readouterr().out
    assert "mail_refused: The mail server refused it." in shown
    assert str(complete.uuid) in shown
    with pytest.raises(CommandError, match="have not worked: first"):
        call_command("attempts", "repeat", str(complete.uuid), "--follow-up", "first")
    call_command("attempts", "repeat", str(complete.uuid))
    assert [line.split()[:3] for line in capsys.readouterr().out.splitlines()[-4:]] == [
        ["now", "done", "1"],
        ["first", "done", "1"],
        ["second", "done", "1"],
        ["later", "done", "1"],
    ]


def test_show_says_what_has_not_worked(complete: OperationData, capsys: pytest.CaptureFixture[str]) -> None:
    """As text; what has worked, or was not needed, is nobody's trouble."""
    words = ("attempts", "show", complete.learner.username, str(COURSE))
    call_command(*words)
    assert "after reset" not in capsys.readouterr().out
    FIRST.raises[:] = [FollowUpFailed("mail_refused", "The mail server refused it.")]
    SECOND.raises[:] = [FollowUpNotNeeded("nobody_listens", "Nobody listens.")]
    deliver(complete, "first")
    deliver(complete, "second")
    call_command(*words)
    shown = capsys.readouterr().out
    assert f"after reset {complete.uuid}: first waiting, mail_refused: The mail server refused it." in shown
    assert "nobody_listens" not in shown
    call_command(*words, "--format", "json")
    assert "mail_refused" not in capsys.readouterr().out


def test_django_admin_shows_them_and_changes_nothing(complete: OperationData, caplog: Any) -> None:
    """Beside the operation and as a list."""
    caplog.set_level(logging.CRITICAL)
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("root"))
    row = FollowUp.objects.get(name="first")
    shown = client.get("/admin/attempts/followup/?status__exact=waiting").content.decode()
    assert f"/admin/attempts/followup/{row.pk}/change/" in shown
    assert b"first" in client.get(f"/admin/attempts/attemptoperation/{row.operation_id}/change/").content
    assert client.post(f"/admin/attempts/followup/{row.pk}/delete/").status_code == 403
    assert client.post(f"/admin/attempts/followup/{row.pk}/change/", {"status": "done"}).status_code == 403
