"""Readers and late writers that could stumble over archived rows, or put something of an old attempt into a new one."""

from __future__ import annotations

from contextvars import copy_context
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from common.djangoapps.student.tests.factories import AdminFactory
from completion.models import BlockCompletion
from django.core.management import call_command
from django.db.models import ProtectedError
from django.utils import timezone
from everything import changed, everything
from lms.djangoapps.courseware.models import StudentModule
from lms.djangoapps.courseware.services import UserStateService
from lms.djangoapps.courseware.user_state_client import DjangoXBlockUserStateClient
from lms.djangoapps.grades.api import get_recently_modified_grades
from lms.djangoapps.grades.models import PersistentCourseGrade, PersistentSubsectionGrade
from lms.djangoapps.grades.tasks import compute_all_grades_for_course, recalculate_subsection_grade_v3
from lms.djangoapps.instructor.enrollment import reset_student_attempts
from lms.djangoapps.instructor_task.tasks_helper.module_state import (
    delete_problem_module_state,
    reset_attempts_module_state,
)
from lms_course import RIGHT, WRONG, CourseCase
from openedx.core.djangoapps.user_api.accounts.utils import retrieve_last_sitewide_block_completed
from openedx.core.djangoapps.user_authn.cookies import _get_user_info_cookie_data
from submissions import api as submissions

from attempts.fence.work import begin

RANGE = ("2000-01-01 00:00", "2100-01-01 00:00")


class ReadersOfAllCoursesTest(CourseCase):
    """Behaviour 1.7, 1.8, 2.2 and 11: they read rows of archived attempts and parse their keys."""

    HANDS_IN = False  # recalculate_subsection_grades cannot read any submission, of whatever course

    def setUp(self) -> None:
        super().setUp()
        self.work(RIGHT)
        self.reset(override=["learner_passing"])

    def test_behaviour_1_8_the_last_block_on_the_site_is_none_of_an_archived_attempt(self) -> None:
        assert BlockCompletion.latest_blocks_completed_all_courses(self.learner) == {}
        assert retrieve_last_sitewide_block_completed(self.learner) is None
        self.read(self.texts[0])
        assert str(self.texts[0]) in retrieve_last_sitewide_block_completed(self.learner)

    def test_behaviour_1_8_signing_in(self) -> None:
        browser = self.signed_in(self.learner)
        request = browser.get("/").wsgi_request
        assert "resume_block" not in _get_user_info_cookie_data(request, self.learner)["header_urls"]

    def test_behaviour_1_8_all_states_of_a_learner_can_be_read(self) -> None:
        rows = list(StudentModule.objects.filter(student=self.learner))
        assert len(rows) == 10
        assert {row.course_id.is_course for row in rows} == {False}

    def test_behaviour_1_7_the_state_of_a_block_without_a_course(self) -> None:
        service = UserStateService()
        assert not service.get_state_as_dict(self.learner.username, self.problems[0])
        self.answer(self.problems[0], WRONG)
        assert service.get_state_as_dict(self.learner.username, self.problems[0])["attempts"] == 1

    def test_behaviour_11_recalculate_subsection_grades_steps_over_archived_rows(self) -> None:
        before = everything()
        start, end = RANGE
        with mock.patch.object(recalculate_subsection_grade_v3, "apply_async") as queued:
            call_command("recalculate_subsection_grades", modified_start=start, modified_end=end)
            assert queued.mock_calls == []
            self.answer(self.problems[0], WRONG)
            queued.reset_mock()
            call_command("recalculate_subsection_grades", modified_start=start, modified_end=end)
        assert [call.kwargs["kwargs"]["course_id"] for call in queued.mock_calls] == [str(self.key)]
        assert "grades_persistentsubsectiongrade" not in changed(before, everything())

    def test_behaviour_11_recently_modified_grades_can_be_read_and_told_apart(self) -> None:
        day = timedelta(days=1)
        grades = list(get_recently_modified_grades(None, timezone.now() - day, timezone.now() + day))
        assert [(grade.course_id.is_course, grade.percent_grade) for grade in grades] == [(False, 1.0)]
        assert list(get_recently_modified_grades([self.key], None, None)) == []

    def test_behaviour_2_2_grades_of_the_whole_course_are_computed_anew(self) -> None:
        before = everything()
        compute_all_grades_for_course.apply(kwargs={"course_key": str(self.key), "offset": 0, "batch_size": 10}).get()
        assert "grades_persistentsubsectiongrade" not in changed(before, everything())
        assert "grades_persistentcoursegrade" not in changed(before, everything())
        assert self.grade() == (0.0, False)
        self.undo()
        assert self.grade() == (1.0, True)


class LateWritersTest(CourseCase):
    """Behaviour 1.2, 1.6, 1.7, 1.8, 2.2, 4.6 and 10: what was under way at the switch."""

    def test_behaviour_10_a_late_score_of_an_archived_submission(self) -> None:
        uuid = self.hand_in(self.learner, "My answer", points=0)
        self.reset()
        submissions.set_score(uuid, 1, 1)
        assert self.latest_score() is None
        assert self.grade() == (0.0, False)
        assert self.completions() == {}
        self.undo()
        assert self.latest_score()["points_earned"] == 1

    def test_behaviour_2_2_a_grade_task_that_waited_finds_no_score(self) -> None:
        self.answer(self.problems[0], RIGHT)
        late = self._grade_task()
        self.reset()
        with mock.patch.object(recalculate_subsection_grade_v3, "retry", side_effect=RuntimeError("again later")):
            failed = recalculate_subsection_grade_v3.apply(kwargs=late)
        assert isinstance(failed.result, RuntimeError)
        assert self._grade_rows() == (0, 0)

    def test_behaviour_2_2_a_grade_task_that_waited_for_a_deletion_does_not_stand_in_the_way_of_an_undo(self) -> None:
        self.answer(self.problems[0], RIGHT)
        late = self._grade_task() | {"score_deleted": True}
        before = everything()
        self.reset()
        recalculate_subsection_grade_v3.apply(kwargs=late).get()
        assert self.grade() == (0.0, False)
        self.undo()
        # Whatever the task wrote is the second attempt's; the first has its own grades.
        after = everything()
        assert not {"grades_persistentsubsectiongrade", "grades_persistentcoursegrade"} & changed(before, after).keys()

    def test_behaviour_4_6_an_instructor_deletes_the_state_of_the_new_attempt_only(self) -> None:
        self.answer(self.problems[0], RIGHT)
        before = everything()
        self.reset()
        self.answer(self.problems[0], WRONG)
        reset_student_attempts(self.key, self.learner, self.problems[0], AdminFactory(), delete_module=True)
        assert self.states() == {}
        self.undo()
        assert "courseware_studentmodule" not in changed(before, everything())
        assert self.states()[self.problems[0]]["attempts"] == 1

    def test_behaviour_1_6_an_instructors_task_that_had_loaded_a_row_resets_the_archived_one(self) -> None:
        self.answer(self.problems[0], WRONG)
        row = self._row(self.problems[0])
        self.reset()
        self.answer(self.problems[0], WRONG)
        reset_attempts_module_state({}, None, row, {})
        assert self.states()[self.problems[0]]["attempts"] == 1
        self.undo()
        assert self.states()[self.problems[0]]["attempts"] == 0

    def test_behaviour_1_6_an_instructors_task_that_had_loaded_a_row_does_not_delete_the_archived_one(self) -> None:
        self.answer(self.problems[0], WRONG)
        row = self._row(self.problems[0])
        self.reset()
        with pytest.raises(ProtectedError):
            delete_problem_module_state({}, None, row, {})
        self.undo()
        assert self.states()[self.problems[0]]["attempts"] == 1

    def test_behaviour_1_6_a_request_that_began_before_the_switch_puts_no_state_into_the_new_attempt(self) -> None:
        self.answer(self.problems[0], WRONG)
        # What began before runs in a context of its own, as a request in another process does.
        before = copy_context()
        before.run(begin)
        client = DjangoXBlockUserStateClient(self.learner)
        self.reset()
        before.run(client.set, self.learner.username, self.problems[0], {"attempts": 2})
        assert self.states() == {}
        now = copy_context()
        now.run(begin)
        now.run(client.set, self.learner.username, self.problems[0], {"attempts": 1})
        assert self.states()[self.problems[0]] == {"attempts": 1}

    def _row(self, block: Any) -> StudentModule:
        return StudentModule.objects.get(student=self.learner, module_state_key=block)

    def _grade_task(self) -> dict[str, object]:
        row = self._row(self.problems[0])
        return {
            "user_id": self.learner.pk,
            "course_id": str(self.key),
            "usage_id": str(self.problems[0]),
            "only_if_higher": False,
            "expected_modified_time": row.modified.timestamp(),
            "score_deleted": False,
            "event_transaction_id": "00000000-0000-0000-0000-000000000000",
            "event_transaction_type": "edx.grades.problem.submitted",
            "score_db_table": "csm",
        }

    def _grade_rows(self) -> tuple[int, int]:
        mine = {"user_id": self.learner.pk, "course_id": self.key}
        return (
            PersistentSubsectionGrade.objects.filter(**mine).count(),
            PersistentCourseGrade.objects.filter(**mine).count(),
        )
