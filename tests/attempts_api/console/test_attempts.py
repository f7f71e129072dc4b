"""The page of an attempt: what it shows to whom, and how much that costs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.formats import date_format
from django.utils.timezone import localtime, now

from attempts import api
from attempts.models import AttemptProof, FollowUp
from attempts_api.console import assets
from sandbox.content.models import CourseBlock
from sandbox.courseware.models import StudentModule
from sandbox.grades.models import PersistentSubsectionGradeOverride
from sandbox.student.models import CourseAccessRole
from tests.attempts_api.console.conftest import PART, browser_of
from tests.factories import (
    COURSE,
    LOOKALIKE,
    CompletionFactory,
    CourseFactory,
    CourseGradeFactory,
    StateFactory,
    SubsectionGradeFactory,
    UserFactory,
    enrolled,
)
from tests.outlines import Content

pytestmark = pytest.mark.django_db
#: What somebody may write who wants more than to answer.
HOSTILE = "<script>alert(1)</script>"
BREAKOUT = '"><img src=x onerror=alert(1)>'
#: Bytes of a page with everything that a browser loads for it.
HEAVIEST = 300_000


@pytest.fixture
def story(learner: Any, run: Callable[..., Any]) -> dict[str, Any]:
    """A learner with work in a course, who was reset by somebody for a reason."""
    content = Content()
    section, subsection, unit, problem, other = content.unit(
        "Tides", ("problem", "p1", "High water"), ("problem", "p2", "Low water"), section="Water"
    )
    state = StateFactory(student=learner, module_state_key=problem, state="{}")
    for number in (1, 2):
        state.state = json.dumps({"attempts": number, "student_answers": {"a": f"answer {number}"}})
        state.grade, state.max_grade = float(number), 2.0
        state.save()
    CompletionFactory(user=learner, block_key=problem)
    CourseGradeFactory(user_id=learner.pk, percent_grade=0.4)
    run(api.request_reset(learner, COURSE, requested_by=UserFactory(username="dean"), comment="Was ill."))
    return {
        "learner": learner,
        "attempt": api.attempts(learner, COURSE)[0],
        "keys": [section, subsection, unit, problem, other],
        "content": content,
    }


def path_of(attempt: Any, *more: Any) -> str:
    """The address of a page of an attempt."""
    return "/attempts/attempts/" + "".join(f"{quote(str(word), safe='')}/" for word in (attempt.uuid, *more))


def shown(browser: Client, path: str, **headers: str) -> str:
    """What a page says, blanks made one."""
    answer = browser.get(path, **headers)
    assert answer.status_code == 200, answer.content.decode()
    return re.sub(r"\s+", " ", answer.content.decode())


def text_of(page: str) -> str:
    """The words of a page, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_summary_says_what_became_of_it(support: Client, story: dict[str, Any]) -> None:
    """Who did what and why; grade, completion, proof, rows; the outline with points."""
    text = text_of(shown(support, path_of(story["attempt"])))
    for words in (
        f"Attempt 1 of {story['learner'].username}",
        "About Run",
        "1 of 2",
        "archived",
        "by dean",
        "Was ill.",
        "40%, not passed",
        "The grade of the active attempt counts.",
        "1 block completed",
        "Proof that it can be brought back due on ",
        "Block states courseware_studentmodule 1",
        "With attempt 2",
        "Water",
        "2 of 2 points",
        "1 of 2 blocks completed (50%)",
    ):
        assert words in text, words
    active = text_of(shown(support, path_of(api.active_attempt(story["learner"], COURSE))))
    assert "0 of 2 blocks completed (0%)" in active
    assert "from attempt 1 to 2" in active


def test_proof_that_it_can_be_brought_back(support: Client, story: dict[str, Any]) -> None:
    """When it is due, why there is none, and as it was tried last: each as a fact, with its time."""
    proof, path = FollowUp.objects.filter(name="proof"), path_of(story["attempt"])
    due = date_format(localtime(proof.get().due), "DATETIME_FORMAT")
    assert f"due on {due} UTC" in text_of(shown(support, path))
    proof.update(status="failed", ended_at=now(), error="The server was away.")
    assert "could not be made: The server was away." in text_of(shown(support, path))
    proof.update(status="skipped")
    assert "none was made" in shown(support, path)
    api.prove(story["learner"], COURSE)
    assert re.search(r"proved on .{8,40} UTC : every row came back", text_of(shown(support, path)))
    AttemptProof.objects.update(restorable=False, problem="A row is gone.")
    assert re.search(r"failed on .{8,40} UTC : A row is gone\.", text_of(shown(support, path)))


def test_the_only_attempt_of_a_learner_never_reset(support: Client, learner: Any) -> None:
    """It has no row: learner and course name it, on each page and in each link."""
    key = COURSE.make_usage_key("problem", "p")
    StateFactory(student=learner, module_state_key=key, state='{"student_answers": {"a": "yes"}}')
    attempt = api.active_attempt(learner, COURSE)
    assert support.get(path_of(attempt)).status_code == 404
    named = f"?learner={learner.username}&course={quote(str(COURSE))}"
    page = shown(support, path_of(attempt) + named)
    links = re.findall(r'href="(/attempts/attempts/[^"]+)"', page)
    assert links
    for link in links:
        answer = support.get(link.replace("&amp;", "&"))
        assert answer.status_code == 200, link
        answer.getvalue()
    assert "yes" in shown(support, path_of(attempt, "blocks", key) + named)
    assert "This learner has no other attempt" in page


def test_blocks_unfold_down_to_answers_and_history(support: Client, story: dict[str, Any]) -> None:
    """As parts for a script, and as pages of their own."""
    section, subsection, unit, problem, other = story["keys"]
    page = shown(support, path_of(story["attempt"]))
    assert (
        f'hx-get="{path_of(story["attempt"], "blocks", section)}"'.replace("%3A", ":")
        .replace("%2B", "+")
        .replace("%40", "@")
        in page
    )
    for outer, inner in ((section, "Subsection"), (subsection, "Tides"), (unit, "High water")):
        part = shown(support, path_of(story["attempt"], "blocks", outer), **PART)
        assert inner in part
        assert "<html" not in part
        whole = shown(support, path_of(story["attempt"], "blocks", outer))
        assert inner in whole
        assert "<h1" in whole
    for found in (
        shown(support, path_of(story["attempt"], "blocks", problem), **PART),
        shown(support, path_of(story["attempt"], "blocks", problem)),
    ):
        text = text_of(found)
        for words in ("2 of 2 points", "2 tries", "answer 2", "History", "answer 1", "1 of 2 points"):
            assert words in text, words
    assert "nothing recorded" in shown(support, path_of(story["attempt"], "blocks", other))


def test_an_address_of_the_whole_leads_to_the_attempt(support: Client, story: dict[str, Any]) -> None:
    """And one of nothing is none."""
    root = COURSE.make_usage_key("course", "course")
    answer = support.get(path_of(story["attempt"], "blocks", root))
    assert (answer.status_code, answer["Location"]) == (302, path_of(story["attempt"]))
    for name in ("nothing", LOOKALIKE.make_usage_key("problem", "p1"), "\x00"):
        assert support.get(path_of(story["attempt"], "blocks", name)).status_code == 404, name
        assert support.get(path_of(story["attempt"], "blocks", name, "state")).status_code == 404, name


def test_blocks_that_the_course_no_longer_has(support: Client, story: dict[str, Any]) -> None:
    """Are still there."""
    problem = story["keys"][3]
    CourseBlock.objects.filter(usage_key=problem).update(removed=True)
    assert "No longer in the course" in shown(support, path_of(story["attempt"]))
    assert "no longer in the course" in shown(support, path_of(story["attempt"], "blocks", "gone"), **PART)
    page = shown(support, path_of(story["attempt"], "blocks", problem))
    assert "no longer in the course" in page
    assert "answer 2" in page


def test_without_an_outline_blocks_are_listed_by_type(support: Client, story: dict[str, Any], settings: Any) -> None:
    """And the page says so."""
    settings.ATTEMPTS_COURSE_OUTLINE = "no.such.function"
    assert "cannot be told now" in shown(support, path_of(story["attempt"]))
    assert "p1" in shown(support, path_of(story["attempt"], "blocks", "problem"), **PART)


def test_history_has_pages(support: Client, story: dict[str, Any]) -> None:
    """Ten versions on each."""
    problem = story["keys"][4]
    state = StateFactory(student=story["learner"], module_state_key=problem)
    for number in range(14):
        state.state = json.dumps({"student_answers": {"a": f"version {number};"}})
        state.save()
    attempt = api.active_attempt(story["learner"], COURSE)
    first = shown(support, path_of(attempt, "blocks", problem))
    assert "version 13;" in first
    assert "version 2;" not in first
    (older,) = set(re.findall(r'hx-get="([^"]+history=2)"', first))
    part = shown(support, older, **PART)
    assert "version 2;" in part
    assert "All fields that are stored" not in part
    assert "Newer" in part


def test_long_texts_are_cut_and_can_be_had_whole(support: Client, story: dict[str, Any]) -> None:
    """As plain text, which no browser takes for a page."""
    problem = story["keys"][3]
    row = StudentModule.objects.get(student=story["learner"])
    long = json.dumps({"student_answers": {"a": "x" * 100_000 + HOSTILE}})
    StudentModule.objects.filter(pk=row.pk).update(state=long)
    page = support.get(path_of(story["attempt"], "blocks", problem)).content.decode()
    assert len(page) < 30_000
    for what in ("answers", "state"):
        assert f"/{what}/" in page
        answer = support.get(path_of(story["attempt"], "blocks", problem, what))
        assert answer["Content-Type"] == "text/plain; charset=utf-8"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert HOSTILE in answer.content.decode()
    version = re.findall(r"/(h\d+)/", page)[0]
    assert "student_answers" in support.get(path_of(story["attempt"], "blocks", problem, version)).content.decode()
    assert support.get(path_of(story["attempt"], "blocks", problem, "h0")).status_code == 404


def test_whatever_is_stored_can_be_shown(support: Client, story: dict[str, Any]) -> None:
    """What is no JSON, what JSON has not, halves of letters, and nothing."""
    problem = story["keys"][3]
    path = path_of(story["attempt"], "blocks", problem)
    for stored, told in (
        ("no JSON <b>", "no JSON &lt;b&gt;"),
        ('{"student_answers": {"a": "\\ud800"}, "odd": NaN}', "&quot;nan&quot;"),
        (None, "nothing was saved"),
        ('{"a":' * 600 + "1" + "}" * 600, "not readable as fields"),
    ):
        StudentModule.objects.update(state=stored)
        assert told in shown(support, path), stored


@pytest.mark.parametrize("text", [HOSTILE, BREAKOUT])
def test_nothing_that_anybody_wrote_is_run(
    support: Client, story: dict[str, Any], run: Callable[..., Any], text: str
) -> None:
    """Answers, names, reasons, tables' contents: on no page, whole or part."""
    learner = story["learner"]
    type(learner).objects.filter(pk=learner.pk).update(first_name=text[:30], username=text.replace("/", ""))
    CourseFactory._meta.model.objects.filter(pk=COURSE).update(display_name=text)
    CourseBlock.objects.update(display_name=text)
    problem = story["keys"][3]
    StudentModule.objects.update(state=json.dumps({"student_answers": {text: text}, text: text}))
    grade = SubsectionGradeFactory(user_id=learner.pk, usage_key=story["keys"][1])
    PersistentSubsectionGradeOverride.objects.create(grade=grade, earned_graded_override=2.0, override_reason=text)
    dean = api.user("dean")
    type(dean).objects.filter(pk=dean.pk).update(username=text[:29] + "d")
    run(api.request_undo(learner.pk, COURSE, requested_by=dean, comment=text, override=["worked_since"]))
    StateFactory(student=learner, state=text)
    first, second = api.attempts(learner.pk, COURSE)
    paths = [
        path_of(first),
        path_of(second),
        *(path_of(first, "blocks", key) for key in story["keys"]),
        path_of(first, "compare", second.uuid),
        path_of(first, "compare", second.uuid) + "?show=all",
        path_of(first, "compare", second.uuid, "blocks", problem),
    ]
    for path in paths:
        for headers in ({}, PART):
            page = shown(support, path, **headers)
            assert text not in page, path
            assert not re.search(r"<script(?![^>]*\bsrc=)|<img|<[^>]*\s(on\w+|style)=|javascript:", page), path
    assert "&lt;script&gt;" in page or "&quot;&gt;&lt;img" in page


ROLES = {
    # What somebody sees of an attempt: the page, and what is in it.
    "staff": (200, 403),
    "instructor": (200, 403),
    "data_researcher": (200, 200),
    "beta_testers": (403, 403),
}


@pytest.mark.parametrize("role", ROLES)
def test_who_sees_what(browser_as: Callable[..., Client], story: dict[str, Any], role: str) -> None:
    """By address, too; no button that would be refused."""
    browser, attempt = browser_as(role), story["attempt"]
    other = api.active_attempt(story["learner"], COURSE)
    page, inside = ROLES[role]
    assert browser.get(path_of(attempt)).status_code == page
    for path in (
        path_of(attempt, "blocks", story["keys"][3]),
        path_of(attempt, "blocks", story["keys"][3], "state"),
        path_of(attempt, "compare", other.uuid),
        path_of(attempt, "compare", other.uuid, "blocks", story["keys"][3]),
        path_of(attempt, "appeal-pack"),
    ):
        answer = browser.get(path)
        assert answer.status_code == inside, path
        if inside == 403:
            assert "This needs the permission" in answer.content.decode()
        answer.getvalue()
    if page == 200:
        text = shown(browser, path_of(attempt))
        for words in ("appeal-pack", "Ask for the export", "/compare/", "Water"):
            assert (words in text) == (inside == 200), words
        assert ("view_attempt_data" in text) == (inside == 403)
        assert "answer 2" not in text


def test_what_is_elsewhere_is_not_there(browser_as: Callable[..., Client], story: dict[str, Any]) -> None:
    """The same is said of an attempt of another course and of none."""
    browser = browser_as("data_researcher", LOOKALIKE)
    attempt = story["attempt"]
    missing = path_of(attempt).replace(str(attempt.uuid), "00000000-0000-0000-0000-000000000000")
    answers = [browser.get(path) for path in (path_of(attempt), missing)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert len({re.sub(r"[0-9a-f-]{36}", "", answer.content.decode()) for answer in answers}) == 1
    named = f"?learner={story['learner'].username}&course={quote(str(COURSE))}"
    assert browser.get(path_of(attempt) + named).status_code == 404
    assert browser.get(path_of(attempt) + "?learner=nobody&course=nothing").status_code == 400
    assert browser_of(enrolled()).get(path_of(attempt)).status_code == 403
    assert browser_of(story["learner"]).get(path_of(attempt)).status_code == 403
    assert Client().get(path_of(attempt)).status_code == 302


def test_every_look_is_logged(support: Client, story: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    """With what was looked at, whose it is and by which right."""
    caplog.set_level("INFO", logger="attempts.audit")
    attempt = story["attempt"]
    other = api.active_attempt(story["learner"], COURSE)
    about = f"client=console .* learner={story['learner'].pk} course_id=\\S+ attempt=1"
    for path, resources in (
        (path_of(attempt), ["attempt", "outline"]),
        (path_of(attempt, "blocks", story["keys"][3]), ["block"]),
        (path_of(attempt, "blocks", story["keys"][3], "state"), ["block"]),
        (path_of(attempt, "compare", other.uuid), ["comparison"]),
        (path_of(attempt, "appeal-pack"), ["appeal_pack"]),
    ):
        caplog.clear()
        support.get(path).getvalue()
        for resource in resources:
            assert re.search(f"resource={resource} actor={support.user.pk} .*{about}", caplog.text), (path, resource)
    assert "answer" not in caplog.text


def test_the_appeal_pack_is_a_file(support: Client, story: dict[str, Any]) -> None:
    """The one of the API."""
    answer = support.get(path_of(story["attempt"], "appeal-pack"))
    assert (answer["Content-Type"], answer.getvalue()[:2]) == ("application/zip", b"PK")
    assert "attachment" in answer["Content-Disposition"]


def statements(browser: Client, path: str, **headers: str) -> int:
    """How many statements a page takes."""
    with CaptureQueriesContext(connection) as asked:
        shown(browser, path, **headers)
    return len([one for one in asked if not re.match("SAVEPOINT|RELEASE", one["sql"])])


#: Statements of each page for a member of the course team, whose roles are asked for each permission.
BUDGETS = {"attempt": 45, "block": 40, "comparison": 60}


def test_what_a_page_costs_does_not_grow(
    browser_as: Callable[..., Client], story: dict[str, Any], reset: Any, run: Callable[..., Any]
) -> None:
    """Few blocks, versions and attempts, and many."""
    browser, learner, content = browser_as("data_researcher"), story["learner"], story["content"]
    unit, problem = story["keys"][2:4]
    found: dict[str, list[int]] = {name: [] for name in BUDGETS}
    for number in (3, 60):
        for one in range(StudentModule.objects.count(), number):
            key = content.add(unit, "problem", f"many{one}")
            StateFactory(student=learner, module_state_key=key, state='{"student_answers": {"a": 1}}')
            CompletionFactory(user=learner, block_key=key)
            SubsectionGradeFactory(user_id=learner.pk)
        reset(learner)
        row = StateFactory(student=learner, module_state_key=problem)
        for _ in range(number // 4):
            row.save()
        active = api.active_attempt(learner, COURSE)
        found["attempt"].append(statements(browser, path_of(story["attempt"])))
        found["block"].append(statements(browser, path_of(active, "blocks", problem)))
        found["comparison"].append(statements(browser, path_of(story["attempt"], "compare", active.uuid)))
    for name, (few, many) in found.items():
        assert few == many <= BUDGETS[name], (name, few, many)


@pytest.mark.slow
def test_pages_of_a_huge_course_are_light(support: Client, learner: Any, reset: Any) -> None:
    """Two thousand blocks, with all that a browser loads for a page; however the course is laid out."""
    content = Content()
    assets_weight = sum(
        len((assets.FOLDER / name).read_bytes()) for name in ("paragon.css", "console.css", "htmx.js", "console.js")
    )
    flat = content.unit("Flat")
    for section in range(150):
        content.unit("Unit", *(("problem", f"p{section}-{n}", f"Problem {n} of a long name") for n in range(3)))
    for number in range(1000):
        content.add(flat[2], "problem", f"flat{number}", f"Problem {number} of a long name")
    keys = [key for key in content.rows if key.block_type == "problem"]
    StudentModule.objects.bulk_create(
        StateFactory.build(
            student=learner, module_state_key=key, state=json.dumps({"student_answers": {"a": "<'\">" * 2000}})
        )
        for key in keys
    )
    reset(learner)
    first, second = api.attempts(learner, COURSE)
    StudentModule.objects.bulk_create(
        StateFactory.build(student=learner, module_state_key=key, grade=1.0, max_grade=1.0) for key in keys
    )
    for path in (
        path_of(first),
        path_of(first, "blocks", flat[2]),
        path_of(first, "blocks", keys[0]),
        path_of(first, "compare", second.uuid),
        path_of(first, "compare", second.uuid) + "?show=all&page=2",
        path_of(first, "compare", second.uuid, "blocks", keys[0]),
    ):
        weight = len(support.get(path).content)
        assert weight + assets_weight <= HEAVIEST, (path, weight, assets_weight)
    second_page = shown(support, path_of(first, "blocks", flat[2]) + "?page=2", **PART)
    assert "Problem 100 of a long name" in second_page


def test_a_role_in_the_course_is_asked_anew(browser_as: Callable[..., Client], story: dict[str, Any]) -> None:
    """Whoever lost it sees nothing."""
    browser = browser_as("data_researcher")
    assert browser.get(path_of(story["attempt"])).status_code == 200
    CourseAccessRole.objects.filter(user=browser.user).update(role="none")
    assert browser.get(path_of(story["attempt"])).status_code == 403
