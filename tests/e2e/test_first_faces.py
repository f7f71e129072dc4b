"""Support in a browser: log in, find a learner, reset her, follow it, take it back.

Against the sandbox as `make run` starts it: its own processes, its own database, a real worker.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.processes import ROOT, wait_until

COURSE = "course-v1:OpenAttempts+Tides+2026"


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox: where it answers, and the environment of its processes."""

    url: str
    environment: dict[str, str]

    def manage(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run ``manage.py`` beside it."""
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=60, check=False
        )

    def failing_learner(self) -> str:
        """Return a learner whom the policy lets be reset."""
        for number in range(1, 7):
            name = f"learner{number:04}"
            if self.manage("attempts", "preview", name, COURSE).returncode == 0:
                return name
        raise AssertionError("nobody can be reset")


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The sandbox, started as a user starts it, and stopped as with Ctrl-C."""
    var = tmp_path_factory.mktemp("sandbox")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **{
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("DATABASE_", "CELERY_", "DJANGO_"))
        },
        "SANDBOX_VAR": str(var),
        "SANDBOX_PORT": str(port),
        "SANDBOX_LEARNERS": "6",
    }
    log = var / "run.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "sandbox.run"], cwd=ROOT, env=environment, stdout=output, stderr=output
        )
    try:
        wait_until(lambda: "Stop both with Ctrl-C" in log.read_text() or process.poll() is not None, "it runs", 90)
        assert process.poll() is None, log.read_text()
        yield Sandbox(f"http://localhost:{port}", environment)
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0, log.read_text()


@pytest.fixture
def watched(page: Page, sandbox: Sandbox) -> Iterator[Page]:
    """A page on which no script fails and from which no request leaves the host."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: request.url.startswith(sandbox.url) or errors.append(request.url))
    yield page
    assert errors == []


def log_in(page: Page, sandbox: Sandbox, username: str) -> None:
    """Log in at the start page."""
    page.goto(sandbox.url)
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill("attempts")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Sandbox LMS")).to_be_visible()


def ask(page: Page, sandbox: Sandbox, **words: object) -> None:
    """Send a request by the form of the browsable API, and follow the operation to its end."""
    page.goto(f"{sandbox.url}/api/attempts/v1/operations/")
    page.locator("textarea[name=_content]").last.fill(json.dumps(words))
    page.get_by_role("button", name="POST").last.click()
    expect(page.locator(".response-info")).to_contain_text("HTTP 202 Accepted")
    found = re.search(r'"uuid": "([0-9a-f-]{36})"', page.locator(".response-info").inner_text())
    assert found
    operation = f"{sandbox.url}/api/attempts/v1/operations/{found[1]}/"

    def is_complete() -> bool:
        page.goto(operation)
        return '"status": "complete"' in page.locator(".response-info").inner_text()

    wait_until(is_complete, "the worker has carried it out")


def test_support_resets_a_learner_and_takes_it_back(watched: Page, sandbox: Sandbox) -> None:
    """What the person sees, and what the database holds."""
    learner = sandbox.failing_learner()
    log_in(watched, sandbox, "support")
    watched.get_by_role("link", name=f"attempts of {learner}").first.click()
    answer = watched.locator(".response-info")
    expect(answer).to_contain_text(COURSE)
    expect(answer).to_contain_text('"number": 1')

    ask(watched, sandbox, kind="reset", learner=learner, course_id=COURSE, comment="Was ill")
    watched.goto(f"{sandbox.url}/api/attempts/v1/learners/{learner}/")
    expect(answer).to_contain_text('"number": 2')
    expect(answer).to_contain_text("Was ill")
    shown = json.loads(sandbox.manage("attempts", "show", learner, COURSE, "--format", "json").stdout)
    assert [attempt["state"] for attempt in shown] == ["archived", "active"]
    assert shown[0]["summary"]["rows"]["courseware_studentmodule"] > 0

    ask(watched, sandbox, kind="undo", learner=learner, course_id=COURSE)
    shown = json.loads(sandbox.manage("attempts", "show", learner, COURSE, "--format", "json").stdout)
    assert [attempt["state"] for attempt in shown] == ["active", "archived"]
    assert sandbox.manage("attempts", "verify").stdout == "All invariants hold.\n"


def test_a_learner_sees_herself_and_no_more(watched: Page, sandbox: Sandbox) -> None:
    """The API tells her nothing of others, nor of herself yet."""
    log_in(watched, sandbox, "learner0001")
    rows = watched.locator("tbody tr")
    assert {text.split()[0] for text in rows.all_inner_texts()} == {"learner0001"}
    watched.goto(f"{sandbox.url}/api/attempts/v1/learners/learner0002/")
    expect(watched.locator(".response-info")).to_contain_text("permission_denied")
