"""What operators are told: what is under way, what a site consists of; and handing over what is stuck."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from attempts import api, tasks
from attempts.exceptions import BrokerUnavailable, NotInStudio, OperationNotFound
from attempts.models import AttemptOperation, FollowUp
from attempts.operations import follow_ups
from attempts.operations.recovery import stuck_operations
from tests.factories import COURSE, enrolled

pytestmark = pytest.mark.django_db


def asked(seconds: int, **changes: Any) -> Any:
    """An operation that was asked for so many seconds ago."""
    operation = api.request_reset(enrolled(), COURSE, requested_by=None)
    created = timezone.now() - timedelta(seconds=seconds)
    AttemptOperation.objects.filter(uuid=operation.uuid).update(created=created, **changes)
    return operation.uuid


def test_what_is_under_way_is_listed_oldest_first(policy: Any, reset: Any, settings: Any) -> None:
    """And called stuck by the rule that `recover` goes by: when it was begun, or else asked for."""
    settings.ATTEMPTS_STUCK_AFTER = 100
    reset(enrolled())
    new, old = asked(10), asked(200)
    begun = asked(300, status="in_progress", started_at=timezone.now() - timedelta(seconds=20))
    found = api.operations_in_flight()
    assert [one.operation.uuid for one in found] == [begun, old, new]
    assert [one.operation.uuid for one in found if one.is_stuck] == [old] == stuck_operations()
    assert [round(one.seconds, -1) for one in found] == [20, 200, 10]
    assert [one.operation.uuid for one in api.operations_in_flight(1)] == [begun]
    load = api.workload()
    assert (load.in_flight, load.stuck, round(load.oldest, -1)) == ({"enqueued": 2, "in_progress": 1}, 1, 300)


def test_a_list_takes_two_statements(policy: Any) -> None:
    """Whatever there is."""
    counts = []
    for number in (2, 20):
        for _ in range(number):
            asked(1)
        with CaptureQueriesContext(connection) as statements:
            api.operations_in_flight()
        counts.append(len(statements))
    assert counts == [2, 2]


def test_what_is_stuck_is_handed_to_workers(policy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a task; what has ended is not."""
    sent: list[Any] = []
    monkeypatch.setattr(tasks.recover_operations, "apply_async", lambda **words: sent.append(words))
    monkeypatch.setattr(tasks.run_operation, "apply_async", lambda **words: sent.append(words))
    uuid = asked(3600)
    sent.clear()
    assert api.hand_over_recovery() == 1
    assert api.hand_over_operation(str(uuid)).uuid == uuid
    assert sent == [{}, {"args": (str(uuid),)}]
    AttemptOperation.objects.update(status="failed", in_flight=None)
    assert not api.hand_over_operation(uuid).in_flight
    assert len(sent) == 2
    assert api.hand_over_recovery() == 0
    with pytest.raises(OperationNotFound):
        api.hand_over_operation("nonsense")


def test_what_was_given_up_is_handed_to_workers(policy: Any, reset: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """And due again; what waits keeps its time, and what is done is left alone. Without a broker `recover` finds it."""
    sent: list[Any] = []
    monkeypatch.setattr(tasks.run_follow_up, "apply_async", lambda **words: sent.append(words))
    operation = reset(enrolled())
    rows = FollowUp.objects.filter(operation__uuid=operation.uuid)
    rows.filter(name="mail").update(status="failed", ended_at=timezone.now(), tries=8)
    others = list(rows.exclude(name="mail").values())
    found, names = api.hand_over_follow_ups(str(operation.uuid))
    assert (found.uuid, names) == (operation.uuid, ["mail"])
    assert sent == [{"args": (str(operation.uuid), "mail"), "countdown": 0}]
    assert list(rows.exclude(name="mail").values()) == others
    mail = rows.get(name="mail")
    assert (mail.status, mail.tries, mail.due <= timezone.now()) == ("waiting", 0, True)
    assert api.hand_over_follow_ups(operation.uuid)[1] == []
    rows.filter(name="mail").update(status="failed", ended_at=timezone.now())

    def refuse(**_words: Any) -> None:
        raise OSError("amqp://user:secret@broker")

    monkeypatch.setattr(tasks.run_follow_up, "apply_async", refuse)
    with pytest.raises(BrokerUnavailable):
        api.hand_over_follow_ups(operation.uuid)
    assert rows.get(name="mail").status == "waiting"


def test_two_operators_hand_over_the_same(policy: Any, reset: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second, who looked before the first, takes nothing from the worker that is at it by now."""
    monkeypatch.setattr(tasks.run_follow_up, "apply_async", lambda **_words: None)
    operation = reset(enrolled())
    mail = FollowUp.objects.filter(operation__uuid=operation.uuid, name="mail")
    mail.update(status="failed", ended_at=timezone.now(), tries=8)
    find = follow_ups.find_operation

    def meanwhile(uuid: Any) -> Any:
        found = find(uuid)
        mail.update(status="waiting", ended_at=None, tries=1, due=timezone.now() + timedelta(hours=1))
        return found

    monkeypatch.setattr(follow_ups, "find_operation", meanwhile)
    found, names = api.hand_over_follow_ups(operation.uuid)
    assert ("failed" in {one.status for one in found.follow_ups}, names, mail.get().tries) == (True, [], 1)


def test_on_the_queue_of_attempts(policy: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where somebody listens."""
    settings.ATTEMPTS_QUEUE = "attempts"
    sent: list[Any] = []
    monkeypatch.setattr(tasks.recover_operations, "apply_async", lambda **words: sent.append(words))
    api.hand_over_recovery()
    assert sent == [{"queue": "attempts"}]


def test_a_broker_that_is_away_is_named_and_not_quoted(policy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it says can have a password in it."""

    def refuse(**_words: Any) -> None:
        raise OSError("amqp://user:secret@broker")

    uuid = asked(3600)
    monkeypatch.setattr(tasks.recover_operations, "apply_async", refuse)
    monkeypatch.setattr(tasks.run_operation, "apply_async", refuse)
    for ask in (api.hand_over_recovery, lambda: api.hand_over_operation(uuid)):
        with pytest.raises(BrokerUnavailable) as refused:
            ask()
        assert "secret" not in refused.value.detail


def test_studio_hands_nothing_over(policy: Any, settings: Any) -> None:
    """It does not have all the tables."""
    settings.ATTEMPTS_SERVICE = "studio"
    for ask in (
        api.hand_over_recovery,
        lambda: api.hand_over_operation("x"),
        lambda: api.hand_over_follow_ups("x"),
    ):
        with pytest.raises(NotInStudio):
            ask()


def test_a_site_is_described_though_a_setting_leads_nowhere(settings: Any) -> None:
    """An operator looks because something is wrong."""
    settings.ATTEMPTS_RECOMPUTE_GRADES = "no.such.path"
    site = api.about_site()
    assert site.settings["ATTEMPTS_RECOMPUTE_GRADES"] == "cannot be used: ModuleNotFoundError"
    assert site.settings["ATTEMPTS_COMPLETABLE_BLOCKS"] == "sandbox.content.completable.completable_block_count"
    assert site.settings["ATTEMPTS_ROLE_SOURCE"] == "attempts.permissions.host_roles.HostRoles"
    assert {store.store: store.answer for store in site.stores}["courseware_studentmodule"] == "rekeyed"
    assert site.versions["openedx-attempts"]
    assert "proof" in site.follow_ups
