"""A learner in a browser: she starts afresh where the policy lets her, sees it done, and takes it back."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import log_in
from tests.running import COURSE, Sandbox

ORG = "OpenAttempts"


@pytest.fixture
def learners_may(sandbox: Sandbox) -> Iterator[None]:
    """The policy lets learners start afresh, for this test."""
    policy(sandbox, "true")
    yield
    policy(sandbox, "inherit")


def policy(sandbox: Sandbox, value: str) -> None:
    """Say whether learners may."""
    done = sandbox.manage("attempts", "policy", "--org", ORG, "--set", f"learner_may_reset={value}")
    assert done.returncode == 0, done.stderr


def states(sandbox: Sandbox, learner: str) -> list[str]:
    """How a learner's attempts are, by number."""
    shown = sandbox.manage("attempts", "show", learner, COURSE, "--format", "json").stdout
    return [attempt["state"] for attempt in json.loads(shown)]


def test_a_fresh_start_and_taking_it_back(watched: Page, sandbox: Sandbox, learners_may: None) -> None:
    """By the dialog; the page moves by itself, and the back button shows what is so now."""
    learner = sandbox.failing_learner()
    before = states(sandbox, learner)
    old, new = before.index("active") + 1, len(before) + 1
    log_in(watched, sandbox, learner)
    watched.get_by_role("link", name="My attempts").click()
    card = watched.get_by_role("article").filter(has_text=COURSE).first
    expect(card).to_contain_text(f"Attempt {old} since")
    card.get_by_role("link", name="Start afresh").click()
    dialog = watched.get_by_role("dialog")
    expect(dialog).to_contain_text(f"Your work so far is kept as attempt {old}")
    expect(dialog.get_by_role("heading")).to_be_focused()
    dialog.get_by_label("Why?").fill("I was ill.")
    dialog.get_by_role("button", name=f"Begin attempt {new}").dblclick()
    expect(dialog).to_be_hidden()
    expect(card).to_contain_text(f"you are in attempt {new} now", timeout=30_000)
    assert states(sandbox, learner) == ["archived"] * len(before) + ["active"]
    expect(watched.locator("#live")).to_contain_text(f"you are in attempt {new} now")
    expect(card.get_by_role("row")).to_have_count(1 + new)

    watched.goto(sandbox.url)
    watched.go_back()
    expect(card).to_contain_text(f"Attempt {new} since")
    card.get_by_role("link", name="Take it back").click()
    dialog.get_by_role("button", name=f"Go back to attempt {old}").click()
    expect(card).to_contain_text(f"you are in attempt {old} again", timeout=30_000)
    assert states(sandbox, learner) == [*before, "archived"]
    assert sandbox.manage("attempts", "verify", learner, COURSE).returncode == 0


def test_escape_changes_nothing(watched: Page, sandbox: Sandbox, learners_may: None) -> None:
    """And gives the focus back to the button."""
    learner = sandbox.failing_learner()
    log_in(watched, sandbox, learner)
    watched.goto(f"{sandbox.url}/attempts/me/")
    card = watched.get_by_role("article").filter(has_text=COURSE).first
    button = card.get_by_role("link", name="Start afresh")
    button.press("Enter")
    expect(watched.get_by_role("dialog")).to_be_visible()
    watched.keyboard.press("Escape")
    expect(watched.get_by_role("dialog")).to_be_hidden()
    expect(button).to_be_focused()
    assert states(sandbox, learner).count("active") == 1


def test_without_the_policy_there_is_no_way(watched: Page, sandbox: Sandbox) -> None:
    """No button; the form of yesterday and the address by hand are refused, with whom to ask."""
    learner = sandbox.failing_learner()
    policy(sandbox, "true")
    log_in(watched, sandbox, learner)
    before = states(sandbox, learner)
    watched.goto(f"{sandbox.url}/attempts/me/courses/{COURSE}/reset/")
    button = watched.get_by_role("button", name="Begin attempt")
    expect(button).to_be_visible()
    policy(sandbox, "inherit")
    button.click()
    expect(watched.get_by_role("main")).to_contain_text("ask the course team or the support of this site")
    watched.goto(f"{sandbox.url}/attempts/me/courses/{COURSE}/reset/")
    expect(watched.get_by_role("main")).to_contain_text("ask the course team or the support of this site")
    watched.goto(f"{sandbox.url}/attempts/me/")
    expect(watched.get_by_role("heading", name="My attempts")).to_be_visible()
    expect(watched.get_by_role("link", name="Start afresh")).to_have_count(0)
    assert states(sandbox, learner) == before
