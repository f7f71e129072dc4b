"""A course in the modulestore, learners who work in it as a browser would, and what the platform says of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from typing import Any

from cms.djangoapps.contentstore.outlines import update_outline_from_modulestore
from common.djangoapps.course_modes.tests.factories import CourseModeFactory
from common.djangoapps.student.models import CourseEnrollment, anonymous_id_for_user
from common.djangoapps.student.tests.factories import UserFactory
from completion.models import BlockCompletion
from completion.waffle import ENABLE_COMPLETION_TRACKING_SWITCH
from django.conf import settings
from django.test import Client
from django.urls import reverse
from edx_toggles.toggles.testutils import override_waffle_switch
from lms.djangoapps.courseware.user_state_client import DjangoXBlockUserStateClient
from lms.djangoapps.grades.api import CourseGradeFactory
from milestones.models import MilestoneRelationshipType
from openedx.core.djangoapps.content.course_overviews.models import CourseOverview
from submissions import api as submissions
from xmodule.modulestore.tests.django_utils import (
    SharedModuleStoreTestCase,
    StoreConstructors,
    mixed_store_config,
)
from xmodule.modulestore.tests.factories import BlockFactory, CourseFactory

from attempts import api
from attempts.data import OperationData
from attempts.operations import execute

PASSWORD = "Correct-horse-1"  # the platform's rules for passwords
GRADING = {
    "GRADER": [{"type": "Homework", "min_count": 2, "drop_count": 0, "short_label": "HW", "weight": 1.0}],
    "GRADE_CUTOFFS": {"Pass": 0.5},
}
PROBLEM = """
<problem>
  <multiplechoiceresponse>
    <label>When is the next low water?</label>
    <choicegroup type="MultipleChoice">
      <choice correct="false">now</choice>
      <choice correct="true">later</choice>
    </choicegroup>
  </multiplechoiceresponse>
</problem>
"""
WRONG, RIGHT = "choice_0", "choice_1"
#: What a learner did since, or has earned, is put away in spite of it.
ANYWAY = ["worked_since", "learner_passing"]


class CourseCase(SharedModuleStoreTestCase):
    """A self-paced course of two graded subsections, made once for all tests of a class."""

    #: Split Mongo only: the store before it asks its server for things that a stand-in in memory does not know.
    MODULESTORE = partial(mixed_store_config, settings.COMMON_TEST_DATA_ROOT, {}, [StoreConstructors.split])
    PROBLEMS_PER_UNIT = 2
    MAX_ATTEMPTS: int | None = 2
    UNITS = 2
    HANDS_IN = True

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.course = CourseFactory.create(
            org="Tidal",
            number="T1",
            run="2026",
            start=datetime(2020, 1, 1, tzinfo=UTC),
            end=datetime(2100, 1, 1, tzinfo=UTC),
            self_paced=True,
            grading_policy=GRADING,
        )
        cls.key = cls.course.id
        cls.problems: list[Any] = []
        cls.texts: list[Any] = []
        cls.units: list[Any] = []
        cls.subsections: list[Any] = []
        with cls.store.bulk_operations(cls.key):
            for number in range(2):
                chapter = BlockFactory.create(
                    parent_location=cls.course.location, category="chapter", display_name=f"Section {number}"
                )
                subsection = BlockFactory.create(
                    parent_location=chapter.location,
                    category="sequential",
                    graded=True,
                    format="Homework",
                    display_name=f"Part {number}",
                )
                cls.subsections.append(subsection.location)
                for _unit in range(cls.UNITS):
                    cls._add_unit(subsection)
        CourseOverview.load_from_module_store(cls.key)
        update_outline_from_modulestore(cls.key)
        CourseModeFactory.create(course_id=cls.key, mode_slug="audit")
        api.change_policy({"active": True, "max_resets": None}, changed_by=None, course_key=cls.key)

    @classmethod
    def _add_unit(cls, subsection: Any) -> None:
        unit = BlockFactory.create(parent_location=subsection.location, category="vertical")
        cls.units.append(unit.location)
        text = BlockFactory.create(parent_location=unit.location, category="html", data="<p>Read me.</p>")
        cls.texts.append(text.location)
        for _problem in range(cls.PROBLEMS_PER_UNIT):
            problem = BlockFactory.create(
                parent_location=unit.location, category="problem", data=PROBLEM, max_attempts=cls.MAX_ATTEMPTS
            )
            cls.problems.append(problem.location)

    def setUp(self) -> None:
        super().setUp()
        tracking = override_waffle_switch(ENABLE_COMPLETION_TRACKING_SWITCH, True)
        tracking.__enter__()
        self.addCleanup(tracking.__exit__, None, None, None)
        self.learner = self.enrolled("learner")
        self.browser = self.signed_in(self.learner)

    def enrolled(self, username: str) -> Any:
        user = UserFactory.create(username=username, password=PASSWORD)
        CourseEnrollment.enroll(user, self.key, mode="audit")
        return user

    def allow_milestones(self) -> None:
        """Make what the platform's own migrations make, which gates and the mobile apps ask for."""
        for name in ("requires", "fulfills"):
            MilestoneRelationshipType.objects.get_or_create(name=name, defaults={"active": True})

    def signed_in(self, user: Any) -> Client:
        browser = Client()
        assert browser.login(username=user.username, password=PASSWORD)
        return browser

    # -- work, as a browser sends it ---------------------------------------------------------------------------------

    def handler(self, block: Any, name: str, suffix: str = "", *, browser: Client | None = None, **data: Any) -> Any:
        address = reverse("xblock_handler", args=[str(self.key), str(block), name, suffix])
        response = (browser or self.browser).post(address, **data)
        assert response.status_code == 200, response.content
        return json.loads(response.content)

    def answer(self, problem: Any, choice: str, *, browser: Client | None = None) -> Any:
        answer = {f"input_{problem.block_id}_2_1": choice}
        return self.handler(problem, "xmodule_handler", "problem_check", browser=browser, data=answer)

    def read(self, text: Any, *, browser: Client | None = None) -> Any:
        data = json.dumps({"completion": 1.0})
        return self.handler(text, "publish_completion", browser=browser, data=data, content_type="application/json")

    def visit(self, subsection: Any, position: int, *, browser: Client | None = None) -> Any:
        data = {"position": position}
        return self.handler(subsection, "xmodule_handler", "goto_position", browser=browser, data=data)

    def work(self, choice: str, *, learner: Any = None, browser: Client | None = None) -> None:
        """Go through the whole course: read, answer, and hand something in that is graded elsewhere."""
        for subsection in self.subsections:
            self.visit(subsection, 1, browser=browser)
        for text in self.texts:
            self.read(text, browser=browser)
        for problem in self.problems:
            self.answer(problem, choice, browser=browser)
        if self.HANDS_IN:
            self.hand_in(learner or self.learner, f"My answer is {choice}.", points=int(choice == RIGHT))

    def hand_in(self, learner: Any, text: str, *, points: int) -> str:
        submission = submissions.create_submission(self.student_item(learner), {"text": text})
        submissions.set_score(submission["uuid"], points, 1)
        return submission["uuid"]

    def student_item(self, learner: Any) -> dict[str, str]:
        """Return what names a learner's submissions for the first text, which stands for an open response."""
        return {
            "student_id": anonymous_id_for_user(learner, self.key),
            "course_id": str(self.key),
            "item_id": str(self.texts[0]),
            "item_type": "openassessment",
        }

    # -- switches, as a worker carries them out ----------------------------------------------------------------------

    def reset(self, learner: Any = None, **words: Any) -> OperationData:
        return self._carried_out(api.request_reset(learner or self.learner, self.key, requested_by=None, **words))

    def undo(self, learner: Any = None) -> OperationData:
        return self._carried_out(
            api.request_undo(learner or self.learner, self.key, requested_by=None, override=ANYWAY)
        )

    def activate(self, number: int) -> OperationData:
        return self._carried_out(
            api.request_activate(self.learner, self.key, number, requested_by=None, override=ANYWAY)
        )

    def _carried_out(self, operation: OperationData) -> OperationData:
        with self.captureOnCommitCallbacks(execute=True):
            execute(operation.uuid)
        done = api.operation(operation.uuid)
        assert done.status == "complete", (done.error, done.status)
        return done

    # -- what the platform says --------------------------------------------------------------------------------------

    def grade(self, learner: Any = None) -> tuple[float, bool]:
        grade = CourseGradeFactory().read(learner or self.learner, course_key=self.key)
        return grade.percent, grade.passed

    def states(self, learner: Any = None) -> dict[Any, dict[str, Any]]:
        blocks = [*self.problems, *self.subsections]
        found = DjangoXBlockUserStateClient(learner or self.learner).get_many(
            (learner or self.learner).username, blocks
        )
        return {item.block_key: item.state for item in found}

    def completions(self, learner: Any = None) -> dict[Any, float]:
        return BlockCompletion.get_learning_context_completions(learner or self.learner, self.key)

    def outline(self, browser: Client | None = None) -> dict[str, Any]:
        response = (browser or self.browser).get(reverse("course-home:outline-tab", args=[str(self.key)]))
        assert response.status_code == 200, response.content
        return response.json()

    def latest_score(self, learner: Any = None) -> dict[str, Any] | None:
        return submissions.get_score(self.student_item(learner or self.learner))


class CommittedCourseCase(CourseCase):
    """The same with everything committed, as an LMS and its workers do it, and left behind."""

    @classmethod
    def _databases_support_transactions(cls) -> bool:
        """Say that they do not."""
        return False

    def _fixture_teardown(self) -> None:
        """Leave everything: emptying six hundred tables would take minutes."""
