"""Who may open which page, and what is on it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import AbstractBaseUser
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from opaque_keys.edx.locator import CourseLocator

from sandbox.content.olx import import_course
from sandbox.courseware.models import StudentModule
from sandbox.student.models import CourseAccessRole, CourseEnrollment
from sandbox.work import enrol, load_outline
from sandbox.work.population import populate
from tests.factories import UserFactory
from tests.sandbox.courseware.conftest import Desk

pytestmark = pytest.mark.django_db

UNIT = "unit-quiz-bills"


def pages(desk: Desk) -> list[HttpResponse]:
    """Return the answers of all pages of a course."""
    unit = f"/courses/{desk.course_key}/units/{desk.block('vertical', UNIT)}/"
    return [desk.course(), desk.unit(UNIT), desk.client.get(f"{unit}progress/")]


def texts(page: HttpResponse) -> str:
    """Return a page as text."""
    return page.content.decode()


def test_the_start_page_leads_to_the_course_and_on_to_its_units(desk: Desk) -> None:
    """By links, as a person goes."""
    assert f'href="/courses/{desk.course_key}/"' in texts(desk.client.get("/"))
    links = re.findall(r'<li><a href="([^"]*/units/[^"]*)"', texts(desk.course()))
    assert len(links) == 4
    for link in links:
        assert desk.client.get(link).status_code == 200
    assert f'rel="next" href="{links[1]}"' in texts(desk.client.get(links[0]))
    assert f'rel="prev" href="{links[0]}"' in texts(desk.client.get(links[1]))
    old = desk.client.get(f"/courses/{desk.course_key}/course/")
    assert (old.status_code, old["Location"]) == (302, f"/courses/{desk.course_key}/")


def test_whoever_is_not_logged_in_is_asked_to(waders: CourseLocator) -> None:
    """On pages and by handlers."""
    desk = Desk(Client(), waders)
    for page in [*pages(desk), desk.call(desk.block("problem", "quiz-name"), "xmodule_handler/problem_get")]:
        assert page.status_code == 302
        assert page["Location"].startswith("/login/")


@pytest.mark.parametrize("left", [False, True], ids=["never enrolled", "has left"])
def test_a_stranger_is_refused(waders: CourseLocator, left: bool) -> None:
    """Nothing is told, and nothing is kept."""
    stranger, desk = UserFactory(), Desk(Client(), waders)
    if left:
        enrol(stranger, waders)
        CourseEnrollment.objects.filter(user=stranger).update(is_active=False)
    desk.client.force_login(stranger)
    problem = desk.block("problem", "quiz-name")
    answers = [*pages(desk), desk.call(problem, "xmodule_handler/problem_check", {"input_quiz-name_2_1": "roost"})]
    assert [answer.status_code for answer in answers] == [403] * 4
    assert not StudentModule.objects.filter(student=stranger).exists()


@pytest.mark.parametrize("of_the_site", [True, False], ids=["of the site", "of the course"])
def test_staff_may_look_and_leave_nothing_behind(waders: CourseLocator, of_the_site: bool) -> None:
    """They can even try an answer."""
    staff, desk = UserFactory(is_staff=of_the_site), Desk(Client(), waders)
    if not of_the_site:
        CourseAccessRole.objects.create(user=staff, org=waders.org, course_id=waders, role="staff")
    desk.client.force_login(staff)
    assert [page.status_code for page in pages(desk)] == [200] * 3
    assert "nothing that you do here is kept" in texts(desk.unit(UNIT))
    assert desk.submit("quiz-name", _2_1="roost")["success"] == "correct"
    assert "roost" not in desk.shown(UNIT, "quiz-name")
    assert not StudentModule.objects.filter(student=staff).exists()
    assert "Grade in the course: <strong>none yet" in texts(desk.course())


def test_what_is_not_there_is_not_found(desk: Desk) -> None:
    """Courses, units, blocks, handlers and files; keys of archived attempts among them."""
    course, unit = f"/courses/{desk.course_key}", desk.block("vertical", UNIT)
    problem = desk.block("problem", "quiz-name")
    for url in (
        "/courses/course-v1:No+Such+Course/",
        "/courses/attempt-v1:OpenAttempts+Waders+2026+attempt@1/",
        "/courses/nonsense/",
        f"{course}/units/{desk.block('vertical', 'nowhere')}/",
        f"{course}/units/{desk.block('sequential', 'quiz-bills')}/",
        f"{course}/units/{problem}/",
        f"{course}/units/nonsense/",
        f"{course}/xblocks/{unit}/handler/xmodule_handler/problem_get",
        f"{course}/xblocks/{desk.block('problem', 'nowhere')}/handler/xmodule_handler/problem_get",
        f"{course}/xblocks/{problem}/handler/no_such_handler",
        f"{course}/xblocks/{problem}/handler/student_view",
        "/xblock-resources/problem/public/js/nowhere.js",
        "/xblock-resources/problem/capa_block.py",
        "/xblock-resources/problem/public/../capa_block.py",
        "/xblock-resources/nonsense/public/js/poll.js",
    ):
        assert desk.client.get(url).status_code in {404, 409}, url


def test_a_handler_that_is_called_by_get_changes_nothing(desk: Desk, learner: AbstractBaseUser) -> None:
    """Any other site can make a browser send a GET; a POST it cannot send without the token."""
    desk.submit("quiz-name", _2_1="roost")
    before = StudentModule.objects.get(student=learner).state
    handler = f"/courses/{desk.course_key}/xblocks/{desk.block('problem', 'quiz-name')}/handler/xmodule_handler"
    desk.client.get(f"{handler}/problem_reset")
    assert StudentModule.objects.get(student=learner).state == before
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(learner)
    assert strict.post(f"{handler}/problem_reset").status_code == 403


@pytest.mark.parametrize("data", ["[]", "null", "7", '{"answer": []}', "not json"])
def test_requests_that_no_block_understands_are_the_callers_fault(desk: Desk, data: str) -> None:
    """And are kept by nobody."""
    desk.unit("unit-who-eats-what")
    states = list(StudentModule.objects.values_list("pk", "state"))
    url = f"/courses/{desk.course_key}/xblocks/{desk.block('poll_question', 'poll-seen')}/handler/handle_submit_state"
    assert desk.client.post(url, data, content_type="application/json").status_code in {200, 400}
    assert list(StudentModule.objects.values_list("pk", "state")) == states


def test_what_a_learner_writes_is_shown_as_text(desk: Desk) -> None:
    """In a problem and in a cloud of words."""
    evil = '"><script>alert(1)</script>'
    desk.submit("quiz-name", _2_1=evil)
    assert "<script>alert" not in desk.shown(UNIT, "quiz-name")
    assert "&lt;script&gt;alert(1)" in desk.shown(UNIT, "quiz-name")
    assert "<script>alert" not in texts(desk.unit(UNIT))
    cloud = desk.block("word_cloud", "cloud-sounds")
    desk.call(cloud, "handle_submit_state", {"student_words": [evil]}, as_json=True)
    assert "<script>alert" not in texts(desk.unit("unit-who-eats-what"))


def test_nothing_on_a_page_comes_from_elsewhere(desk: Desk) -> None:
    """Neither scripts, nor styles, nor what these import; and the browser is told so."""
    for unit in ("unit-table-is-laid", "unit-who-eats-what", UNIT):
        page = desk.unit(unit)
        assert "default-src 'self'" in page["Content-Security-Policy"]
        assert not re.findall(r'\ssrc="(?!/)[^"]*"', texts(page))
        assert not re.findall(r"url\(\s*['\"]?(?:https?:)?//[^)]*", texts(page))
        for url in re.findall(r'(?:href|src)="(/xblock-resources/[^"]*)"', texts(page)):
            file = desk.client.get(url)
            assert file.status_code == 200
            assert file["Content-Type"] in {"text/css", "text/javascript", "application/javascript"}
            assert "fonts.googleapis" not in texts(file)


def test_every_page_says_which_attempt_it_is(
    desk: Desk, learner: AbstractBaseUser, policy: object, reset: Callable[..., object]
) -> None:
    """Of a learner who was reset; of anybody else there is nothing to say."""
    assert "Attempt 1" not in texts(desk.unit(UNIT))
    reset(learner, desk.course_key)
    assert "Attempt 2 since" in texts(desk.course())
    assert "Attempt 2 since" in texts(desk.unit(UNIT))


def test_a_page_takes_as_many_statements_for_many_blocks_as_for_few(
    desk: Desk, learner: AbstractBaseUser, course_folder: Callable[..., Path]
) -> None:
    """Once its blocks have been seen, and with it nothing more to keep."""

    def statements(problems: int) -> int:
        names = [f"p{number}" for number in range(problems)]
        files = {
            f"problem/{name}.xml": "<problem><stringresponse answer='a'><textline/></stringresponse></problem>"
            for name in names
        }
        files["vertical/v1.xml"] = "".join(
            ["<vertical>", *(f'<problem url_name="{name}"/>' for name in names), "</vertical>"]
        )
        files["course.xml"] = f'<course url_name="r1" org="Org" course="With{problems}"/>'
        key = import_course(course_folder(files, f"with{problems}")).key
        enrol(learner, key)
        other = Desk(desk.client, key)
        other.unit("v1")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert texts(other.unit("v1")).count("data-content=") == problems
        return len([query for query in queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))])

    assert statements(20) == statements(2)


def test_a_block_that_fails_does_not_take_the_unit_with_it(
    client: Client, small: CourseLocator, learner: AbstractBaseUser
) -> None:
    """It says so, in its place; the others are there."""
    enrol(learner, small)
    client.force_login(learner)
    page = texts(Desk(client, small).unit("v1"))
    assert page.count("This block could not be shown") == 1
    assert "<p>Hello</p>" in page


def test_the_course_of_the_simulation_opens_too(tides: CourseLocator, client: Client) -> None:
    """Every unit of it, for a learner whose work was simulated; what was drawn for her stays."""
    (learner,) = populate(tides, 1, 1)
    client.force_login(learner)
    desk, outline = Desk(client, tides), load_outline(tides)
    assert desk.course().status_code == 200
    for section in outline.subsections:
        for unit in outline.below(section):
            page = desk.unit(unit.usage_key.block_id)
            assert page.status_code == 200
            assert set(re.findall(r'cannot-run">([^<]*)<', texts(page))) <= {
                "This block needs a video that lies elsewhere.",
                "This block needs an XBlock of the type poll.",
            }
    drawn = [desk.unit("unit-quiz-shore") for _ in range(2)]
    assert len({tuple(re.findall(r'data-block="(bank-[^"]*)"', texts(page))) for page in drawn}) == 1


def test_of_what_is_drawn_a_learner_sees_the_same_each_time(tides: CourseLocator, client: Client) -> None:
    """From the first time on, as with a library's content."""
    learner, desk = UserFactory(), Desk(client, tides)
    enrol(learner, tides)
    client.force_login(learner)
    seen = {tuple(re.findall(r'data-block="(bank-[^"]*)"', texts(desk.unit("unit-quiz-shore")))) for _ in range(4)}
    (blocks,) = seen
    kept = StudentModule.objects.get(student=learner, module_type="library_content")
    assert all(block in kept.state for block in blocks)
    assert 0 < len(blocks) < 6
