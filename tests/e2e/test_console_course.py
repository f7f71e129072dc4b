"""A course in a browser: the instructor looks at its report and policy, support changes the policy."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import log_in
from tests.processes import wait_until
from tests.running import COURSE, Sandbox

#: Learners that no other test takes: as many as a report for a wide audience needs, and a few more.
FIRST, LAST = 101, 112
_RESET_THEM = f"""
from attempts import api
for number in range({FIRST}, {LAST + 1}):
    name = f"learner{{number:04}}"
    api.request_reset(name, "{COURSE}", requested_by=None, override=["learner_passing"])
"""
#: How many of a chart's pixels are drawn.
_DRAWN = """canvas => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return data.filter((value, place) => place % 4 === 3 && value > 0).length;
}"""


@pytest.fixture(scope="module")
def retakers(sandbox: Sandbox) -> None:
    """Learners of the course who were reset once."""
    enrol = f"""
from django.contrib.auth import get_user_model
from sandbox.student.models import CourseEnrollment
for number in range({FIRST}, {LAST + 1}):
    user, _ = get_user_model().objects.get_or_create(username=f"learner{{number:04}}", email=f"l{{number}}@example.com")
    CourseEnrollment.objects.get_or_create(user=user, course_id="{COURSE}")
"""
    for code in (enrol, _RESET_THEM):
        done = sandbox.manage("shell", "-c", code)
        assert done.returncode == 0, done.stderr

    def reset() -> bool:
        report = json.loads(sandbox.manage("attempts", "report", COURSE, "--format", "json").stdout)
        return report["retaking"] >= LAST - FIRST + 1

    wait_until(reset, "the worker has reset them", 90)


def open_course(page: Page, sandbox: Sandbox) -> None:
    """Come to the course as a person does."""
    page.goto(f"{sandbox.url}/attempts/")
    page.get_by_role("navigation", name="Pages", exact=True).get_by_role("link", name="Courses").click()
    page.get_by_role("row").filter(has_text=COURSE).get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Learners with several attempts")).to_be_visible()


def policy_of(sandbox: Sandbox) -> Any:
    return json.loads(sandbox.manage("attempts", "policy", "--course", COURSE, "--format", "json").stdout)


def test_an_instructor_looks_at_her_course(watched: Page, sandbox: Sandbox, retakers: None) -> None:
    """Charts are drawn from the tables beside them; the policy is to be read only."""
    log_in(watched, sandbox, "instructor")
    open_course(watched, sandbox)
    expect(watched.get_by_role("cell").filter(has_text="from the organisation OpenAttempts").first).to_be_visible()
    watched.get_by_role("link", name="Retake report").click()
    expect(watched.get_by_text("Groups of fewer than 10 learners are left out")).to_be_visible()
    charts = watched.get_by_role("img", name="Bar chart")
    expect(charts.first).to_be_visible()
    assert charts.count() >= 3
    for chart in charts.all():
        wait_until(lambda chart=chart: chart.evaluate(_DRAWN) > 500, "the chart is drawn")
        assert chart.locator("xpath=ancestor::section//table//td").count() >= 1
    row = watched.locator("#attempts tbody tr").filter(has_text="2").first
    expect(row.get_by_role("cell")).to_have_text("10")
    watched.get_by_role("link", name="Policy", exact=True).click()
    expect(watched.get_by_role("heading", name="What is in force")).to_be_visible()
    expect(watched.get_by_role("button", name="Save the policy")).to_have_count(0)
    expect(watched.get_by_role("combobox")).to_have_count(0)


def test_support_changes_the_policy(watched: Page, sandbox: Sandbox) -> None:
    """What is saved is in the history, and in the database; then it is left to the wider policy again."""
    log_in(watched, sandbox, "support")
    open_course(watched, sandbox)
    watched.get_by_role("link", name="Policy", exact=True).click()
    watched.get_by_label("Number of resets").select_option("At most")
    watched.get_by_label("If “at most”: how many").fill("seven")
    watched.get_by_role("button", name="Save the policy").click()
    expect(watched.get_by_text("Write a whole number, 0 or more.")).to_be_visible()
    watched.get_by_label("If “at most”: how many").fill("7")
    watched.get_by_role("button", name="Save the policy").click()
    expect(watched.get_by_role("status").filter(has_text="The policy was changed.")).to_be_visible()
    expect(watched.get_by_text("Number of resets: from “left to the wider policy” to “7”").first).to_be_visible()
    assert "7" in json.dumps(policy_of(sandbox))
    watched.get_by_label("Number of resets").select_option("Leave it to the wider policy")
    watched.get_by_role("button", name="Save the policy").click()
    expect(watched.get_by_text("Number of resets: from “7” to “left to the wider policy”").first).to_be_visible()


def test_lists_go_on_in_place(watched: Page, sandbox: Sandbox, retakers: None) -> None:
    """Learners by number of the attempt, without a new page."""
    log_in(watched, sandbox, "support")
    open_course(watched, sandbox)
    expect(watched.locator("#learners tbody tr").first).to_be_visible()
    watched.get_by_label("Attempt number").fill("9")
    watched.locator("#learners").get_by_role("button", name="Show").click()
    expect(watched.get_by_text("No learner with several attempts is like this.")).to_be_visible()
    assert watched.url.endswith(f"/courses/{COURSE}/")
