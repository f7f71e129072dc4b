"""Support in a browser: log in, find a learner, reset her, follow it, take it back.

Against the sandbox as `make run` starts it: its own processes, its own database, a real worker.
"""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.browsing import log_in
from tests.processes import wait_until
from tests.running import COURSE, Sandbox


def read(page: Page, url: str) -> Any:
    """Open an address of the API as a person does, and return the data that is shown."""
    page.goto(url)
    return json.loads(page.locator("body").inner_text())


def ask(page: Page, sandbox: Sandbox, **words: object) -> None:
    """Send a request by the page of the schema, and follow the operation to its end."""
    page.goto(f"{sandbox.url}/api/attempts/v1/schema/browse/")
    path = page.locator('[data-path="/api/attempts/v1/operations/"]')
    operation = page.locator(".opblock-post", has=path)
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.locator("textarea.body-param__text").fill(json.dumps(words))
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table tbody .response-col_status").first).to_contain_text("202")
    answer = json.loads(operation.locator(".live-responses-table tbody pre").first.inner_text())
    wait_until(lambda: read(page, answer["url"])["status"] == "complete", "the worker has carried it out")


def test_support_resets_a_learner_and_takes_it_back(watched: Page, sandbox: Sandbox) -> None:
    """What the person sees, and what the database holds."""
    learner = sandbox.failing_learner()
    log_in(watched, sandbox, "support")
    watched.get_by_role("link", name=f"attempts of {learner}").first.click()
    shown = json.loads(watched.locator("body").inner_text())["courses"][0]
    assert (shown["course_id"], shown["active_attempt"]["number"]) == (COURSE, 1)

    ask(watched, sandbox, kind="reset", learner=learner, course_id=COURSE, comment="Was ill")
    shown = read(watched, f"{sandbox.url}/api/attempts/v1/learners/{learner}/")["courses"][0]
    assert (shown["active_attempt"]["number"], shown["last_operation"]["comment"]) == (2, "Was ill")
    attempts = json.loads(sandbox.manage("attempts", "show", learner, COURSE, "--format", "json").stdout)
    assert [attempt["state"] for attempt in attempts] == ["archived", "active"]
    assert attempts[0]["summary"]["rows"]["courseware_studentmodule"] > 0

    ask(watched, sandbox, kind="undo", learner=learner, course_id=COURSE)
    attempts = json.loads(sandbox.manage("attempts", "show", learner, COURSE, "--format", "json").stdout)
    assert [attempt["state"] for attempt in attempts] == ["active", "archived"]
    assert sandbox.manage("attempts", "verify").stdout == "All invariants hold.\n"


def test_a_learner_sees_herself_and_no_more(watched: Page, sandbox: Sandbox) -> None:
    """Her own attempts, and nothing of others."""
    log_in(watched, sandbox, "learner0001")
    rows = watched.locator("tbody tr")
    assert {text.split()[0] for text in rows.all_inner_texts()} == {"learner0001"}
    own = read(watched, f"{sandbox.url}/api/attempts/v1/me/attempts/")["courses"]
    assert [attempt["number"] for attempt in own[0]["attempts"]] == [1]
    assert read(watched, f"{sandbox.url}/api/attempts/v1/learners/learner0002/")["code"] == "permission_denied"


def test_the_page_of_the_schema_lists_everything_and_needs_nothing_from_elsewhere(
    watched: Page, sandbox: Sandbox
) -> None:
    """Every operation of the document is on it."""
    document = read(watched, f"{sandbox.url}/api/attempts/v1/schema/")
    operations = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    watched.goto(f"{sandbox.url}/api/attempts/v1/schema/browse/")
    expect(watched.locator(".opblock")).to_have_count(len(operations))
