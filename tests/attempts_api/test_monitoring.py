"""What monitors ask over HTTP: who may, in which form, and what they are told when something is away."""

from __future__ import annotations

import json
from typing import Any

import pytest
from celery import current_app
from django.core.cache import caches
from django.db import OperationalError, connection, connections, transaction
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from rest_framework.test import APIClient

from attempts_api.v1.openapi import schema_document
from tests.attempts_api.conftest import client_of
from tests.caches import SHARED
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
METRICS, HEALTH = "/api/attempts/metrics", "/api/attempts/health"
TOKEN = "a secret of the site"
#: What Prometheus 2 and 3 send.
ACCEPT = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"


@pytest.fixture(autouse=True)
def own_cache(settings: Any, tmp_path: Any) -> Any:
    """A shared cache of this test's own."""
    backend = "django.core.cache.backends.filebased.FileBasedCache"
    settings.CACHES = {**SHARED, "shared": {"BACKEND": backend, "LOCATION": tmp_path}}
    return caches["shared"]


def get(client: Any, path: str, **headers: str) -> Any:
    """Ask; what is refused is rolled back alone, as the tests' own transaction is not that of the request."""
    with transaction.atomic():
        return client.get(path, **headers)


def bearer(token: str) -> dict[str, str]:
    """The header of a monitor."""
    return {"HTTP_AUTHORIZATION": f"Bearer {token}"}


@pytest.mark.parametrize("path", [METRICS, f"{METRICS}/"])
def test_nobody_sees_metrics_unless_she_says_who_she_is(path: str) -> None:
    """401, with the way in."""
    answer = get(Client(), path)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="attempts"'
    assert answer.json()["code"] == "not_authenticated"


def test_whoever_may_see_the_attempts_of_the_site_sees_metrics(client: APIClient, client_as: Any) -> None:
    """Others are told what they lack: learners, course teams, and people whose account is closed."""
    for caller in (
        client_of(UserFactory()),
        client_as("instructor"),
        client_of(UserFactory(is_staff=True, is_active=False)),
    ):
        answer = get(caller, METRICS)
        assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
        assert "view_attempts on the whole site" in answer.json()["detail"]
    assert get(client, METRICS).status_code == 200
    assert get(client_of(UserFactory(is_superuser=True)), METRICS).status_code == 200


def test_a_monitor_comes_in_by_the_token(settings: Any) -> None:
    """Only where there is one, only by that one, and with it into nothing else."""
    settings.ATTEMPTS_METRICS_TOKEN = None
    assert get(Client(), METRICS, **bearer(TOKEN)).status_code == 401, "there is none"
    assert get(Client(), METRICS, **bearer("")).status_code == 401
    settings.ATTEMPTS_METRICS_TOKEN = TOKEN
    assert get(Client(), METRICS, **bearer(TOKEN)).status_code == 200
    assert get(Client(), METRICS, HTTP_AUTHORIZATION=f"bearer  {TOKEN}").status_code == 200
    for wrong in ("another", TOKEN[:-1], f"{TOKEN}x", "ü" * 20):
        assert get(Client(), METRICS, **bearer(wrong)).status_code == 401
    assert get(Client(), METRICS, HTTP_AUTHORIZATION=f"Basic {TOKEN}").status_code == 401
    assert get(Client(), "/api/attempts/v1/operations/", **bearer(TOKEN)).status_code == 401


def test_a_token_that_can_be_guessed_is_none(settings: Any) -> None:
    """Fifteen characters are too few."""
    settings.ATTEMPTS_METRICS_TOKEN = "x" * 15
    assert get(Client(), METRICS, **bearer("x" * 15)).status_code == 401


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (ACCEPT, "application/openmetrics-text; version=1.0.0"),
        ("*/*", "text/plain; version=0.0.4"),
        ("text/html", "text/plain; version=0.0.4"),
    ],
)
def test_metrics_are_in_the_form_that_prometheus_asks_for(client: APIClient, accept: str, content_type: str) -> None:
    """Whatever is asked for, there is an answer; no proxy keeps it."""
    answer = get(client, METRICS, HTTP_ACCEPT=accept)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith(content_type)
    assert "no-store" in answer["Cache-Control"]
    if content_type.startswith("text/plain"):
        assert next(text_string_to_metric_families(answer.content.decode())).name == "attempts_up"


def test_nothing_can_be_written_there(client: APIClient) -> None:
    """405."""
    with transaction.atomic():
        assert client.post(METRICS, {}, format="json").status_code == 405
        assert client.post(HEALTH, {}, format="json").status_code == 405


def test_anybody_may_ask_whether_all_is_well(client: APIClient, settings: Any) -> None:
    """Yes or no, check by check; the sentences are for those who may see metrics."""
    plain = get(Client(), HEALTH)
    assert plain.status_code == 200
    assert "no-store" in plain["Cache-Control"]
    checks = ["database", "migrations", "broker", "operations", "recover"]
    assert plain.json() == {name: {"status": True} for name in checks}
    settings.ATTEMPTS_METRICS_TOKEN = TOKEN
    for answer in (get(client, f"{HEALTH}/"), get(Client(), HEALTH, **bearer(TOKEN))):
        assert answer.json()["migrations"]["message"].endswith("are applied.")
    for answer in (get(client_of(UserFactory()), HEALTH), get(Client(), HEALTH, **bearer("wrong"))):
        assert answer.json() == plain.json()


def test_a_broker_that_is_away_is_503(monkeypatch: pytest.MonkeyPatch, client: APIClient) -> None:
    """A port at which nobody listens."""
    monkeypatch.setattr(current_app.conf, "broker_write_url", "amqp://attempts:password@127.0.0.1:1//")
    answer = get(Client(), HEALTH)
    assert answer.status_code == 503
    assert answer.json()["broker"] == {"status": False}
    assert answer.json()["database"] == {"status": True}
    detailed = get(client, HEALTH)
    assert detailed.status_code == 503
    assert "password" not in json.dumps(detailed.json())


def test_a_database_that_is_away_is_503(settings: Any) -> None:
    """Though the host opens a transaction for every view. Who asks with a session is stopped by the host before."""
    assert connections.settings["default"]["ATOMIC_REQUESTS"]
    settings.ATTEMPTS_METRICS_TOKEN = TOKEN

    def away(*_arguments: Any) -> Any:
        raise OperationalError(2006, "server at db.internal has gone away")

    with connection.execute_wrapper(away):
        for answer in (Client().get(HEALTH), Client().get(HEALTH, **bearer("wrong"))):
            assert answer.status_code == 503
            assert answer.json()["database"] == {"status": False}
        detailed = Client().get(HEALTH, **bearer(TOKEN))
        assert detailed.json()["database"]["message"] == "The database does not answer (OperationalError 2006)."
        metrics = Client().get(METRICS, **bearer(TOKEN))
    assert metrics.status_code == 200
    assert metrics.content.decode().splitlines()[2:] == ["attempts_up 0.0"]


def test_they_are_not_in_the_document_of_the_api() -> None:
    """Their formats are those of others, and do not change with a version of ours."""
    paths = json.loads(schema_document())["paths"]
    assert paths
    assert not [path for path in paths if "metrics" in path or "health" in path]
