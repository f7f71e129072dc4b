"""What operators run over a whole LMS: the sweep, and the keys of archives brought to a bare form and back."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from everything import Snapshot, added, changed, everything
from lms.djangoapps.courseware.models import StudentModule
from lms_course import RIGHT, WRONG, CourseCase

from attempts import api
from attempts.exceptions import KeysRestored
from attempts.keys import attempt_course_key

ANYWAY = {"override": ["learner_passing"]}
#: Switches and signing in: they know of no course.
OF_NO_COURSE = {"django_session"}


class OperatorsTest(CourseCase):
    def setUp(self) -> None:
        super().setUp()
        self.other = self.enrolled("other")
        self.work(RIGHT, learner=self.other, browser=self.signed_in(self.other))
        self.work(RIGHT)
        self.first = everything()
        self.reset(**ANYWAY)
        self.work(WRONG)
        self.reset()
        self.answer(self.problems[0], RIGHT)

    def test_behaviour_1_8_the_keys_of_archives_for_a_platform_without_us_and_back(self) -> None:
        """Only keys of archived rows change; on the way back every column is as it was."""
        before = everything()
        archived = self._with_keys("attempt-")
        assert {"courseware_studentmodule", "completion_blockcompletion", "submissions_studentitem"} <= archived.keys()
        call_command("attempts", "restore-keys", "--no-input", stdout=StringIO())
        bare = everything()
        assert self._with_keys("attempt-") == {}
        assert added(before, bare) == {}
        assert {table: found.keys() for table, found in changed(before, bare).items()} == archived
        # The platform reads all of it, and nobody's work is another than before.
        assert len({row.course_id for row in StudentModule.objects.all()}) == 3
        assert self.grade(self.other) == (1.0, True)
        assert set(self.states()) == {self.problems[0]}
        with pytest.raises(KeysRestored):
            self.undo()
        call_command("attempts", "restore-keys", "--back", stdout=StringIO())
        assert changed(before, everything()) == {}
        assert added(before, everything()) == {}
        assert list(api.verify(self.learner, self.key)) == []
        self.activate(1)
        assert changed(self.first, everything()).keys() <= OF_NO_COURSE

    def test_behaviour_1_6_a_row_that_came_back_is_swept(self) -> None:
        """A late statement without a signal puts plain keys back; the sweep archives that row again, and no other."""
        before = everything()
        archived = attempt_course_key(self.key, 1)
        rows = StudentModule.objects.filter(student=self.learner, course_id=archived)
        row = next(row for row in rows if row.module_state_key.block_id == self.problems[1].block_id)
        StudentModule.objects.filter(pk=row.pk).update(course_id=self.key, module_state_key=self.problems[1])
        out = StringIO()
        call_command("attempts", "sweep", stdout=out)
        assert "courseware_studentmodule" in out.getvalue()
        assert changed(before, everything()) == {}
        call_command("attempts", "sweep", stdout=StringIO())
        assert changed(before, everything()) == {}
        assert list(api.verify(self.learner, self.key)) == []

    def _with_keys(self, prefix: str) -> dict[str, Any]:
        """Return the primary keys of the platform's rows with a key of that kind, by table."""
        found: dict[str, Any] = {}
        tables: Snapshot = everything()
        for table, rows in tables.items():
            pks = {pk for pk, row in rows.items() if any(str(value).startswith(prefix) for value in row.values())}
            if pks:
                found[table] = pks
        return found
