"""An operator in a browser: an operation that no worker takes, recovery, coverage, proofs."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.browsing import log_in
from tests.processes import wait_until
from tests.running import COURSE, Sandbox


@contextmanager
def no_worker(sandbox: Sandbox) -> Iterator[None]:
    """The sandbox's worker is stopped, and what was sent to it meanwhile is lost."""
    group = os.getpgid(worker_of(sandbox))
    os.killpg(group, signal.SIGSTOP)
    try:
        yield
        for message in (Path(sandbox.environment["SANDBOX_VAR"]) / "broker" / "messages").iterdir():
            message.unlink()
    finally:
        os.killpg(group, signal.SIGCONT)


def worker_of(sandbox: Sandbox) -> int:
    """The process of the worker, which has the sandbox's folder in its environment."""
    ours = f"SANDBOX_VAR={sandbox.environment['SANDBOX_VAR']}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
            if b"worker" in words and b"-B" in words and ours in (process / "environ").read_bytes().split(b"\0"):
                return int(process.name)
        except OSError:
            # It has ended, or is somebody else's.
            continue
    raise AssertionError("the sandbox has no worker")


def states(sandbox: Sandbox, learner: str) -> str:
    """How a learner's attempts are, by number."""
    shown = sandbox.manage("attempts", "show", learner, COURSE, "--format", "json").stdout
    return ",".join(attempt["state"] for attempt in json.loads(shown))


def test_what_is_stuck_is_recovered(watched: Page, sandbox: Sandbox) -> None:
    """It stays where it is while nobody works, and is done once it is handed to a worker again."""
    learner = sandbox.failing_learner()
    before = states(sandbox, learner)
    log_in(watched, sandbox, "support")
    with no_worker(sandbox):
        asked = sandbox.manage("attempts", "reset", learner, COURSE, "--actor", "support", "--comment", "Was ill")
        assert asked.returncode == 0, asked.stderr
        watched.goto(f"{sandbox.url}/attempts/")
        watched.get_by_role("navigation", name="Pages").get_by_role("link", name="Operations").click()
        row = watched.get_by_role("row").filter(has_text=learner)
        expect(row).to_contain_text("enqueued")
    assert states(sandbox, learner) == before
    row.get_by_role("button", name="Hand to a worker again").click()
    expect(watched.get_by_role("main")).to_contain_text("1 operation was handed to the workers.")
    expect(row).to_have_count(0, timeout=30_000)
    wait_until(lambda: states(sandbox, learner) != before, "the worker has carried it out")
    watched.get_by_role("button", name="Recover what is stuck").click()
    expect(watched.get_by_role("main")).to_contain_text("No operation was stuck.")

    watched.get_by_role("link", name="All operations").click()
    watched.get_by_label("Learner").fill(learner)
    watched.get_by_role("button", name="Show", exact=True).click()
    newest = watched.get_by_role("row").filter(has_text=learner).first
    expect(newest).to_contain_text("complete")
    newest.get_by_role("link").click()
    expect(watched.get_by_role("main")).to_contain_text("courseware_studentmodule")


def test_coverage_proofs_and_versions(watched: Page, sandbox: Sandbox) -> None:
    """A table, a form, and what the process consists of."""
    learner = sandbox.failing_learner()
    log_in(watched, sandbox, "support")
    watched.goto(f"{sandbox.url}/attempts/operator/coverage/")
    table = watched.get_by_role("rowheader", name="courseware_studentmodule courseware.StudentModule", exact=True)
    expect(watched.get_by_role("row").filter(has=table)).to_contain_text("moves with the attempt")
    watched.get_by_role("link", name="stands against a switch").click()
    expect(watched.get_by_role("row").filter(has_text="travels along")).to_have_count(0)
    watched.get_by_role("link", name="Verify").click()
    watched.get_by_label("Learner").fill(learner)
    watched.get_by_label("Course key").fill(COURSE)
    watched.get_by_role("button", name="Verify").click()
    expect(watched.get_by_role("status").first).to_contain_text("All invariants hold")
    watched.get_by_role("link", name="Versions").click()
    expect(watched.get_by_role("main")).to_contain_text("ATTEMPTS_STUCK_AFTER")


def test_a_learner_has_no_way_in(watched: Page, sandbox: Sandbox) -> None:
    """No entry in the menu, and a sentence for whoever knows the address."""
    log_in(watched, sandbox, "learner0001")
    watched.goto(f"{sandbox.url}/attempts/operator/")
    expect(watched.get_by_role("main")).to_contain_text("This needs the permission view_attempts on the whole site.")
    expect(watched.get_by_role("link", name="Operations")).to_have_count(0)
