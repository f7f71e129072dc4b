"""The platform's own Course Reset beside ours, on learners who have done the same: what is left, how long it takes.

``PLATFORM_PROBLEMS`` says how many problems the course has, in units of ten: 300 for a measurement, a few otherwise.
The times are without commits, because a test is one transaction: the platform's reset commits after each statement,
ours once.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

from common.djangoapps.student.models import CourseEnrollment, anonymous_id_for_user
from common.djangoapps.student.tests.factories import AdminFactory
from completion.models import BlockCompletion
from django.db import connections
from everything import changed, everything
from lms.djangoapps.courseware.models import StudentModule
from lms.djangoapps.courseware.user_state_client import DjangoXBlockUserStateClient
from lms.djangoapps.support.models import CourseResetAudit, CourseResetCourseOptIn
from lms.djangoapps.support.tasks import reset_student_course
from lms_course import RIGHT, CourseCase
from measured import REPORT, Cost, measured

from attempts import api
from attempts.operations import execute

MEASURING = "PLATFORM_PROBLEMS" in os.environ
#: These are about the learner and the course, but not about what was done in it.
NOT_WORK = {
    "experiments_experimentdata",  # which arm of an experiment with reminders the learner is in
    "student_anonymoususerid",
    "student_courseenrollment",
    "student_courseenrollment_history",
}


class CourseResetTest(CourseCase):
    PROBLEMS_PER_UNIT = 5
    UNITS = max(1, int(os.environ.get("PLATFORM_PROBLEMS", "10")) // 10)

    def test_behaviour_4_5_both_on_equal_learners(self) -> None:
        CourseResetCourseOptIn.objects.create(course_id=self.key, active=True)
        support = AdminFactory.create()
        rounds = [self._round(number, support) for number in range(3)]
        last = rounds[-1]
        vendor = connections["default"].vendor
        REPORT.append(f"{vendor}, {len(self.problems)} problems; rows per learner: {last['work']}")
        for who in ("platform", "ours"):
            costs = " | ".join(str(found[who]) for found in rounds)
            REPORT.append(f"{who}: {costs}; left under the course's key: {last[f'{who} left'] or 'nothing'}")
        assert last["ours left"] == {}
        # The platform leaves what is no leaf of a unit, and says complete.
        assert last["platform left"]["courseware_studentmodule"] == len(self.subsections)
        assert min(found["ours"].statements.total() for found in rounds) < 60
        if MEASURING:
            # Side by side, so that a busy machine is slow for both.
            assert all(10 * found["ours"].seconds < found["platform"].seconds for found in rounds)

    def test_behaviour_4_3_the_platforms_reset_leaves_archived_attempts_alone(self) -> None:
        """It deletes by plain keys: what the learner did in the new attempt, and nothing that was archived."""
        CourseResetCourseOptIn.objects.create(course_id=self.key, active=True)
        support = AdminFactory.create()
        learner = self._learner_with_work("again")
        before = everything()
        self.reset(learner, override=["learner_passing"])
        self.answer(self.problems[0], RIGHT, browser=self.signed_in(learner))
        self.hand_in(learner, "Second answer", points=1)
        self._platform_reset(learner, support)
        assert self.grade(learner) == (0.0, False)
        assert self._of(learner).keys() == {"submissions_studentitem"}  # of a text, which the platform leaves
        self.undo(learner)
        assert changed(before, everything()).keys() <= {"django_session", "auth_user"}
        assert self.grade(learner)[1]

    def _platform_reset(self, learner: Any, support: Any) -> Cost:
        """Run the platform's own reset; what it took."""
        audit = CourseResetAudit.objects.create(
            course=CourseResetCourseOptIn.objects.get(course_id=self.key),
            course_enrollment=CourseEnrollment.get_enrollment(learner, self.key),
            reset_by=support,
        )
        with measured() as cost:
            reset_student_course(str(self.key), learner.email, support.email)
        audit.refresh_from_db()
        assert audit.status == CourseResetAudit.CourseResetStatus.COMPLETE
        return cost

    def _round(self, number: int, support: Any) -> dict[str, Any]:
        theirs, ours = (self._learner_with_work(f"{name}{number}") for name in ("theirs", "ours"))
        work = self._of(ours)
        assert self._of(theirs) == work
        found: dict[str, Any] = {"work": work}

        found["platform"] = self._platform_reset(theirs, support)
        operation = api.request_reset(ours, self.key, requested_by=support, override=["learner_passing"])
        with measured() as found["ours"]:
            execute(operation.uuid)
        assert api.operation(operation.uuid).status == "complete"
        found["platform left"], found["ours left"] = self._of(theirs), self._of(ours)
        return found

    def _learner_with_work(self, username: str) -> Any:
        """A learner who did everything: a few things through the browser, the rest through the clients beneath."""
        learner = self.enrolled(username)
        browser = self.signed_in(learner)
        for subsection in self.subsections:
            self.visit(subsection, 1, browser=browser)
        self.answer(self.problems[0], RIGHT, browser=browser)
        state = {"attempts": 1, "done": True, "student_answers": {"a": RIGHT}, "seed": 1}
        DjangoXBlockUserStateClient(learner).set_many(learner.username, dict.fromkeys(self.problems[1:], state))
        StudentModule.objects.filter(student=learner, module_type="problem").update(grade=1, max_grade=1)
        done = [(block, 1.0) for block in [*self.problems, *self.texts]]
        BlockCompletion.objects.submit_batch_completion(learner, done)
        self.hand_in(learner, "My answer", points=1)
        self.answer(self.problems[0], RIGHT, browser=browser)
        return learner

    def _of(self, learner: Any) -> dict[str, int]:
        """Count the learner's rows under the plain keys of the course, by table."""
        names = {learner.pk, learner.username, anonymous_id_for_user(learner, self.key)}
        texts = (str(self.key), str(self.key).replace("course-v1:", "block-v1:") + "+")
        found: Counter[str] = Counter()
        for table, rows in everything().items():
            for row in rows.values():
                whose = {value for column, value in row.items() if column in ("user_id", "student_id", "username")}
                if names & whose and any(isinstance(value, str) and value.startswith(texts) for value in row.values()):
                    found[table] += 1
        return {table: count for table, count in found.items() if table not in NOT_WORK}
