"""A learner in a browser: she works in a course, is reset, starts afresh, and has her answers back.

Against the sandbox as `make run` starts it: its own processes, its own database, a real worker.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.browsing import log_in
from tests.running import Sandbox

COURSE = "course-v1:OpenAttempts+Waders+2026"
LEARNER = "learner0002"


@pytest.fixture
def watched(watched: Page) -> Iterator[Page]:
    """A page that is watched, and of which everything is there."""
    missing: list[str] = []
    watched.on("response", lambda answer: answer.status < 400 or missing.append(f"{answer.status} {answer.url}"))
    # Blocks that are read are complete after five seconds, a video when a processor without help has played it.
    expect.set_options(timeout=60_000)
    yield watched
    expect.set_options(timeout=5_000)
    assert missing == []


def go(page: Page, unit: str) -> None:
    """Go to a unit by the links that a learner sees."""
    page.get_by_role("link", name="Waders: birds between the tides").click()
    page.get_by_role("link", name=unit).click()
    expect(page.get_by_role("heading", level=1, name=unit)).to_be_visible()


def block(page: Page, block_id: str) -> Locator:
    """Return a block of the unit."""
    return page.locator(f'[data-block="{block_id}"]')


def submit(page: Page, problem: str, verdict: str) -> None:
    """Submit a problem, and read what it says."""
    block(page, problem).get_by_role("button", name="Submit").click()
    expect(block(page, problem).locator(".notification-submit")).to_contain_text(verdict)


def says(page: Page, *, grade: str, section: str, completion: str) -> None:
    """Read the learner's progress, which the page keeps up to date."""
    expect(page.locator("#progress .course-grade")).to_have_text(f"Grade in the course: {grade}")
    expect(page.locator("#progress .grade")).to_have_text(section)
    expect(page.locator("#progress .completion")).to_have_text(completion)


def manage(sandbox: Sandbox, *words: str) -> Any:
    """Run `manage.py attempts` as support does, and return what it says."""
    done = sandbox.manage("attempts", *words, "--format", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_a_learner_works_is_reset_starts_afresh_and_has_her_answers_back(watched: Page, sandbox: Sandbox) -> None:
    """What she sees at each step."""
    log_in(watched, sandbox, LEARNER)

    # What is read is complete once it was seen; a vote is counted; a video is complete when it has been played.
    go(watched, "Who eats what")
    says(watched, grade="none yet", section="none yet", completion="0 of 5")
    poll = block(watched, "poll-seen")
    poll.locator(".poll_answer", has_text="Only heard it").locator(".button").click()
    expect(poll.locator(".poll_answer", has_text="Only heard it")).to_contain_text("1 (100.0%)")
    words = block(watched, "cloud-sounds").locator(".input-cloud")
    words.first.fill("<i>gulls</i>")
    block(watched, "cloud-sounds").get_by_role("button", name="Save").click()
    expect(block(watched, "cloud-sounds").locator(".your_words")).to_contain_text("<i>gulls</i>")
    says(watched, grade="none yet", section="none yet", completion="3 of 5")
    go(watched, "The table is laid twice a day")
    video = watched.locator("video")
    block(watched, "video-tide").locator(".video_control").first.click()
    watched.wait_for_function("document.querySelector('video').currentTime > 1")
    expect(block(watched, "video-tide").locator(".subtitles-menu")).to_contain_text("The water rises")
    video.evaluate("video => { video.playbackRate = 4; }")
    watched.wait_for_function("document.querySelector('video').ended", timeout=60_000)
    # The player's control is below the text, and takes the focus again at the end; only what stays in sight is seen.
    block(watched, "table-is-laid").scroll_into_view_if_needed()
    says(watched, grade="none yet", section="none yet", completion="5 of 5")

    # She answers: one right, one wrong.
    go(watched, "Bills")
    says(watched, grade="none yet", section="none yet", completion="0 of 3")
    watched.get_by_label("Worms deep in the mud").check()
    submit(watched, "quiz-curlew", "Correct")
    says(watched, grade="17 %", section="1 of 3 points", completion="1 of 3")
    block(watched, "quiz-name").get_by_role("textbox").fill("nest")
    submit(watched, "quiz-name", "Incorrect")
    says(watched, grade="17 %", section="1 of 3 points", completion="2 of 3")

    # Support resets her: the page is fresh.
    support = ("--actor", "support", "--wait")
    manage(sandbox, "reset", LEARNER, COURSE, *support)
    watched.wait_for_timeout(1500)  # the margin in which the fence takes work for that of the old attempt
    watched.reload()
    says(watched, grade="none yet", section="none yet", completion="0 of 3")
    expect(watched.get_by_text("Attempt 2 since")).to_be_visible()
    expect(watched.get_by_label("Worms deep in the mud")).not_to_be_checked()
    expect(block(watched, "quiz-curlew")).to_contain_text("You have used 0 of 3 attempts")
    expect(block(watched, "quiz-name").get_by_role("textbox")).to_have_value("")
    go(watched, "Who eats what")
    expect(block(watched, "poll-seen").locator(".answered")).to_have_count(0)
    expect(block(watched, "cloud-sounds").locator(".input-cloud").first).to_be_visible()

    # She starts afresh.
    go(watched, "Bills")
    block(watched, "quiz-hours").get_by_role("textbox").fill("2*4")
    submit(watched, "quiz-hours", "Correct")
    says(watched, grade="17 %", section="1 of 3 points", completion="1 of 3")

    # It was the wrong learner: undone, her old answers are there, and those of the new attempt are not.
    manage(sandbox, "undo", LEARNER, COURSE, *support, "--override", "worked_since")
    watched.reload()
    says(watched, grade="17 %", section="1 of 3 points", completion="2 of 3")
    expect(watched.get_by_label("Worms deep in the mud")).to_be_checked()
    expect(block(watched, "quiz-curlew")).to_contain_text("You have used 1 of 3 attempts")
    expect(block(watched, "quiz-name").get_by_role("textbox")).to_have_value("nest")
    expect(block(watched, "quiz-hours").get_by_role("textbox")).to_have_value("")
    go(watched, "Who eats what")
    expect(block(watched, "poll-seen").locator(".poll_answer", has_text="Only heard it")).to_contain_text("1 (100.0%)")
    watched.get_by_role("link", name="Waders: birds between the tides").click()
    row = watched.locator('[data-section="quiz-bills"]')
    expect(row.locator(".grade")).to_have_text(re.compile("1 of 3 points"))
    expect(row.locator(".completion")).to_have_text("2 of 3")
    assert sandbox.manage("attempts", "verify", LEARNER, COURSE).stdout == "All invariants hold.\n"


def test_a_block_that_does_not_run_says_what_it_needs(watched: Page, sandbox: Sandbox) -> None:
    """Also on a page of the course whose learners are simulated."""
    log_in(watched, sandbox, "learner0001")
    watched.get_by_role("link", name="Tides: why the sea breathes").first.click()
    watched.get_by_role("link", name="Two bulges").click()
    expect(watched.locator(".cannot-run")).to_have_text("This block needs a video that lies elsewhere.")
