"""Support in the console: find a learner, see what would happen, reset, follow it, take it back; and what goes wrong.

What the agent sees, and what the database holds.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.e2e.browsing import log_in, watching
from tests.processes import ROOT, wait_until
from tests.running import COURSE, Sandbox

LOOKALIKE = f"{COURSE}b"
#: Learners of this file alone.
STORY, KEYS, BOTH, TWO, ENDED, KILLED, SLOW, TWICE, WRITTEN = (f"learner{number:04}" for number in range(7, 16))
SECONDS = 1000


@pytest.fixture(scope="module", autouse=True)
def learners(sandbox: Sandbox) -> None:
    """They have worked in both courses."""
    assert sandbox.manage("populate", "--course", LOOKALIKE, "--learners", "15", "--seed", "1").returncode == 0


@pytest.fixture
def agent(watched: Page, sandbox: Sandbox) -> Page:
    """A browser in which support is logged in."""
    log_in(watched, sandbox, "support")
    return watched


def states(sandbox: Sandbox, learner: str, key: str = COURSE) -> list[str]:
    """The states of a learner's attempts in the database."""
    shown = json.loads(sandbox.manage("attempts", "show", learner, key, "--format", "json").stdout)
    return [attempt["state"] for attempt in shown]


def open_page(page: Page, sandbox: Sandbox, learner: str) -> Locator:
    """Open a learner's page; returns the row of the course."""
    page.goto(f"{sandbox.url}/attempts/learners/{learner}/")
    expect(page.get_by_role("heading", name=learner, level=1)).to_be_visible()
    return row_of(page)


def row_of(page: Page, key: str = COURSE) -> Locator:
    return page.locator("tbody", has=page.get_by_text(key, exact=True))


def open_dialog(row: Locator, name: str = "Reset") -> Locator:
    """Press a button of a row; returns the dialog."""
    row.get_by_role("link", name=name).first.click()
    dialog = row.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    return dialog


def tick_all(dialog: Locator) -> None:
    """Go on in spite of everything that stands against it: some of these learners pass."""
    for box in dialog.get_by_role("checkbox").all():
        box.check()


def ask(row: Locator, name: str = "Reset", reason: str = "Illness", text: str = "") -> None:
    """Ask for a switch by its dialog."""
    dialog = open_dialog(row, name)
    tick_all(dialog)
    dialog.get_by_label("Reason").select_option(label=reason)
    dialog.get_by_label("In your words").fill(text)
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_be_hidden()


def test_the_story_from_search_to_undo(agent: Page, sandbox: Sandbox) -> None:
    """Typing, suggestion, page, dialog, preview, reason, reset, live status, undo."""
    agent.goto(f"{sandbox.url}/attempts/")
    agent.get_by_label("Find a learner").press_sequentially(STORY[:-1])
    agent.get_by_role("link", name=STORY, exact=True).click()
    row = row_of(agent)
    expect(row).to_contain_text("3")

    dialog = open_dialog(row)
    expect(dialog.get_by_role("heading")).to_contain_text(f"Reset {STORY} in Tides")
    expect(dialog).to_contain_text("Attempt 1 is archived whole")
    expect(dialog).to_contain_text("Attempt 2 becomes active")
    dialog.locator("summary", has_text="What moves, by table").click()
    expect(dialog.get_by_role("rowheader", name="Block states")).to_be_visible()
    tick_all(dialog)
    dialog.get_by_label("In your words").fill("Broke her arm")
    expect(dialog.locator("#text-count")).to_have_text("13/255")
    button = dialog.get_by_role("button", name=f"Reset {STORY} in Tides: why the sea breathes")
    button.click()
    # The browser itself says that the reason is missing.
    expect(dialog).to_be_visible()
    dialog.get_by_label("Reason").select_option(label="Illness")
    expect(dialog.locator("#text-count")).to_have_text("22/255")
    button.click()
    expect(dialog).to_be_hidden()
    expect(agent.locator("#live")).to_contain_text(f"Asked for: reset of {STORY}")
    assert agent.evaluate("document.activeElement.id").endswith("-status")
    expect(row).to_contain_text("Reset done at", timeout=20 * SECONDS)
    expect(row).to_contain_text("By support: Illness: Broke her arm")
    expect(agent.locator("#live")).to_contain_text("It is done: attempt 2")
    assert states(sandbox, STORY) == ["archived", "active"]

    ask(row, "Undo", "Mistake")
    expect(row).to_contain_text("Undo done at", timeout=20 * SECONDS)
    # Unfolded by itself, for it is short.
    first = row.get_by_role("listitem").filter(has_text="Attempt 1")
    expect(first.first).to_contain_text("Active again by an undo at")
    assert states(sandbox, STORY) == ["active", "archived"]
    assert sandbox.manage("attempts", "verify").stdout == "All invariants hold.\n"


def test_the_story_by_keyboard_alone(agent: Page, sandbox: Sandbox) -> None:
    """No mouse; the focus goes into the dialog and comes back to the row."""
    agent.goto(f"{sandbox.url}/attempts/")
    press_until(agent, "Tab", "document.activeElement.id === 'q'")
    agent.keyboard.type(KEYS)
    expect(agent.get_by_role("link", name=KEYS, exact=True)).to_be_visible()
    press_until(agent, "Tab", f"document.activeElement.textContent.trim() === '{KEYS}'")
    agent.keyboard.press("Enter")
    expect(agent.get_by_role("heading", name=KEYS, level=1)).to_be_visible()
    press_until(agent, "Tab", "document.activeElement.id.endsWith('-reset')")
    agent.keyboard.press("Enter")
    expect(agent.get_by_role("dialog")).to_be_visible()
    agent.keyboard.press("Escape")
    expect(agent.get_by_role("dialog")).to_be_hidden()
    assert agent.evaluate("document.activeElement.id").endswith("-reset")
    agent.keyboard.press("Enter")
    dialog = agent.get_by_role("dialog")
    expect(dialog).to_be_visible()
    for _ in dialog.get_by_role("checkbox").all():
        press_until(agent, "Tab", "document.activeElement.type === 'checkbox' && !document.activeElement.checked")
        agent.keyboard.press("Space")
    press_until(agent, "Tab", "document.activeElement.id === 'why'")
    agent.keyboard.type("Illness")
    press_until(agent, "Tab", "document.activeElement.id === 'text'")
    agent.keyboard.type("By keyboard")
    press_until(agent, "Tab", "document.activeElement.type === 'submit'")
    agent.keyboard.press("Enter")
    expect(row_of(agent)).to_contain_text("Reset done at", timeout=20 * SECONDS)
    assert agent.evaluate("document.activeElement.id").endswith("-status")
    press_until(agent, "Tab", "document.activeElement.id.endsWith('-undo')")
    agent.keyboard.press("Enter")
    expect(agent.get_by_role("heading", name=f"Undo the reset of {KEYS}")).to_be_visible()
    assert states(sandbox, KEYS) == ["archived", "active"]


def press_until(page: Page, key: str, condition: str) -> None:
    """Press a key until something is true of the page."""
    for _ in range(60):
        if page.evaluate(condition):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} never led to: {condition}")


def test_two_courses_at_once_do_not_mix(agent: Page, sandbox: Sandbox) -> None:
    """Both in flight, each row with its own; one refresh at a time."""
    with counted(agent) as refreshes:
        open_page(agent, sandbox, BOTH)
        ask(row_of(agent, COURSE), reason="Illness")
        ask(row_of(agent, LOOKALIKE), reason="Test")
        for key, comment in ((COURSE, "Illness"), (LOOKALIKE, "Test")):
            expect(row_of(agent, key)).to_contain_text("Reset done at", timeout=20 * SECONDS)
            expect(row_of(agent, key)).to_contain_text(f"By support: {comment}")
            assert states(sandbox, BOTH, key) == ["archived", "active"]
    assert refreshes["most"] == 1


def test_two_agents_on_one_learner(agent: Page, sandbox: Sandbox, browser: Browser) -> None:
    """Whoever is second is told so, loses nothing of what she wrote, and resets nobody by it."""
    context = browser.new_context()
    try:
        other = context.new_page()
        with watching(other, sandbox):
            log_in(other, sandbox, "admin")
            rows = [open_page(page, sandbox, TWO) for page in (agent, other)]
            dialog = open_dialog(rows[0])
            tick_all(dialog)
            dialog.get_by_label("Reason").select_option(label="Illness")
            dialog.get_by_label("In your words").fill("I was second")
            ask(rows[1], reason="Test")
            expect(rows[1]).to_contain_text("Reset done at", timeout=20 * SECONDS)
            dialog.locator("button[type=submit]").click()
            expect(dialog.get_by_role("alert")).to_contain_text("Meanwhile admin has asked for a switch")
            expect(dialog.get_by_label("In your words")).to_have_value("I was second")
    finally:
        context.close()
    assert states(sandbox, TWO) == ["archived", "active"]


def test_a_session_that_ends_while_she_writes(agent: Page, sandbox: Sandbox) -> None:
    """She is told, her text is still there, and after a login in another tab the same button works."""
    row = open_page(agent, sandbox, ENDED)
    dialog = open_dialog(row)
    tick_all(dialog)
    dialog.get_by_label("Reason").select_option(label="Illness")
    dialog.get_by_label("In your words").fill("Long and well thought of")
    agent.context.clear_cookies()
    dialog.locator("button[type=submit]").click()
    expect(dialog.get_by_role("alert")).to_contain_text("You are logged out. Log in again in another tab")
    expect(dialog.get_by_label("In your words")).to_have_value("Long and well thought of")
    assert states(sandbox, ENDED) == ["active"]
    tab = agent.context.new_page()
    log_in(tab, sandbox, "support")
    tab.close()
    dialog.locator("button[type=submit]").click()
    expect(row).to_contain_text("Reset done at", timeout=20 * SECONDS)
    expect(row).to_contain_text("Long and well thought of")


def test_twice_and_back(agent: Page, sandbox: Sandbox) -> None:
    """A double click asks once; going back and forth asks for nothing; without htmx as well."""
    row = open_page(agent, sandbox, TWICE)
    dialog = open_dialog(row)
    tick_all(dialog)
    dialog.get_by_label("Reason").select_option(label="Illness")
    dialog.locator("button[type=submit]").dblclick()
    expect(row).to_contain_text("Reset done at", timeout=20 * SECONDS)
    agent.goto(f"{sandbox.url}/attempts/learners/{TWICE}/courses/{LOOKALIKE}/reset/")
    tick_all(agent.locator("main"))
    agent.get_by_label("Reason").select_option(label="Test")
    agent.locator("main button[type=submit]").click()
    expect(row_of(agent, LOOKALIKE)).to_contain_text("Reset done at", timeout=20 * SECONDS)
    agent.go_back()
    agent.go_forward()
    expect(row_of(agent, LOOKALIKE)).to_contain_text("Reset done at")
    for key in (COURSE, LOOKALIKE):
        assert states(sandbox, TWICE, key) == ["archived", "active"]


def test_what_somebody_writes_is_text(agent: Page, sandbox: Sandbox) -> None:
    """In the row, and in the timeline of a page that is loaded anew."""
    text = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    agent.on("dialog", lambda dialog: pytest.fail(dialog.message))
    ask(open_page(agent, sandbox, WRITTEN), reason="Something else", text=text)
    expect(row_of(agent)).to_contain_text("Reset done at", timeout=20 * SECONDS)
    row = open_page(agent, sandbox, WRITTEN)
    assert row.get_by_text(text).count() == 3
    assert agent.locator("img").count() == 0


def test_a_server_that_is_away_and_then_slow(page: Page, sandbox: Sandbox) -> None:
    """Refreshes fail, then take longer than the wait between them: never two at once; at the end it is done.

    The page is not watched: the browser itself says in the console that nobody answers.
    """

    def slowly(route: Route) -> None:
        page.wait_for_timeout(2.5 * SECONDS)
        route.continue_()

    log_in(page, sandbox, "support")
    row = open_page(page, sandbox, SLOW)
    with counted(page) as refreshes:
        page.route("**/courses/*/?look=*", lambda route: route.abort())
        ask(row)
        wait_until_seen(page, lambda: refreshes["all"] >= 2)
        page.unroute_all(behavior="wait")
        page.route("**/courses/*/?look=*", slowly)
        expect(row).to_contain_text("Reset done at", timeout=40 * SECONDS)
    assert refreshes["most"] == 1
    assert states(sandbox, SLOW) == ["archived", "active"]


def wait_until_seen(page: Page, condition: Any) -> None:
    """Wait for something to be true while the page goes on."""
    for _ in range(300):
        if condition():
            return
        page.wait_for_timeout(100)
    raise AssertionError("waited in vain")


@contextmanager
def counted(page: Page) -> Iterator[dict[str, int]]:
    """Counts refreshes: all of them, and the most that were under way at once."""
    counts, under_way = {"all": 0, "most": 0}, set()

    def began(request: Any) -> None:
        if "look=" in request.url:
            under_way.add(request)
            counts["all"] += 1
            counts["most"] = max(counts["most"], len(under_way))

    page.on("request", began)
    page.on("requestfinished", lambda request: under_way.discard(request))
    page.on("requestfailed", lambda request: under_way.discard(request))
    yield counts


# ---------------------------------------------------------------------------------------------------------------------
# Without a worker


@pytest.fixture
def workerless(sandbox: Sandbox, tmp_path: Path) -> Iterator[Sandbox]:
    """An LMS on a copy of the sandbox's database, with a broker of its own and no worker."""
    source, var = Path(sandbox.environment["SANDBOX_VAR"]), tmp_path / "var"
    shutil.copytree(source, var, ignore=shutil.ignore_patterns("broker", "*.sqlite3*", "celerybeat*", "*.log"))
    with sqlite3.connect(source / "sandbox.sqlite3") as original, sqlite3.connect(var / "sandbox.sqlite3") as copy:
        original.backup(copy)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**sandbox.environment, "SANDBOX_VAR": str(var), "SANDBOX_PORT": str(port)}
    with (tmp_path / "lms.log").open("w") as log:
        lms = subprocess.Popen(
            [sys.executable, "manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"],
            cwd=ROOT, env=environment, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        with socket.socket() as probe:
            wait_until(lambda: probe.connect_ex(("127.0.0.1", port)) == 0, "the LMS answers", 60)
        yield replace(sandbox, url=f"http://localhost:{port}", environment=environment)
    finally:
        lms.terminate()
        lms.wait(30)


@contextmanager
def worker(sandbox: Sandbox, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of it, ready; killed at the end."""
    environment = {**sandbox.environment, "DJANGO_SETTINGS_MODULE": "sandbox.settings"}
    command = [sys.executable, "-m", "celery", "-A", "sandbox", "worker", "--pool", "solo", "--loglevel", "INFO"]
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    try:
        wait_until(lambda: " ready." in log.read_text(), "the worker is ready", 60)
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_a_worker_that_was_killed(page: Page, workerless: Sandbox, tmp_path: Path) -> None:
    """What was asked for waits, and says so; when a worker runs again it is done, once."""
    with watching(page, workerless):
        with worker(workerless, tmp_path / "first.log") as first:
            os.killpg(first.pid, signal.SIGKILL)
        log_in(page, workerless, "support")
        row = open_page(page, workerless, KILLED)
        ask(row)
        expect(row).to_contain_text("The reset waits for a worker.")
        expect(row).to_contain_text("None until it has ended")
        assert states(workerless, KILLED) == ["active"]
        with worker(workerless, tmp_path / "second.log"):
            expect(row).to_contain_text("Reset done at", timeout=40 * SECONDS)
            assert states(workerless, KILLED) == ["archived", "active"]
