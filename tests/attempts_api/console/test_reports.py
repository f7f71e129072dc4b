"""The page of the retake report shows exactly the numbers of the report, wherever it is read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import closing
from html import unescape
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from attempts import api
from attempts.data import AttemptQuery, OutlineBlock, RetakeReport
from attempts.models import ResetPolicy
from sandbox.student.models import CourseAccessRole
from tests.attempts_api.console.conftest import browser_of
from tests.factories import COURSE, CourseFactory, CourseGradeFactory, SubsectionGradeFactory, UserFactory, enrolled

pytestmark = pytest.mark.django_db
HERE = f"/attempts/courses/{COURSE}/report/"


@pytest.fixture
def retakers(policy: Any, reset: Any) -> None:
    """Twelve who took the course twice, of whom three took it a third time; grades rise."""
    ResetPolicy.objects.update(require_not_passing=False)
    for number in range(12):
        learner = enrolled(COURSE)
        for attempt in range(3 if number < 3 else 2):
            grade = min(1.0, 0.1 * attempt + number / 13)
            CourseGradeFactory(
                user_id=learner.pk, percent_grade=grade, letter_grade="Pass" if grade > 0.5 else "", course_id=COURSE
            )
            for section in ("one", "two"):
                SubsectionGradeFactory(
                    user_id=learner.pk,
                    usage_key=COURSE.make_usage_key("sequential", section),
                    earned_graded=grade,
                    possible_graded=1.0,
                    first_attempted=timezone.now(),
                )
            if attempt < (2 if number < 3 else 1):
                reset(learner)


def tables_in(page: str) -> dict[str, list[list[Any]]]:
    """The numbers of each table, row by row, as scripts read them; none where a cell has none."""
    return {
        name: [
            [float(raw) if raw else None for raw in re.findall(r'data-value="(.*?)"', row)]
            for row in re.findall(r"<tr><th scope=\"row\".*?</tr>", body, re.S)
        ]
        for name, body in re.findall(r'<table class="table table-sm" id="(\w+)">(.*?)</table>', page, re.S)
    }


def expected(report: dict[str, Any]) -> dict[str, list[list[Any]]]:
    """The numbers of a report, as JSON has them, laid out as the page does."""

    def spread(found: dict[str, Any] | None) -> list[Any]:
        return [found[name] for name in ("lower", "median", "upper")] if found else [None] * 3

    record, days = report["of_record"], report["days_between"]
    tables = {
        "attempts": [[one["learners"]] for one in report["attempts"]],
        "resets": [[one["resets"], one["learners"]] for one in report["resets"]],
        "numbers": [[one["attempts"], one["passed"]] for one in report["numbers"]],
        "results": [
            [*spread(one["grade"]), *spread(one["completion"])]
            for one in report["numbers"]
            if one["grade"] or one["completion"]
        ],
        "subsections": [
            [one["change"]["count"], *spread(one["first"]), *spread(one["latest"]), *spread(one["change"])]
            for one in report["subsections"]
        ],
        "of_record": [[record["passed"], *spread(record["grade"])]] if record else [],
        "days_between": [[days["count"], *spread(days)]] if days else [],
    }
    return {name: lines for name, lines in tables.items() if lines}


def as_json(*words: str) -> dict[str, Any]:
    """What the command prints."""
    output = StringIO()
    call_command("attempts", "report", str(COURSE), "--format", "json", *words, stdout=output)
    return json.loads(output.getvalue())


def figures_in(page: str) -> dict[str, str]:
    return dict(re.findall(r'data-figure="(\w+)" data-value="(\d+)"', page))


def test_the_numbers_of_the_command(support: Client, retakers: None) -> None:
    """All of them, and no others."""
    page, report = support.get(HERE).content.decode(), as_json()
    assert tables_in(page) == expected(report)
    assert set(tables_in(page)) == {
        "attempts",
        "resets",
        "numbers",
        "results",
        "subsections",
        "of_record",
        "days_between",
    }
    assert figures_in(page) == {"learners": str(report["learners"]), "retaking": str(report["retaking"])}
    found: RetakeReport = api.retake_report(COURSE)
    assert (found.learners, tables_in(page)["attempts"]) == (12, [[9.0], [3.0]])


def test_subsections_by_name(support: Client, retakers: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the course has one; where two have the same, their keys tell them apart."""

    def heads(**names: str) -> list[str]:
        found = [
            OutlineBlock(COURSE.make_usage_key("sequential", key), None, name, False, None)
            for key, name in names.items()
        ]
        monkeypatch.setattr(api, "course_outline", lambda _key: found)
        page = support.get(HERE).content.decode()
        rows = re.findall(r'<th scope="row">(.*?)</th>', page[page.index('id="subsections"') :])[:2]
        return [" ".join(re.sub("<[^>]+>", " ", row).split()) for row in rows]

    assert heads() == ["one", "two"]
    assert heads(one="Where <it> begins", two="") == ["Where &lt;it&gt; begins", "two"]
    assert heads(one="Quiz", two="Quiz") == ["Quiz one", "Quiz two"]


def test_by_the_least_grade(support: Client, retakers: None) -> None:
    """As the list of attempts is filtered; what was asked for stays in the form."""
    page = support.get(HERE, {"minimum_grade": "0.5"}).content.decode()
    assert tables_in(page) == expected(as_json("--minimum-grade", "0.5"))
    assert tables_in(page) != expected(as_json())
    assert 'name="minimum_grade" min="0" max="1" step="0.01" value="0.5"' in page
    assert support.get(HERE, {"minimum_grade": "5"}).status_code == 400


def test_for_a_wide_audience(browser_as: Callable[..., Client], retakers: None) -> None:
    """Groups of few are not in the page at all, be it in a table or for a chart; filters are refused."""
    browser = browser_as("instructor")
    page, report = browser.get(HERE).content.decode(), as_json("--public")
    assert tables_in(page) == expected(report)
    assert report["minimum"] == 10
    assert tables_in(page)["numbers"] == [[10.0, 0.0], [10.0, 0.0]]
    assert "Groups of fewer than 10 learners are left out" in page
    assert "<form" not in page
    for words in ({"period": "day"}, {"number": "2"}, {"state": "active"}):
        assert browser.get(HERE, words).status_code == 403, words
    assert figures_in(page) == {"learners": "10", "retaking": "10"}


def test_who_sees_which(browser_as: Callable[..., Client], retakers: None, settings: Any) -> None:
    """A role for reports alone sees the one for a wide audience, and no other page."""
    assert len(tables_in(browser_as("data_researcher").get(HERE).content.decode())["attempts"]) == 2
    settings.ATTEMPTS_ROLES = {"global": {"planner": ("view_reports",)}}
    planner = UserFactory()
    CourseAccessRole.objects.create(user=planner, role="planner")
    browser = browser_of(planner)
    page = browser.get(HERE).content.decode()
    assert "Groups of fewer than 10 learners are left out" in page
    assert "Policy" not in page
    for other in ("/attempts/courses/", f"/attempts/courses/{COURSE}/"):
        assert browser.get(other).status_code == 403


@pytest.mark.parametrize(
    ("words", "query"),
    [
        ({"number": "2", "period": "day", "state": ""}, {"number": 2}),
        ({"state": "archived", "passed": "true"}, {"state": "archived", "passed": True}),
    ],
)
def test_filters(support: Client, retakers: None, words: dict[str, str], query: dict[str, Any]) -> None:
    """Those of the report; the form keeps them."""
    page = support.get(HERE, words).content.decode()
    found = api.retake_report(COURSE, query=AttemptQuery(**query), period=words.get("period", "month"))  # type: ignore[arg-type]
    assert tables_in(page)["numbers"] == [[one.attempts, one.passed] for one in found.numbers]
    assert figures_in(page)["learners"] == str(found.learners)
    for name, value in words.items():
        assert not value or re.search(rf'name="{name}".*?value="{value}"', page, re.S)


def test_dates(support: Client, retakers: None) -> None:
    """As the browser's own field sends them."""
    assert figures_in(support.get(HERE, {"opened_after": "2100-01-01"}).content.decode())["learners"] == "0"
    assert figures_in(support.get(HERE, {"archived_after": "2020-01-01"}).content.decode())["learners"] == "12"
    for words in ({"number": "0"}, {"period": "year"}, {"opened_after": "x"}, {"minimum_grade": "nan"}, {"x": "1"}):
        assert support.get(HERE, words).status_code == 400, words


def test_what_charts_are_drawn_from(support: Client, retakers: None) -> None:
    """Each has a table beside it, a sentence, and columns to draw; scripts are loaded on this page alone."""
    page = support.get(HERE).content.decode()
    names = re.findall(r'<figure [^>]*data-chart="(\w+)"', page)
    assert names == ["attempts", "resets", "numbers", "results", "subsections"]
    for name in names:
        section = re.search(rf'<figure [^>]*data-chart="{name}"(.*?)</section>', page, re.S)
        assert section
        assert re.search(r'<canvas role="img" aria-label="Bar chart: [^"]+"></canvas>', section[1])
        assert "<figcaption" in section[1]
        assert section[1].count(" data-drawn") in (1, 2)
    assert "/charts.js" in page
    assert "/charts.js" not in support.get(HERE.removesuffix("report/")).content.decode()


def test_nothing_to_report(support: Client) -> None:
    """Without charts."""
    CourseFactory()
    page = support.get(HERE).content.decode()
    assert "There is nothing to report." in page
    assert "/charts.js" not in page


def test_its_weight(support: Client, policy: Any, reset: Any) -> None:
    """A course of a hundred subsections: page, styles and scripts are 300 kB at most, files as they are sent."""
    learner = enrolled(COURSE)
    for _attempt in range(2):
        for number in range(100):
            SubsectionGradeFactory(
                user_id=learner.pk,
                usage_key=COURSE.make_usage_key("sequential", f"{number:032x}"),
                earned_graded=number / 3,
                possible_graded=100.0,
                first_attempted=timezone.now(),
            )
        if not _attempt:
            reset(learner)
    answer = support.get(HERE)
    assert len(tables_in(answer.content.decode())["subsections"]) == 100
    weight = len(answer.content)
    for url in re.findall(r'(?:src|href)="(/attempts/assets/[^"]+)"', answer.content.decode()):
        with closing(Client().get(url, HTTP_ACCEPT_ENCODING="gzip")) as asset:
            weight += len(b"".join(asset.streaming_content))  # type: ignore[attr-defined]
    assert weight <= 300_000


def test_numbers_are_rounded(support: Client, policy: Any, reset: Any) -> None:
    """As the command prints them."""
    ResetPolicy.objects.update(require_not_passing=False)
    learner = enrolled(COURSE)
    CourseGradeFactory(user_id=learner.pk, percent_grade=0.357)
    reset(learner)
    assert '<td data-value="0.357">36%</td>' in support.get(HERE).content.decode()


def test_as_the_language_writes_numbers(support: Client, retakers: None) -> None:
    """For people; the numbers for scripts stay as they are."""
    page = unescape(support.get(HERE, HTTP_ACCEPT_LANGUAGE="de").content.decode())
    assert tables_in(page) == expected(as_json())
