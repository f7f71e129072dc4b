"""Open responses, handed in through the block: what peers, staff and reports are given of archived work."""

from __future__ import annotations

import json
from typing import Any

from common.djangoapps.student.models import anonymous_id_for_user
from common.djangoapps.student.tests.factories import AdminFactory
from django.test import Client
from everything import changed, everything
from lms_course import CourseCase
from openassessment.assessment.api import peer as peer_api
from openassessment.assessment.api import staff as staff_api
from openassessment.workflow import api as workflow_api
from submissions import api as submissions
from xmodule.modulestore.tests.factories import BlockFactory

from attempts import api

STEPS = [
    {"name": "peer-assessment", "must_grade": 1, "must_be_graded_by": 1},
    {"name": "staff-assessment", "required": True},
]
OF_NO_COURSE = {"django_session"}


class OpenResponseTest(CourseCase):
    """Section 10: ORA keeps copies of both keys, and its queues select on those."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        words = {"category": "openassessment", "display_name": "Essay", "rubric_assessments": STEPS}
        cls.essay = BlockFactory.create(parent_location=cls.units[0], **words)

    def setUp(self) -> None:
        super().setUp()
        self.handed_in: list[str] = []
        self.peer = self.enrolled("peer")
        self.theirs = self._hand_in("Theirs", learner=self.peer, browser=self.signed_in(self.peer))
        self.first = self._hand_in("First")

    def test_behaviour_10_archived_answers_are_in_no_queue(self) -> None:
        """Neither a peer nor staff is given them, nor are they counted; all of it is back after the undo."""
        before = everything()
        assert self._queues() == {"peer": self.first, "staff": {self.theirs, self.first}, "workflows": 2}
        self.reset()
        assert self._queues() == {"peer": None, "staff": {self.theirs}, "workflows": 1}
        self.undo()
        assert changed(before, everything()).keys() <= OF_NO_COURSE
        assert self._queues() == {"peer": self.first, "staff": {self.theirs, self.first}, "workflows": 2}

    def test_behaviour_10_a_new_answer_takes_the_place_of_the_archived_one(self) -> None:
        """The block takes it, as it does the first, and the queues hold that one."""
        before = everything()
        self.reset()
        second = self._hand_in("Second")
        assert self._queues() == {"peer": second, "staff": {self.theirs, second}, "workflows": 2}
        self.undo()
        assert changed(before, everything()).keys() <= OF_NO_COURSE
        assert self._queues() == {"peer": self.first, "staff": {self.theirs, self.first}, "workflows": 2}
        self.activate(2)
        assert self._queues() == {"peer": second, "staff": {self.theirs, second}, "workflows": 2}

    def test_behaviour_10_staff_who_had_the_answer_open_grade_the_archived_one(self) -> None:
        """Their assessment counts in the attempt it was made for, and in no other."""
        self.reset()
        rubric = {"criteria": self.essay.rubric_criteria, "prompts": []}
        chosen = {one["name"]: one["options"][-1]["name"] for one in rubric["criteria"]}
        staff_api.create_assessment(self.first, str(AdminFactory.create().pk), chosen, {}, "Good", rubric)
        peers = {"must_grade": 1, "must_be_graded_by": 1}
        workflow_api.update_from_assessments(self.first, {"peer": peers, "staff": {"required": True}}, {})
        assert submissions.get_score(self._item(self.learner)) is None
        assert self.completions() == {}
        assert list(api.verify(self.learner, self.key)) == []
        self.undo()
        assert submissions.get_score(self._item(self.learner))["points_earned"] > 0
        assert list(api.verify(self.learner, self.key)) == []

    def _hand_in(self, text: str, *, learner: Any = None, browser: Client | None = None) -> str:
        """Submit in a browser; the uuid of the submission."""
        data = json.dumps({"submission": [text]})
        done = self.handler(self.essay.location, "submit", browser=browser, data=data, content_type="application/json")
        assert done[0] is True, done
        self.handed_in.append(submissions.get_submissions(self._item(learner or self.learner))[0]["uuid"])
        return self.handed_in[-1]

    def _item(self, learner: Any) -> dict[str, str]:
        return {
            "student_id": anonymous_id_for_user(learner, self.key),
            "course_id": str(self.key),
            "item_id": str(self.essay.location),
            "item_type": "openassessment",
        }

    def _queues(self) -> dict[str, Any]:
        """Return what the peer is given, what staff find, and how many workflows are counted."""
        place = str(self.key), str(self.essay.location)
        given = peer_api.get_submission_to_assess(self.theirs, 1, peek=True)
        found = staff_api.bulk_retrieve_workflow_status(*place, self.handed_in)
        counts = workflow_api.get_status_counts(*place, ["peer", "staff"])
        assert staff_api.get_staff_grading_statistics(*place)["ungraded"] == len(found)
        return {
            "peer": given and given["uuid"],
            "staff": set(found),
            "workflows": sum(one["count"] for one in counts),
        }
