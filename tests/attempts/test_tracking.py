"""Tracking events: what the host's event log learns of a switch."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from eventtracking import tracker

from attempts import api, tasks
from attempts.data import OperationData
from tests.factories import COURSE, UserFactory, enrolled

pytestmark = pytest.mark.django_db


class Backend:
    """Keeps what it is sent, or fails."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.fails = False

    def send(self, event: dict[str, Any]) -> None:
        """Keep it."""
        if self.fails:
            raise ConnectionRefusedError("amira@example.com")
        self.events.append(event)


@pytest.fixture
def backend() -> Iterator[Backend]:
    """A backend of the site's tracker, as EVENT_TRACKING_BACKENDS makes them."""
    found = Backend()
    backends = tracker.get_tracker().backends
    backends["test"] = found
    yield found
    del backends["test"]


@pytest.fixture
def amira(policy: Any) -> Any:
    return enrolled(username="amira", email="amira@example.com", first_name="Amira", last_name="Haddad")


def follow(operation: OperationData) -> tuple[str, str]:
    """Let a worker do it; how that went."""
    tasks.run_follow_up.apply(args=[str(operation.uuid), "tracking"], throw=True)
    found = {one.name: one for one in api.operation(operation.uuid).follow_ups}["tracking"]
    return found.status, found.error_code


def test_a_reset(amira: Any, run: Any, backend: Backend) -> None:
    """Behaviour 11. Two events, with both attempts, in the context of learner and course."""
    done = run(api.request_reset(amira, COURSE, requested_by=UserFactory(), comment="Amira was ill"))
    assert backend.events == []
    assert follow(done) == ("done", "")
    first, second = api.attempts(amira, COURSE)
    assert [event["name"] for event in backend.events] == ["edx.course.attempt.archived", "edx.course.attempt.opened"]
    for event, about in zip(backend.events, (first, second), strict=True):
        attempt = {"uuid": str(about.uuid), "number": about.number}
        known = {"user_id": amira.pk, "course_id": str(COURSE), "org_id": "Org", "attempt": attempt}
        assert event["context"] == known
        assert event["data"] == {
            "user_id": amira.pk,
            "course_id": str(COURSE),
            "operation": str(done.uuid),
            "kind": "reset",
            "switched_at": done.completed_at.isoformat(),
            "archived_attempt": {"uuid": str(first.uuid), "number": 1},
            "active_attempt": {"uuid": str(second.uuid), "number": 2},
            "undoes": None,
        }
        assert json.dumps(event["data"])
        text = json.dumps(event["data"]) + json.dumps(event["context"])
        assert not any(word in text for word in ("amira", "Amira", "Haddad", "attempt-v1"))


def test_undo_and_activate(amira: Any, reset: Any, undo: Any, activate: Any, backend: Backend) -> None:
    """Something is brought back."""
    first = reset(amira)
    for operation in (undo(amira), activate(amira, 2)):
        follow(operation)
    assert [event["name"] for event in backend.events] == [
        "edx.course.attempt.archived",
        "edx.course.attempt.restored",
    ] * 2
    assert [event["data"]["undoes"] for event in backend.events[::2]] == [str(first.uuid), None]
    assert [event["data"]["active_attempt"]["number"] for event in backend.events[::2]] == [1, 2]


def test_a_backend_that_fails_is_seen_and_harms_nothing(amira: Any, reset: Any, backend: Backend) -> None:
    """Behaviour 8. Although the library swallows what it raises."""
    backend.fails = True
    done = reset(amira)
    assert follow(done) == ("waiting", "tracking_failed")
    found = api.operation(done.uuid)
    assert found.status == "complete"
    assert "amira" not in "".join(one.error for one in found.follow_ups)
    backend.fails = False
    api.repeat_follow_ups(done.uuid, "tracking")
    assert follow(done) == ("done", "")
    assert len(backend.events) == 2


def test_other_errors_in_the_log_are_not_ours(amira: Any, reset: Any, backend: Backend) -> None:
    """Those of other threads."""
    from concurrent.futures import ThreadPoolExecutor

    from eventtracking.backends.routing import LOG

    def send(event: dict[str, Any]) -> None:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(LOG.error, "of somebody else").result()

    backend.send = send  # type: ignore[method-assign]
    assert follow(reset(amira)) == ("done", "")


def test_the_context_is_left(amira: Any, reset: Any, backend: Backend) -> None:
    """Behaviour 8. Events that follow in the same worker are not this learner's."""
    follow(reset(amira))
    assert tracker.get_tracker().resolve_context() == {}


def test_a_site_without_tracking_has_nothing_to_do(amira: Any, reset: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Skipped, and says so."""
    monkeypatch.setattr(tracker, "TRACKERS", {})
    assert follow(reset(amira)) == ("skipped", "tracking_off")
