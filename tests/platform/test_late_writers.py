"""Writers of the platform that began before a switch, or write to what was archived."""

from __future__ import annotations

from contextvars import Context, copy_context
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from common.djangoapps.student.models import anonymous_id_for_user
from common.djangoapps.student.tests.factories import AdminFactory
from completion.models import BlockCompletion
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from everything import changed, everything
from lms.djangoapps.courseware.model_data import set_score
from lms.djangoapps.courseware.models import StudentModule
from lms.djangoapps.grades.models import PersistentCourseGrade, PersistentSubsectionGrade
from lms.djangoapps.grades.models_api import clear_user_course_grades
from lms.djangoapps.grades.tasks import recalculate_subsection_grade_v3
from lms.djangoapps.instructor.services import InstructorService
from lms.djangoapps.instructor_task.tasks_helper.module_state import (
    override_score_module_state,
    rescore_problem_module_state,
)
from lms_course import RIGHT, WRONG, CourseCase
from submissions import api as submissions

from attempts import api
from attempts.fence.work import begin

SUBSECTIONS, COURSES = "grades_persistentsubsectiongrade", "grades_persistentcoursegrade"
STATES = "courseware_studentmodule"


def begun() -> Context:
    """Return what began just now, as a request or task in another process does."""
    context = copy_context()
    context.run(begin)
    return context


class StatesTest(CourseCase):
    """Section 1: scores and state of an instructor's tasks."""

    def test_behaviour_1_2_a_score_of_a_request_that_began_before(self) -> None:
        """The platform does not swallow this error, as it does one of saving state: the request fails."""
        self.answer(self.problems[0], WRONG)
        before = begun()
        self.reset()
        with pytest.raises((IntegrityError, StudentModule.DoesNotExist)), transaction.atomic():
            before.run(set_score, self.learner.pk, self.problems[0], 1, 1)
        assert self.states() == {}
        assert not StudentModule.objects.filter(student=self.learner, course_id=self.key).exists()
        begun().run(set_score, self.learner.pk, self.problems[0], 1, 1)
        assert StudentModule.objects.get(student=self.learner, course_id=self.key).grade == 1

    def test_behaviour_1_6_a_rescore_that_had_loaded_the_row(self) -> None:
        """It reads afresh through the block, finds no answer in the new attempt and skips the learner."""
        self.answer(self.problems[0], RIGHT)
        row = self._row()
        before = everything()
        task = begun()
        self.reset()
        done = task.run(rescore_problem_module_state, {}, self._block(), row, {"only_if_higher": False})
        assert done == "skipped"
        assert self.states() == {}
        self.undo()
        assert STATES not in changed(before, everything())

    def test_behaviour_1_6_a_score_override_that_had_loaded_the_row(self) -> None:
        """It would make a row in the new attempt: the instructor's task fails at that learner and can be repeated."""
        self.answer(self.problems[0], WRONG)
        row = self._row()
        before = everything()
        task = begun()
        self.reset()
        with pytest.raises((IntegrityError, StudentModule.DoesNotExist)):
            task.run(override_score_module_state, {}, self._block(), row, {"score": 1})
        assert not StudentModule.objects.filter(student=self.learner, course_id=self.key).exists()
        assert self.grade() == (0.0, False)
        self.undo()
        assert STATES not in changed(before, everything())

    def test_behaviour_4_6_a_whole_exam_is_deleted_in_the_new_attempt_only(self) -> None:
        """What edx-proctoring calls when staff remove a sitting."""
        self.work(RIGHT)
        before = everything()
        self.reset(override=["learner_passing"])
        self.work(WRONG)
        exam = str(self.subsections[0])
        InstructorService().delete_student_attempt(self.learner.username, str(self.key), exam, AdminFactory.create())
        blocks = self.states().keys()
        assert not blocks & set(self.problems[: len(self.problems) // 2])
        assert blocks >= set(self.problems[len(self.problems) // 2 :])
        self.undo()
        assert changed(before, everything()).keys() <= {"django_session"}

    def _row(self) -> StudentModule:
        return StudentModule.objects.get(student=self.learner, module_state_key=self.problems[0])

    def _block(self) -> Any:
        return self.store.get_item(self.problems[0])


class GradesTest(CourseCase):
    """Section 2: grade tasks and deletions."""

    def test_behaviour_2_2_a_task_that_waited_for_the_score_of_a_submission(self) -> None:
        """Under the plain key there is none any more: it is tried again later, and writes no grade."""
        self.hand_in(self.learner, "My answer", points=1)
        late = self._task(timezone.now() - timedelta(minutes=1))
        assert submissions.get_score(self.student_item(self.learner))
        self.reset()
        with mock.patch.object(recalculate_subsection_grade_v3, "retry", side_effect=RuntimeError("again later")):
            failed = recalculate_subsection_grade_v3.apply(kwargs=late)
        assert isinstance(failed.result, RuntimeError)
        mine = {"user_id": self.learner.pk, "course_id": self.key}
        assert not PersistentSubsectionGrade.objects.filter(**mine).exists()
        assert not PersistentCourseGrade.objects.filter(**mine).exists()

    def test_behaviour_2_3_grades_are_cleared_in_the_new_attempt_only(self) -> None:
        """The platform's own way to clear them, called for a learner with an archived attempt."""
        self.work(RIGHT)
        before = everything()
        self.reset(override=["learner_passing"])
        self.answer(self.problems[0], RIGHT)
        clear_user_course_grades(self.learner.pk, self.key)
        assert self.grade() == (0.0, False)
        self.undo()
        assert not {SUBSECTIONS, COURSES} & changed(before, everything()).keys()
        assert self.grade() == (1.0, True)

    def test_behaviour_2_3_grades_that_were_read_before_and_are_deleted_after(self) -> None:
        """What it has in hand was archived meanwhile; neither a course grade nor a subsection grade is deleted."""
        self.work(RIGHT)
        rows = [
            PersistentCourseGrade.objects.get(user_id=self.learner.pk),
            *PersistentSubsectionGrade.objects.filter(user_id=self.learner.pk),
        ]
        before = everything()
        self.reset(override=["learner_passing"])
        for row in rows:
            with pytest.raises(ProtectedError), transaction.atomic():
                row.delete()
        self.undo()
        assert not {SUBSECTIONS, COURSES} & changed(before, everything()).keys()

    def _task(self, since: Any) -> dict[str, Any]:
        return {
            "user_id": self.learner.pk,
            "anonymous_user_id": anonymous_id_for_user(self.learner, self.key),
            "course_id": str(self.key),
            "usage_id": str(self.texts[0]),
            "only_if_higher": False,
            "expected_modified_time": since.timestamp(),
            "score_deleted": False,
            "event_transaction_id": "00000000-0000-0000-0000-000000000000",
            "event_transaction_type": "edx.grades.problem.submitted",
            "score_db_table": "submissions",
        }


class ArchivedRowsTest(CourseCase):
    """Section 1.8: what the platform adds under the key of an archived attempt."""

    def test_behaviour_1_8_a_completion_of_a_late_score(self) -> None:
        """It belongs to the attempt whose work was graded, holds there, and comes back with it."""
        uuid = self.hand_in(self.learner, "My answer", points=0)
        BlockCompletion.objects.filter(user=self.learner).delete()
        self.reset()
        submissions.set_score(uuid, 1, 1)
        assert self.completions() == {}
        assert list(api.verify(self.learner, self.key)) == []
        first = next(found for found in api.attempts(self.learner, self.key) if found.number == 1)
        assert [(found.block_key, found.completion) for found in api.completion(first)] == [(self.texts[0], 1.0)]
        self.undo()
        assert self.completions() == {self.texts[0]: 1.0}
        assert list(api.verify(self.learner, self.key)) == []


class EagerTest(CourseCase):
    """Section 5.3: tasks of a development server run in the request that asks for them."""

    def test_behaviour_5_3_the_request_goes_on_after_its_switch(self) -> None:
        """What the requesting process writes afterwards is work of the new attempt, not late."""
        self.answer(self.problems[0], WRONG)
        request = begun()
        request.run(self.reset)
        request.run(set_score, self.learner.pk, self.problems[0], 1, 1)
        assert StudentModule.objects.get(student=self.learner, course_id=self.key).grade == 1
