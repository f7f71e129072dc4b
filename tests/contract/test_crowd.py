"""Forty learners at work and eight operators at once in one course, with several web servers and several workers.

Everything is as on a site but its size: requests go over HTTP to server processes, switches are carried out by Celery
workers from a broker, and learners write on connections of their own.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from threading import Barrier, Event
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection

from attempts import api
from attempts.models import AttemptOperation
from sandbox.content.olx import import_course
from sandbox.work import enable_completion_tracking
from tests.factories import PolicyFactory, StateFactory, UserFactory, enrolled
from tests.processes import ROOT, basic_auth, servers, wait_until, worker
from tests.racing import OVERRIDE, Log, Writer

# SQLite has one lock for everything.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]
LEARNERS, OPERATORS, REQUESTS, SERVERS, WORKERS = 40, 8, 12, 2, 3
#: What an operator may be answered: accepted, refused while another is in flight, refused for a reason.
ANSWERS = {(202, ""), (409, "operation_in_flight"), (422, "nothing_to_undo"), (422, "already_active")}


@pytest.fixture
def site(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[list[int]]:
    """Server processes and workers; the learners' connections share the cache of the fence with them."""
    settings.ATTEMPTS_COMMIT_MARGIN = 0
    shared = {**settings.CACHES["shared"], "LOCATION": str(tmp_path / "cache")}
    settings.CACHES = {**settings.CACHES, "shared": shared}
    with worker(tmp_path, WORKERS), servers(tmp_path, SERVERS) as ports:
        yield ports


class Operator:
    """Somebody who resets, undoes and activates without a pause, whoever it is and whatever others do."""

    def __init__(self, name: str, port: int, learners: list[Any], course_id: str, seed: int) -> None:
        UserFactory(username=name, is_staff=True, password=make_password("attempts"))
        self.headers = {**basic_auth(name), "Content-Type": "application/json"}
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.learners, self.course_id, self.random = learners, course_id, random.Random(f"{seed} {name}")
        self.answers: Counter[tuple[int, str]] = Counter()

    def work(self) -> None:
        """Send the requests."""
        for _request in range(REQUESTS):
            learner = self.random.choice(self.learners)
            words: dict[str, Any] = {"kind": self.random.choice(["reset", "reset", "undo", "activate"])}
            if words["kind"] == "activate":
                words["attempt"] = self._archived(learner)
            if words["kind"] != "reset":
                words["override"] = OVERRIDE
            if words.get("attempt", "") is not None:
                self._send({**words, "learner": learner.username, "course_id": self.course_id})

    def _send(self, words: dict[str, Any]) -> None:
        status, data = self._answer("POST", "operations/", json.dumps(words))
        reasons = {reason["code"] for reason in data.get("reasons") or []} or {data.get("code", "")}
        self.answers[status, "+".join(sorted(reasons))] += 1

    def _archived(self, learner: Any) -> str | None:
        """The uuid of the learner's first attempt, None if it is the only one."""
        query = f"attempts/?learner={learner.username}&state=archived&page_size=1"
        found = self._answer("GET", query)[1]["results"]
        return found[0]["uuid"] if found else None

    def _answer(self, method: str, path: str, words: str | None = None) -> tuple[int, Any]:
        self.connection.request(method, f"/api/attempts/v1/{path}", words, self.headers)
        answer = self.connection.getresponse()
        return answer.status, json.loads(answer.read())


@pytest.mark.parametrize("seed", [1])
def test_a_crowd_of_learners_and_operators(site: list[int], tmp_path: Path, seed: int) -> None:
    """Every request is answered and every operation ends; no acknowledged write is lost, and every invariant holds."""
    tides = import_course(ROOT / "sandbox" / "content" / "courses" / "tides").key
    PolicyFactory()
    enable_completion_tracking()
    learners = [enrolled(tides) for _ in range(LEARNERS)]
    for one in learners:
        StateFactory(student=one, course_id=tides, state="{}")
    log, stop, ready = Log(), Event(), Barrier(LEARNERS // 4 + OPERATORS)
    operators = [
        Operator(f"operator{number}", site[number % SERVERS], learners, str(tides), seed) for number in range(OPERATORS)
    ]

    def operate(operator: Operator) -> None:
        ready.wait(60)
        operator.work()

    def study(some: list[Any]) -> None:
        windows = [Writer(one, tides, log, seed) for one in some]
        try:
            ready.wait(60)
            while not stop.is_set():
                for window in windows:
                    window.request()
        finally:
            connection.close()

    with ThreadPoolExecutor(LEARNERS // 4 + OPERATORS) as pool:
        studying = [pool.submit(study, learners[part :: LEARNERS // 4]) for part in range(LEARNERS // 4)]
        try:
            for operating in [pool.submit(operate, operator) for operator in operators]:
                operating.result()
            wait_until(lambda: not AttemptOperation.objects.filter(in_flight=True).exists(), "all has ended", 120)
        finally:
            stop.set()
        for one in studying:
            one.result()

    answers = sum((operator.answers for operator in operators), Counter())
    retried = len(re.findall(r"retry: Retry in .*(?:1213|deadlock detected)", (tmp_path / "worker.log").read_text()))
    sys.stdout.write(
        f"seed {seed}: answers {dict(answers)}; {len(log.written)} writes; {dict(log.outcomes)}; "
        f"{retried} deadlocks of switches, tried again\n"
    )
    assert answers.keys() <= ANSWERS
    assert answers[202, ""] > OPERATORS
    ended = Counter(AttemptOperation.objects.values_list("status", "error_code"))
    assert ended == {("complete", ""): answers[202, ""]}
    assert log.outcomes.keys() <= {"turned away by the fence", "deadlock of a writer", "clash of keys of a writer"}
    assert len(log.written) > LEARNERS
    misplaced = set(log.lost())
    assert {found.code for report in api.sweep() for found in report.findings} <= {"grade_without_score"}
    assert misplaced.isdisjoint(log.lost())
    assert log.lost(anywhere=True) == []
    assert list(api.verify()) == []
    for one in learners:
        found = api.attempts(one, tides)
        assert [attempt.number for attempt in found] == list(range(1, len(found) + 1))
        assert sum(attempt.is_active for attempt in found) == 1
