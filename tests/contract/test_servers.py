"""Fifty identical requests at once, to several server processes: one operation, one reset."""

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

from attempts import api
from attempts.models import AttemptContext, AttemptOperation
from tests.factories import COURSE, UserFactory
from tests.processes import basic_auth, servers, wait_until, worker

# SQLite has one lock for everything, and before Django 5.1 a transaction that reads first cannot wait for it.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]
PROCESSES, REQUESTS = 4, 50


@pytest.fixture
def ports(transactional_db: None, tmp_path: Path) -> Iterator[list[int]]:
    """Where server processes on the tests' database answer."""
    with servers(tmp_path, PROCESSES) as found:
        yield found


@pytest.mark.parametrize("key", ["ticket-4711", None])
def test_fifty_identical_requests_make_one_reset(
    ports: list[int], learner: Any, tmp_path: Path, key: str | None
) -> None:
    """With one key everybody gets the one operation; without, the others are told that it is in flight."""
    UserFactory(username="support", is_staff=True, password=make_password("attempts"))
    words = json.dumps({"kind": "reset", "learner": learner.username, "course_id": str(COURSE), "comment": "Was ill."})
    headers = {
        **basic_auth("support"),
        "Content-Type": "application/json",
        **({"Idempotency-Key": key} if key else {}),
    }
    together = Barrier(REQUESTS)

    def ask(number: int) -> tuple[int, str]:
        with closing(HTTPConnection("127.0.0.1", ports[number % PROCESSES], timeout=60)) as connection:
            connection.connect()
            together.wait()
            connection.request("POST", "/api/attempts/v1/operations/", words, headers)
            answer = connection.getresponse()
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
    with worker(tmp_path):
        wait_until(lambda: not api.operation(operation.uuid).in_flight, "it is carried out", 60)
    assert api.operation(operation.uuid).status == "complete"
    assert list(AttemptContext.objects.order_by("number").values_list("number", flat=True)) == [1, 2]
    assert AttemptOperation.objects.count() == 1
