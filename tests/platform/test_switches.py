"""Work done through the platform's own clients, reset, seen fresh by the platform's own readers, undone.

Behaviour 1.1, 1.4 and 2.1.
"""

from __future__ import annotations

from typing import Any

from common.djangoapps.student.models import anonymous_id_for_user
from common.djangoapps.student.tests.factories import UserFactory
from completion.services import CompletionService
from django.urls import reverse
from edx_toggles.toggles.testutils import override_waffle_flag
from everything import added, changed, everything
from lms.djangoapps.course_home_api.toggles import COURSE_HOME_MICROFRONTEND_PROGRESS_TAB
from lms.djangoapps.courseware.models import BaseStudentModuleHistory, StudentModule
from lms_course import PASSWORD, RIGHT, WRONG, CourseCase
from openedx.core.djangoapps.user_api.accounts.utils import retrieve_last_sitewide_block_completed

from attempts import api

#: A session says when it was used last; it knows of no course.
OF_NO_COURSE = {"django_session"}
RESET_ANYWAY = {"override": ["learner_passing"]}


class SwitchTest(CourseCase):
    def assert_fresh(self) -> None:
        """The platform says that this learner has never done anything in the course."""
        assert self.grade() == (0.0, False)
        assert self.states() == {}
        assert self.completions() == {}
        assert self.latest_score() is None
        assert set(CompletionService(self.learner, self.key).get_completions(self.problems).values()) == {0.0}
        assert retrieve_last_sitewide_block_completed(self.learner) is None
        outline = self.outline()
        assert outline["resume_course"]["has_visited_course"] is False
        assert not outline["user_has_passing_grade"]
        blocks = outline["course_blocks"]["blocks"].values()
        assert {block["complete"] for block in blocks} == {False}
        assert {block["resume_block"] for block in blocks} == {False}
        progress = self.progress()
        assert progress["completion_summary"] == {"complete_count": 0, "incomplete_count": 4, "locked_count": 0}
        assert progress["course_grade"] == {"letter_grade": None, "percent": 0.0, "is_passing": False}

    def assert_finished(self) -> None:
        """The platform says that this learner has finished the course with full marks."""
        assert self.grade() == (1.0, True)
        assert self.states().keys() == {*self.problems, *self.subsections}
        assert {state["attempts"] for state in self.states().values() if "attempts" in state} == {1}
        assert self.completions() == dict.fromkeys([*self.texts, *self.problems], 1.0)
        assert self.latest_score()["points_earned"] == 1
        assert str(self.problems[-1]) in retrieve_last_sitewide_block_completed(self.learner)
        outline = self.outline()
        assert outline["resume_course"]["url"].endswith(str(self.problems[-1]))
        assert outline["user_has_passing_grade"]
        assert {block["complete"] for block in outline["course_blocks"]["blocks"].values()} == {True}
        assert self.progress()["completion_summary"] == {"complete_count": 4, "incomplete_count": 0, "locked_count": 0}

    @override_waffle_flag(COURSE_HOME_MICROFRONTEND_PROGRESS_TAB, active=True)
    def progress(self) -> dict[str, Any]:
        response = self.browser.get(reverse("course-home:progress-tab", args=[str(self.key)]))
        assert response.status_code == 200, response.content
        return response.json()

    def test_a_reset_and_its_undo(self) -> None:
        self.work(RIGHT)
        self.assert_finished()
        before = everything()

        done = self.reset(**RESET_ANYWAY)
        self.assert_fresh()
        after_reset = everything()
        # What changed is what the operation says, and nothing is gone or new.
        assert {
            table: len(rows) for table, rows in changed(before, after_reset).items() if table not in OF_NO_COURSE
        } == {table: moved.archived for table, moved in done.rows.items() if moved.archived}
        assert added(before, after_reset) == {}
        assert {table: moved.archived for table, moved in done.rows.items() if moved.archived} == {
            "courseware_studentmodule": 10,
            "completion_blockcompletion": 12,
            "grades_persistentsubsectiongrade": 2,
            "grades_persistentcoursegrade": 1,
            "submissions_studentitem": 1,
            "schedules_schedule": 1,
        }

        self.undo()
        self.assert_finished()
        after_undo = everything()
        assert changed(before, after_undo).keys() <= OF_NO_COURSE
        assert added(before, after_undo) == {}

    def test_new_work_in_a_new_attempt_then_back(self) -> None:
        self.work(RIGHT)
        before = everything()
        self.reset(**RESET_ANYWAY)

        # The form counts its answers from the beginning, and takes them.
        assert self.answer(self.problems[0], WRONG)["current_score"] == 0
        assert self.states()[self.problems[0]]["attempts"] == 1
        assert self.answer(self.problems[0], RIGHT)["current_score"] == 1
        self.read(self.texts[0])
        new_uuid = self.hand_in(self.learner, "Second attempt", points=0)
        assert self.grade() == (0.13, False)  # one of eight, and of each homework half: the platform rounds
        assert self.latest_score()["submission_uuid"] == new_uuid
        assert self.completions() == {self.texts[0]: 1.0, self.problems[0]: 1.0}

        self.undo()
        self.assert_finished()
        after = everything()
        # Every row of the first attempt is as it was, in every column.
        assert changed(before, after).keys() <= OF_NO_COURSE
        # What came since is there, archived.
        second = next(found for found in api.attempts(self.learner, self.key) if found.number == 2)
        assert [state.block_key for state in api.states(second)] == [self.problems[0]]

        self.activate(2)
        assert self.grade() == (0.13, False)
        assert self.latest_score()["submission_uuid"] == new_uuid

    def test_behaviour_1_4_the_history_of_states_travels(self) -> None:
        self.work(WRONG)
        row = StudentModule.objects.get(student=self.learner, module_state_key=self.problems[0])
        history = [entry.pk for entry in BaseStudentModuleHistory.get_history([row])]
        assert history
        self.reset()
        row.refresh_from_db()
        assert [entry.pk for entry in BaseStudentModuleHistory.get_history([row])] == history
        assert not row.course_id.is_course

    def test_nobody_else_is_touched(self) -> None:
        other = self.enrolled("other")
        browser = self.signed_in(other)
        self.work(RIGHT, learner=other, browser=browser)
        self.work(WRONG)
        before = everything()
        self.reset()
        # Each table says in one of these columns whose a row is.
        whose = {"student_id", "user_id"}
        others = {other.pk, anonymous_id_for_user(other, self.key)}
        after = everything()
        rows = [before[table][pk] for table, found in changed(before, after).items() for pk in found]
        assert len(rows) == 10 + 12 + 2 + 1 + 1 + 1  # states, completions, grades, submission, schedule
        assert not [row for row in rows if others & {row.get(column) for column in whose}]
        assert self.grade(other) == (1.0, True)
        assert len(self.states(other)) == 10
        assert len(self.completions(other)) == 12

    def test_support_staff_reset_over_http_and_a_worker_carries_it_out(self) -> None:
        UserFactory.create(username="support", password=PASSWORD, is_staff=True)
        support = self.signed_in(UserFactory._meta.model.objects.get(username="support"))
        self.work(WRONG)
        body = {"kind": "reset", "learner": "learner", "course_id": str(self.key), "comment": "asked by mail"}
        with self.captureOnCommitCallbacks(execute=True):
            response = support.post("/api/attempts/v1/operations/", body, content_type="application/json")
        assert response.status_code == 202, response.content
        operation = support.get(response.json()["url"] if "url" in response.json() else response["Location"]).json()
        assert operation["status"] == "complete"
        self.assert_fresh()
