"""The console inside a whole LMS: through its middleware, over its users, its roles and a course of its own."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from common.djangoapps.student.roles import CourseStaffRole
from common.djangoapps.student.tests.factories import UserFactory
from django.urls import reverse
from lms_course import PASSWORD, RIGHT, CourseCase

from attempts import api
from attempts.operations import execute

#: How the console's own script asks for a part of a page.
PART = {"HTTP_HX_REQUEST": "true"}


class ConsoleTest(CourseCase):
    def setUp(self) -> None:
        super().setUp()
        self.work(RIGHT)
        self.agent = self.signed_in(UserFactory.create(username="agent", password=PASSWORD, is_staff=True))

    def address(self, name: str, *args: Any) -> str:
        return reverse(f"attempts_console:{name}", args=args)

    def page(self, path: str, *, browser: Any = None, **headers: str) -> str:
        """Return a page as its source; it has Paragon's styles and asks nothing of other hosts."""
        answer = (browser or self.agent).get(path, **headers)
        assert answer.status_code == 200, (path, answer.status_code, answer.content.decode()[:2000])
        source = answer.content.decode()
        asked = re.findall(r'<(?:script|link|img)\b[^>]*(?:src|href)="([^"]*)"', source)
        assert all(re.match("/(?!/)|data:", path) for path in asked), asked
        if not headers:
            assert "default-src 'none'; script-src 'self';" in answer["Content-Security-Policy"]
            assert any("paragon" in path for path in asked), asked
            for one in filter(lambda path: path.startswith("/"), asked):
                assert self.agent.get(one).status_code == 200, one
        return unescape(source)

    def switch(self, kind: str, **words: str) -> None:
        """Ask for a switch by the form of the dialog, and carry it out as a worker does."""
        path = self.address("switch", "learner", str(self.key), kind)
        form = self.page(path, **PART)
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))
        answer = self.agent.post(path, {**hidden, "why": "technical", **words}, **PART)
        assert answer.status_code == 200, answer.content.decode()
        operation = api.courses(self.learner)[0].last_operation
        assert operation is not None
        assert operation.in_flight
        execute(operation.uuid)

    def test_support_resets_a_learner_and_takes_it_back(self) -> None:
        """From the search to the old answers; what the platform says goes with what the pages say."""
        found = self.agent.get(self.address("learners"), {"q": self.learner.email})
        page = self.page(found["Location"])
        assert "Can be reset." not in page
        assert "The learner has a passing grade in attempt 1." in page
        done = len(self.problems) + len(self.texts)

        self.switch("reset", override="learner_passing")
        page = self.page(found["Location"])
        assert "Can be reset." in page
        assert re.search(rf"Grade: 100%, passed\.\s+{done} blocks completed\.", page)
        assert re.search(r"Grade: none yet\.\s+0 blocks completed\.", page)
        assert self.grade() == (0.0, False)

        self.switch("undo")
        assert re.search(rf"Grade: 100%, passed\.\s+{done} blocks completed\.", self.page(found["Location"]))
        assert self.grade() == (1.0, True)

    def test_an_archived_attempt_down_to_an_answer(self) -> None:
        """With the names of the course, and the attempt beside another."""
        self.reset(override=["learner_passing"])
        archived, active = api.attempts(self.learner, self.key)
        page = self.page(self.address("attempt", archived.uuid))
        assert "Section 0" in page
        assert "100%" in page
        block = self.address("attempt-block", archived.uuid, str(self.problems[0]))
        assert "choice_1" in self.page(block)
        both = self.address("attempt-comparison", archived.uuid, active.uuid)
        assert "Part 0" in self.page(both)

    def test_course_operator_and_own_pages(self) -> None:
        """For whom they are, and for nobody else; the roles are the platform's own."""
        course = self.address("course", str(self.key))
        own, operator = self.address("own"), self.address("operator")
        for path in (course, self.address("course-report", str(self.key)), operator, self.address("courses"), own):
            self.page(path)
        assert self.browser.get(course).status_code == 403
        team = UserFactory.create(username="team", password=PASSWORD)
        CourseStaffRole(self.key).add_users(team)
        browser = self.signed_in(team)
        assert str(self.key) in self.page(course, browser=browser)
        assert browser.get(operator).status_code == 403
        assert str(self.key) in self.page(own, browser=self.browser)
