"""What an LMS keeps in the cache that its processes share, after a switch."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from lms.djangoapps.grades.api import CourseGradeFactory
from lms_course import RIGHT, CourseCase
from opaque_keys.edx.keys import CourseKey
from submissions import api as submissions


class CachesTest(CourseCase):
    def test_behaviour_3_the_sidebar_resumes_nowhere(self) -> None:
        self.work(RIGHT)
        assert {block["type"] for block in self._sidebar() if block["resume_block"]}
        self.reset(override=["learner_passing"])
        assert [block for block in self._sidebar() if block["resume_block"] or block["complete"]] == []
        self.undo()
        assert {block["type"] for block in self._sidebar() if block["resume_block"]}

    def test_behaviour_10_a_submission_read_before_the_switch_has_the_keys_of_after_it(self) -> None:
        uuid = self.hand_in(self.learner, "My answer", points=0)
        assert submissions.get_submission_and_student(uuid)["student_item"]["course_id"] == str(self.key)
        self.reset()
        item = submissions.get_submission_and_student(uuid)["student_item"]
        assert not CourseKey.from_string(item["course_id"]).is_course

    def test_behaviour_2_4_a_grade_read_in_the_process_that_switched(self) -> None:
        """What a request or task keeps of grades is forgotten, whichever of them carried out the switch."""
        self.work(RIGHT)
        assert self.grade() == (1.0, True)
        assert self._parts() == {1.0}
        self.reset(override=["learner_passing"])
        assert self.grade() == (0.0, False)
        assert self._parts() == {0.0}
        self.undo()
        assert self.grade() == (1.0, True)
        assert self._parts() == {1.0}

    def _parts(self) -> set[float]:
        """Return what the platform says of each part of the course."""
        grade = CourseGradeFactory().read(self.learner, course_key=self.key)
        return {section["percent"] for section in grade.summary["section_breakdown"]}

    def _sidebar(self) -> list[dict[str, Any]]:
        response = self.browser.get(reverse("course-home:course-navigation", args=[str(self.key)]))
        assert response.status_code == 200, response.content
        return list(response.json()["blocks"].values())
