"""A new attempt opens with gates closed, a new schedule and no old extension; undo brings each back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from edx_when import api as edx_when
from lms_course import RIGHT, WRONG, CourseCase
from milestones.models import MilestoneRelationshipType
from openedx.core.djangoapps.schedules.models import Schedule
from openedx.core.lib.gating import api as gating

DUE, EXTENDED = datetime(2099, 1, 1, tzinfo=UTC), datetime(2099, 6, 1, tzinfo=UTC)


class OpensAnewTest(CourseCase):
    def test_gates_are_closed_again(self) -> None:
        for name in ("requires", "fulfills"):
            MilestoneRelationshipType.objects.get_or_create(name=name, defaults={"active": True})
        first, second = map(str, self.subsections)
        course = self.store.get_course(self.key)
        course.enable_subsection_gating = True
        self.store.update_item(course, 0)
        gating.add_prerequisite(self.key, first)
        gating.set_required_content(self.key, second, first, min_score="100", min_completion="0")
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

    def test_the_schedule_starts_again(self) -> None:
        old = datetime(2026, 1, 1, tzinfo=UTC)
        Schedule.objects.filter(enrollment__user=self.learner).update(start_date=old)
        done = self.reset()
        assert abs((self._start() - done.completed_at).total_seconds()) < 10
        self.undo()
        assert self._start() == old

    def test_an_extension_is_of_the_old_attempt(self) -> None:
        place = self.subsections[1]
        edx_when.set_dates_for_course(self.key, [(place, {"due": DUE})])
        edx_when.set_date_for_block(self.key, place, "due", EXTENDED, user=self.learner)
        assert self._due(place) == EXTENDED
        self.reset()
        assert self._due(place) == DUE
        self.undo()
        assert self._due(place) == EXTENDED

    def _start(self) -> datetime:
        return Schedule.objects.get(enrollment__user=self.learner).start_date

    def _due(self, place: Any) -> datetime | None:
        return edx_when.get_date_for_block(self.key, place, "due", user=self.learner)
