"""What the browser tests do with a page: log in, and watch that nothing goes wrong on it unseen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import ConsoleMessage, Page, Request, expect

from tests.running import Sandbox

#: What Chromium itself says of an answer that a test has asked for; the page has told the person by then.
_ANSWERED = "Failed to load resource: the server responded with a status of 4"


@contextmanager
def watching(page: Page, sandbox: Sandbox) -> Iterator[Page]:
    """A page on which no script fails, nothing is refused by its policy, and from which no request leaves the host."""
    faults: list[str] = []

    def said(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(_ANSWERED):
            faults.append(message.text)

    def asked(request: Request) -> None:
        if not request.url.startswith((sandbox.url, "data:", "blob:")):
            faults.append(request.url)

    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", said)
    page.on("request", asked)
    yield page
    assert faults == []


def log_in(page: Page, sandbox: Sandbox, username: str) -> None:
    """Log in at the start page."""
    page.goto(sandbox.url)
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill("attempts")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Sandbox LMS")).to_be_visible()
