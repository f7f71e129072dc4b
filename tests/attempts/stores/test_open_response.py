"""Archived open responses, as ora2's own calls see them: in no queue, and whoever has one open may still finish it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from openassessment.assessment.api import peer, staff
from openassessment.assessment.models import PeerWorkflow, StaffWorkflow
from openassessment.workflow import api as workflows
from openassessment.xblock.utils import notifications
from submissions import api as submissions
from submissions.models import StudentItem

from attempts import api
from sandbox.student.models import anonymous_id_for_user
from tests.attempts.stores import rows
from tests.factories import COURSE, enrolled
from tests.snapshots import read_tables

pytestmark = pytest.mark.django_db

ITEM = str(rows.block(COURSE, 0))
ARCHIVED = "attempt-v1:Org+Course+Run+attempt@1"
RUBRIC = {
    "prompts": [{"description": "Write an essay."}],
    "criteria": [
        {
            "order_num": 0,
            "name": "clarity",
            "label": "clarity",
            "prompt": "Is it clear?",
            "options": [
                {"order_num": order, "points": order, "name": name, "label": name, "explanation": ""}
                for order, name in enumerate(("no", "yes"))
            ],
        }
    ],
}
REQUIREMENTS = {"peer": {"must_grade": 0, "must_be_graded_by": 1}, "staff": {"required": False}}
TABLES = (
    "workflow_assessmentworkflow",
    "assessment_peerworkflow",
    "assessment_staffworkflow",
    "submissions_studentitem",
)


def hand_in(who: Any) -> str:
    """Hand in an answer, which then waits for peers and staff; return its uuid."""
    item = {
        "student_id": anonymous_id_for_user(who, COURSE),
        "course_id": str(COURSE),
        "item_id": ITEM,
        "item_type": "openassessment",
    }
    uuid = submissions.create_submission(item, {"parts": [{"text": "an essay"}]})["uuid"]
    workflows.create_workflow(uuid, ["peer", "staff"], {})
    return uuid


def hand_in_as_peer() -> str:
    """Hand in an answer of somebody else's, of which staff want nothing; return its uuid."""
    uuid = hand_in(enrolled(COURSE))
    StaffWorkflow.objects.filter(submission_uuid=uuid).update(cancelled_at=timezone.now())
    return uuid


def queues(scorer_uuid: str) -> dict[str, Any]:
    """What a peer and somebody of the staff would be given to read, and what staff are told of numbers."""
    workflow = PeerWorkflow.objects.get(submission_uuid=scorer_uuid)
    return {
        "peer": workflow.get_submission_for_review(2),
        "over-grading": workflow.get_submission_for_over_grading(),
        "statistics": StaffWorkflow.get_workflow_statistics(str(COURSE), ITEM)["ungraded"],
        "staff": StaffWorkflow.get_submission_for_review(str(COURSE), ITEM, "somebody"),
        "counts": sum(one["count"] for one in workflows.get_status_counts(str(COURSE), ITEM, ["peer", "staff"])),
    }


def test_behaviour_10_archived_work_is_in_no_queue(learner: Any, reset: Any, undo: Any) -> None:
    """Of peers, of peers who grade more than they must (which ora2 asks for by plain SQL), and of staff."""
    mine = hand_in(learner)
    other = hand_in_as_peer()
    nothing = {"peer": None, "over-grading": None, "statistics": 0, "staff": None, "counts": 1}
    before = read_tables(TABLES)
    reset(learner)
    assert queues(other) == nothing
    undo(learner)
    assert read_tables(TABLES) == before
    assert queues(other) == {"peer": mine, "over-grading": mine, "statistics": 1, "staff": mine, "counts": 2}


def test_behaviour_10_only_the_work_of_the_new_attempt_is_in_a_queue(learner: Any, reset: Any) -> None:
    """Of a learner with an answer in each."""
    hand_in(learner)
    other = hand_in_as_peer()
    reset(learner)
    again = hand_in(learner)
    found = queues(other)
    assert (found["peer"], found["over-grading"], found["staff"]) == (again, again, again)


class ContentStore:
    """The platform's, which knows no attempt; its error is none that ora2 expects."""

    class ItemNotFoundError(Exception):
        """Of ``xmodule.modulestore.exceptions``."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def get_item(self, usage_key: Any) -> Any:
        if usage_key.course_key != COURSE:
            raise self.ItemNotFoundError(usage_key)
        self.asked.append(str(usage_key))
        return SimpleNamespace(display_name="An essay")

    def get_course(self, course_key: Any) -> Any:
        return SimpleNamespace(display_name=str(course_key))


@pytest.fixture
def content_store(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Any:
    """The platform's content store, as far as ora2 asks it."""
    store = ContentStore()
    settings.FEATURES = {}
    monkeypatch.setattr(notifications, "modulestore", lambda: store)
    return store


def latest(who: Any, course: str, item: str) -> int | None:
    """The points of a learner's latest score for an item."""
    names = {"student_id": anonymous_id_for_user(who, COURSE), "course_id": course, "item_id": item}
    score = submissions.get_score({**names, "item_type": "openassessment"})
    return score and score["points_earned"]


def _by_staff(uuid: str, _scorer: str) -> None:
    staff.create_assessment(uuid, "somebody", {"clarity": "yes"}, {}, "well done", RUBRIC)


def _by_peer(_uuid: str, scorer: str) -> None:
    scorer_id = PeerWorkflow.objects.get(submission_uuid=scorer).student_id
    peer.create_assessment(scorer, scorer_id, {"clarity": "yes"}, {}, "well done", RUBRIC, 1)


@pytest.mark.parametrize("assess", [_by_staff, _by_peer])
def test_behaviour_10_somebody_finishes_what_was_archived_meanwhile(
    learner: Any, reset: Any, undo: Any, content_store: Any, assess: Any
) -> None:
    """Their words and points are of the archived attempt; ora2 fails at the notice, and makes up for it after undo."""
    mine, other = hand_in(learner), hand_in_as_peer()
    assert peer.get_submission_to_assess(other, 1)["uuid"] == mine
    reset(learner)
    assess(mine, other)
    with pytest.raises(content_store.ItemNotFoundError):
        workflows.update_from_assessments(mine, REQUIREMENTS, {}, override_submitter_requirements=True)
    [item] = StudentItem.objects.filter(student_id=anonymous_id_for_user(learner, COURSE))
    assert item.course_id == ARCHIVED
    assert latest(learner, item.course_id, item.item_id) == 1
    assert latest(learner, str(COURSE), ITEM) is None
    assert list(api.verify(learner, COURSE)) == []
    undo(learner)
    assert latest(learner, str(COURSE), ITEM) == 1
    assert workflows.update_from_assessments(mine, REQUIREMENTS, {})["status"] == "done"
    assert content_store.asked == [ITEM]
