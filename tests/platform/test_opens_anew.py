"""A new attempt opens with gates closed, a new schedule and no old extension; undo brings each back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from edx_when import api as edx_when
from everything import changed, everything
from lms.djangoapps.grades.models import PersistentSubsectionGrade
from lms_course import RIGHT, WRONG, CourseCase
from openedx.core.djangoapps.schedules.models import Schedule
from openedx.core.lib.gating import api as gating

DUE, EXTENDED = datetime(2099, 1, 1, tzinfo=UTC), datetime(2099, 6, 1, tzinfo=UTC)


class OpensAnewTest(CourseCase):
    def test_behaviour_10_gates_are_closed_again(self) -> None:
        second = str(self.subsections[1])
        course = self._gated()
        assert gating.get_gated_content(course, self.learner) == [second]

        self.work(RIGHT)
        assert gating.get_gated_content(course, self.learner) == []
        self.reset(override=["learner_passing"])
        assert gating.get_gated_content(course, self.learner) == [second]
        self.undo()
        assert gating.get_gated_content(course, self.learner) == []

        # And they open for the new attempt as they did for the first.
        self.reset(override=["learner_passing"])
        self.work(WRONG)
        assert gating.get_gated_content(course, self.learner) == [second]
        for problem in self.problems:
            self.answer(problem, RIGHT)
        assert gating.get_gated_content(course, self.learner) == []

    def test_behaviour_10_the_schedule_starts_again(self) -> None:
        old = datetime(2026, 1, 1, tzinfo=UTC)
        Schedule.objects.filter(enrollment__user=self.learner).update(start_date=old)
        done = self.reset()
        assert abs((self._start() - done.completed_at).total_seconds()) < 10
        self.undo()
        assert self._start() == old

    def test_behaviour_10_an_extension_is_of_the_old_attempt(self) -> None:
        place = self.subsections[1]
        edx_when.set_dates_for_course(self.key, [(place, {"due": DUE})])
        edx_when.set_date_for_block(self.key, place, "due", EXTENDED, user=self.learner)
        assert self._due(place) == EXTENDED
        self.reset()
        assert self._due(place) == DUE
        self.undo()
        assert self._due(place) == EXTENDED

    def test_behaviour_2_2_asking_for_a_prerequisite_grades_nothing_of_the_old_attempt(self) -> None:
        """A page that asks computes and stores the prerequisite's grade: that of the new attempt."""
        self._gated()
        self.work(RIGHT)
        assert gating.compute_is_prereq_met(self.subsections[1], self.learner.pk, recalc_on_unmet=True)[0]
        before = everything()
        self.reset(override=["learner_passing"])
        assert not gating.compute_is_prereq_met(self.subsections[1], self.learner.pk, recalc_on_unmet=True)[0]
        grades = PersistentSubsectionGrade.objects.filter(user_id=self.learner.pk, course_id=self.key)
        assert {grade.earned_all for grade in grades} <= {0.0}
        self.undo()
        assert gating.compute_is_prereq_met(self.subsections[1], self.learner.pk, recalc_on_unmet=True)[0]
        assert changed(before, everything()).keys() <= {"django_session"}

    def _gated(self) -> Any:
        """Let the second subsection be opened by full marks in the first; the course."""
        self.allow_milestones()
        first, second = map(str, self.subsections)
        course = self.store.get_course(self.key)
        course.enable_subsection_gating = True
        self.store.update_item(course, 0)
        gating.add_prerequisite(self.key, first)
        gating.set_required_content(self.key, second, first, min_score="100", min_completion="0")
        return course

    def _start(self) -> datetime:
        return Schedule.objects.get(enrollment__user=self.learner).start_date

    def _due(self, place: Any) -> datetime | None:
        return edx_when.get_date_for_block(self.key, place, "due", user=self.learner)
