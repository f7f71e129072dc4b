"""The platform's code that event-routing-backends calls, in the sandbox's terms; statements; ClickHouse."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import caches

from tests.factories import COURSE, enrolled


@pytest.fixture(autouse=True)
def empty_cache(settings: Any) -> Iterator[None]:
    """Of earlier tests nothing is remembered; and switches here are committed at once."""
    settings.ATTEMPTS_COMMIT_MARGIN = 0
    caches["shared"].clear()
    yield
    caches["shared"].clear()


@pytest.fixture
def amira(policy: Any) -> Any:
    return enrolled(username="amira", email="amira@example.com", first_name="Amira", last_name="Haddad")


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> None:
    """Courses and users: the package asks the platform for them, and there is none here."""
    from event_routing_backends import helpers

    from sandbox.course_overviews.models import CourseOverview

    def overviews(keys: Any) -> list[dict[str, Any]]:
        return list(CourseOverview.objects.filter(id__in=keys).values("display_name"))

    def external_id(user: Any, _kind: str) -> tuple[Any, bool]:
        return SimpleNamespace(external_user_id=f"external-{user.pk}"), False

    helpers.get_course_from_id.cache_clear()
    helpers.get_anonymous_user_id.cache_clear()
    monkeypatch.setattr(helpers, "ExternalId", SimpleNamespace(add_new_user_id=external_id))
    monkeypatch.setattr(helpers, "ExternalIdType", SimpleNamespace(XAPI="xapi", CALIPER="caliper"))
    monkeypatch.setattr(helpers, "get_course_overviews", overviews)
    monkeypatch.setattr(helpers, "get_potentially_retired_user_by_username", lambda _username: None)


@pytest.fixture
def told(platform: None, caplog: pytest.LogCaptureFixture) -> Callable[[str], list[dict[str, Any]]]:
    """What the package made of the events so far, as it logs it before it sends it: for ``xapi`` or ``caliper``."""
    caplog.set_level(logging.INFO)

    def read(kind: str) -> list[dict[str, Any]]:
        return [json.loads(record.message) for record in caplog.records if record.name == f"{kind}_tracking"]

    return read


@pytest.fixture
def emit() -> Callable[..., None]:
    """Emit an event of a learner as the platform does, through the tracker that the settings make."""
    from eventtracking import tracker

    def emit_one(learner: Any, name: str, data: Any, **context: Any) -> None:
        known = {"user_id": learner.pk, "username": learner.username, "course_id": str(COURSE), "org_id": "Org"}
        with tracker.get_tracker().context(
            "test", {**known, "session": "s", "path": "/", "referer": "http://localhost:8000/", **context}
        ):
            tracker.emit(name, data)

    return emit_one


@pytest.fixture(scope="session")
def _engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from tests.streams.clickhouse import ClickHouse, served

    engine = ClickHouse(tmp_path_factory.mktemp("clickhouse"))
    with served(engine):
        yield engine


@pytest.fixture
def clickhouse(_engine: Any, settings: Any) -> Any:
    """ClickHouse with the tables of the documentation, which Aspects sends to; both sinks are on."""
    _engine.empty()
    backend = {**settings.EVENT_SINK_CLICKHOUSE_BACKEND_CONFIG, "url": _engine.url}
    settings.EVENT_SINK_CLICKHOUSE_BACKEND_CONFIG = backend
    settings.EVENT_SINK_CLICKHOUSE_ATTEMPT_ENABLED = True
    settings.EVENT_SINK_CLICKHOUSE_ATTEMPT_OPERATION_ENABLED = True
    return _engine
