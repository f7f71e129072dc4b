"""An analyst in a browser: an archived attempt, an answer with its history, a comparison, and the appeal pack."""

from __future__ import annotations

import io
import json
from pathlib import Path
from zipfile import ZipFile

from playwright.sync_api import Page, expect

from tests.e2e.browsing import log_in
from tests.running import COURSE, Sandbox

#: One whom the policy lets be reset, and who has answered the first quiz.
LEARNER = "learner0005"


def archived_attempt(sandbox: Sandbox) -> str:
    """Reset the learner, have her work on, and return the uuid of her first attempt."""
    words = ("attempts", "reset", LEARNER, COURSE, "--actor", "support", "--comment", "Was ill", "--wait")
    assert sandbox.manage(*words).returncode == 0
    assert sandbox.manage("study", LEARNER, COURSE).returncode == 0
    shown = json.loads(sandbox.manage("attempts", "show", LEARNER, COURSE, "--format", "json").stdout)
    return str(shown[0]["uuid"])


def unfold(page: Page, name: str) -> None:
    """Unfold a place of the outline; what is in it comes from the server."""
    page.locator(".console-places > li > details > summary", has_text=name).first.click()


def test_an_analyst_reads_an_archived_attempt(watched: Page, sandbox: Sandbox, tmp_path: Path) -> None:
    """From the learner's page down to an answer, beside the active attempt, and out in a file."""
    uuid = archived_attempt(sandbox)
    log_in(watched, sandbox, "analyst")
    watched.goto(f"{sandbox.url}/attempts/learners/{LEARNER}/?attempt={uuid}")
    watched.locator(f'a[href$="/attempts/attempts/{uuid}/"]').first.click()
    expect(watched.get_by_role("heading", level=1)).to_contain_text(f"Attempt 1 of {LEARNER}")
    expect(watched.locator("dl").first).to_contain_text("Was ill")

    for place in ("The breathing sea", "Quiz: forces"):
        unfold(watched, place)
    inside = ".console-places > li > details"
    unit = watched.locator(f".console-places {inside}[open]").locator(inside).first
    unit.locator("summary").first.click()
    problem = unit.locator(inside, has_text="Problem").first
    problem.locator("summary").first.click()
    work = problem.locator(".console-work")
    expect(work.locator("pre").first).to_contain_text("student_answers")
    version = work.locator(".console-history details").first
    version.locator("summary").click()
    expect(version.locator("pre")).to_contain_text("student_answers")

    watched.get_by_role("link", name="With attempt 2").click()
    table = watched.get_by_role("table")
    expect(table).to_contain_text("only in attempt 1")
    watched.get_by_role("link", name="Answers side by side").first.click()
    dialog = watched.get_by_role("dialog")
    expect(dialog).to_contain_text("Attempt 2")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()

    watched.locator(".breadcrumb").get_by_role("link", name="Attempt 1").click()
    with watched.expect_download() as download:
        watched.get_by_role("link", name="Download the appeal pack of attempt 1").click()
    path = tmp_path / "pack.zip"
    download.value.save_as(path)
    with ZipFile(io.BytesIO(path.read_bytes())) as pack:
        assert json.loads(pack.read("attempt.json"))["learner"]["username"] == LEARNER


def test_without_script_the_same_is_on_pages_of_their_own(watched: Page, sandbox: Sandbox) -> None:
    """Links lead where a script would have unfolded."""
    learner = "learner0001"
    log_in(watched, sandbox, "analyst")
    address = watched.request.get(f"{sandbox.url}/api/attempts/v1/learners/{learner}/").json()
    found = next(one for one in address["courses"] if one["course_id"] == COURSE)["active_attempt"]
    context = watched.context.browser.new_context(
        java_script_enabled=False, storage_state=watched.context.storage_state()
    )
    plain = context.new_page()
    query = found["url"].partition("?")[2].replace("course_id=", "course=")
    plain.goto(f"{sandbox.url}/attempts/attempts/{found['uuid']}/?{query}")
    for place in ("The breathing sea", "Quiz: forces"):
        plain.locator("summary", has_text=place).first.click()
        plain.locator("details[open] a", has_text=f"Open on a page of its own: {place}").click()
        expect(plain.get_by_role("heading", level=1)).to_have_text(place)
    context.close()
