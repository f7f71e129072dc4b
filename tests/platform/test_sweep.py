"""What the sweep asks of the platform: grades that nothing stands behind are computed anew."""

from __future__ import annotations

from typing import Any
from unittest import mock

from django.utils import timezone
from lms.djangoapps.grades.models import PersistentCourseGrade, PersistentSubsectionGrade
from lms_course import RIGHT, CourseCase
from openedx.core.lib.celery import APP

from attempts import api


class GradesWithoutScoresTest(CourseCase):
    """Section 2.2: a task past its check inserts the old attempt's grades into the new one, without a signal."""

    def setUp(self) -> None:
        super().setUp()
        self.work(RIGHT)
        self.subsection_rows = list(PersistentSubsectionGrade.objects.filter(user_id=self.learner.pk))
        self.course_rows = list(PersistentCourseGrade.objects.filter(user_id=self.learner.pk))
        assert (len(self.subsection_rows), len(self.course_rows)) == (2, 1)
        self.reset(override=["learner_passing"])

    def test_behaviour_2_2_subsection_grades_only(self) -> None:
        """The platform's task for a whole learner does nothing then; it is asked for each subsection."""
        self._insert(self.subsection_rows)
        assert self._swept() == ["grades_persistentsubsectiongrade"] * 2
        self._assert_nothing_left()

    def test_behaviour_2_2_a_course_grade_only(self) -> None:
        """The platform's task for a whole learner computes it anew."""
        self._insert(self.course_rows)
        assert self._swept() == ["grades_persistentcoursegrade"]
        self._assert_nothing_left()

    def test_behaviour_2_2_both(self) -> None:
        """All are zero, as the new attempt is."""
        self._insert([*self.subsection_rows, *self.course_rows])
        assert len(self._swept()) == 3
        self._assert_nothing_left()

    def test_behaviour_2_2_one_section_beside_work_of_the_new_attempt(self) -> None:
        """What was done in the new attempt counts, what was inserted does not."""
        self._insert(self.subsection_rows[1:])
        self.answer(self.problems[0], RIGHT)
        assert self.grade() == (0.63, True)
        assert self._swept() == ["grades_persistentsubsectiongrade"]
        self._assert_nothing_left(percent=0.13)

    def _insert(self, rows: list[Any]) -> None:
        """Insert what was archived under the plain keys, as a late task does."""
        for row in rows:
            row.pk, row.created = None, timezone.now()
            type(row).objects.bulk_create([row])

    def _swept(self) -> list[str]:
        """Sweep, with the platform's tasks run here; the tables of what was found."""
        with mock.patch.object(APP, "send_task", lambda name, kwargs: APP.tasks[name].apply(kwargs=kwargs).get()):
            reports = list(api.sweep(self.learner, self.key))
        return [finding.table for report in reports for finding in report.findings]

    def _assert_nothing_left(self, percent: float = 0.0) -> None:
        assert self._swept() == []
        assert self.grade() == (percent, False)
        self.undo()
        assert self.grade() == (1.0, True)
