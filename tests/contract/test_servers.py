"""Requests to real servers: fifty identical ones at once make one reset; one whose connection is cut is asked again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from rest_framework.test import APIClient

from attempts import api
from attempts.models import AttemptContext, AttemptOperation
from tests.factories import COURSE, UserFactory
from tests.faults.servers import Server, connection_id
from tests.processes import basic_auth, servers, wait_until, worker

# SQLite has one lock for everything, and before Django 5.1 a transaction that reads first cannot wait for it.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]
PROCESSES, REQUESTS = 4, 50


@pytest.fixture(scope="module")
def site(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, list[int]]]:
    """Server processes on the tests' database, started once: where they and workers have their files, and the ports."""
    var = tmp_path_factory.mktemp("site")
    with django_db_blocker.unblock(), servers(var, PROCESSES) as ports:
        yield var, ports


@pytest.mark.parametrize("key", ["ticket-4711", None])
def test_fifty_identical_requests_make_one_reset(site: tuple[Path, list[int]], learner: Any, key: str | None) -> None:
    """With one key everybody gets the one operation; without, the others are told that it is in flight."""
    var, ports = site
    UserFactory(username="support", is_staff=True, password=make_password("attempts"))
    words = json.dumps({"kind": "reset", "learner": learner.username, "course_id": str(COURSE), "comment": "Was ill."})
    headers = {
        **basic_auth("support"),
        "Content-Type": "application/json",
        **({"Idempotency-Key": key} if key else {}),
    }
    together = Barrier(REQUESTS)

    def ask(number: int) -> tuple[int, str]:
        with closing(HTTPConnection("127.0.0.1", ports[number % PROCESSES], timeout=60)) as asking:
            asking.connect()
            together.wait()
            asking.request("POST", "/api/attempts/v1/operations/", words, headers)
            answer = asking.getresponse()
            data = json.loads(answer.read())
        return answer.status, data.get("uuid") or data["code"]

    with ThreadPoolExecutor(REQUESTS) as pool:
        outcomes = Counter(pool.map(ask, range(REQUESTS)))
    (operation,) = AttemptOperation.objects.all()
    accepted = (202, str(operation.uuid))
    if key:
        assert outcomes == {accepted: REQUESTS}
    else:
        assert outcomes == {accepted: 1, (409, "operation_in_flight"): REQUESTS - 1}
    with worker(var):
        wait_until(lambda: not api.operation(operation.uuid).in_flight, "it is carried out", 60)
    assert api.operation(operation.uuid).status == "complete"
    assert list(AttemptContext.objects.order_by("number").values_list("number", flat=True)) == [1, 2]
    assert AttemptOperation.objects.count() == 1


def test_a_request_whose_connection_the_database_ends_is_told_to_come_back(learner: Any) -> None:
    """With 503, not 500; asked again with the same key it is carried out once."""
    client, server, killed = APIClient(), Server.of(connection.settings_dict), []
    client.force_authenticate(UserFactory(username="support", is_staff=True))
    words = {"kind": "reset", "learner": learner.username, "course_id": str(COURSE)}

    def ask() -> Any:
        return client.post("/api/attempts/v1/operations/", words, format="json", HTTP_IDEMPOTENCY_KEY="ticket-4711")

    def end(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith("INSERT") and not killed:
            killed.append(connection_id(connection.connection))
            server.kill(killed[0])
        return execute(sql, *rest)

    with connection.execute_wrapper(end):
        cut = ask()
    # As at the end of every request.
    connection.close_if_unusable_or_obsolete()
    assert killed
    assert (cut.status_code, cut.json()["code"], cut["Retry-After"]) == (503, "database_unavailable", "5")
    assert not AttemptOperation.objects.exists()
    assert ask().status_code == 202
    assert ask().status_code == 202
    assert AttemptOperation.objects.count() == 1
