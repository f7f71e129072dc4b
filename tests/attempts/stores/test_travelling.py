"""The eighteen tables whose rows travel: nothing of theirs is written, and what they hang on is archived."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.utils import timezone

from attempts.coverage import DECLARED
from sandbox.courseware.models import StudentModule
from tests.attempts.stores import rows
from tests.factories import COURSE
from tests.snapshots import read_table

pytestmark = pytest.mark.django_db


def make(label: str, /, **values: Any) -> Any:
    """Make a row of one of the host's models."""
    return apps.get_model(label)._base_manager.create(**values)


def _state(learner: Any) -> Any:
    return StudentModule.objects.filter(student=learner).first() or rows.state(learner, COURSE, 0)


def _grade_override(learner: Any) -> Any:
    grade = rows.subsection_grade(learner, COURSE, 0)
    return make("grades.PersistentSubsectionGradeOverride", grade=grade, earned_all_override=1)


def _grade_override_history(learner: Any) -> Any:
    override = _grade_override(learner)
    now = timezone.now()
    return make(
        "grades.HistoricalPersistentSubsectionGradeOverride",
        id=override.pk,
        grade=override.grade,
        created=now,
        modified=now,
        history_date=now,
        history_type="+",
    )


def _score(learner: Any) -> Any:
    handed_in = rows.submission(learner, COURSE, 0)
    return make(
        "submissions.Score",
        student_item=handed_in.student_item,
        submission=handed_in,
        points_earned=1,
        points_possible=2,
    )


def _score_summary(learner: Any) -> Any:
    """The scores app makes it with the first score."""
    return apps.get_model("submissions.ScoreSummary").objects.get(student_item=_score(learner).student_item)


def _grader_detail(learner: Any) -> Any:
    return make("submissions.ExternalGraderDetail", submission=rows.submission(learner, COURSE, 0), queue_name="q")


def _rubric() -> Any:
    return make("assessment.Rubric", content_hash=uuid4().hex, structure_hash=uuid4().hex)


def _assessment(learner: Any) -> Any:
    uuid = rows.submission(learner, COURSE, 0).uuid
    return make("assessment.Assessment", submission_uuid=str(uuid), rubric=_rubric(), scorer_id="x", score_type="PE")


def _assessment_part(learner: Any) -> Any:
    assessment = _assessment(learner)
    criterion = make(
        "assessment.Criterion", rubric=assessment.rubric, name="c", label="c", order_num=0, prompt="Is it good?"
    )
    return make("assessment.AssessmentPart", assessment=assessment, criterion=criterion)


def _peer_item(learner: Any) -> Any:
    workflow = rows.peer_workflow(learner, COURSE, 0)
    return make("assessment.PeerWorkflowItem", author=workflow, scorer=workflow, submission_uuid=str(uuid4()))


def _training_item(learner: Any) -> Any:
    example = make("assessment.TrainingExample", raw_answer="{}", rubric=_rubric(), content_hash=uuid4().hex)
    workflow = rows.training_workflow(learner, COURSE, 0)
    return make("assessment.StudentTrainingWorkflowItem", workflow=workflow, order_num=0, training_example=example)


#: A row of each table, on a row of the learner's in the course.
TRAVELLERS: dict[str, Callable[[Any], Any]] = {
    "courseware_studentmodulehistory": lambda learner: make(
        "courseware.StudentModuleHistory", student_module=_state(learner), created=timezone.now()
    ),
    "coursewarehistoryextended_studentmodulehistoryextended": lambda learner: make(
        "coursewarehistoryextended.StudentModuleHistoryExtended",
        student_module=_state(learner),
        created=timezone.now(),
    ),
    "bulk_grades_scoreoverrider": lambda learner: make(
        "bulk_grades.ScoreOverrider", module=_state(learner), user=learner
    ),
    "grades_persistentsubsectiongradeoverride": _grade_override,
    "grades_historicalpersistentsubsectiongradeoverride": _grade_override_history,
    "submissions_submission": lambda learner: rows.submission(learner, COURSE, 0),
    "submissions_score": _score,
    "submissions_scoresummary": _score_summary,
    "submissions_scoreannotation": lambda learner: make(
        "submissions.ScoreAnnotation", score=_score(learner), annotation_type="staff_defined", creator="x", reason="y"
    ),
    "submissions_externalgraderdetail": _grader_detail,
    "submissions_submissionfile": lambda learner: make(
        "submissions.SubmissionFile", external_grader=_grader_detail(learner), file="f", original_filename="f"
    ),
    "assessment_assessment": _assessment,
    "assessment_assessmentpart": _assessment_part,
    "assessment_assessmentfeedback": lambda learner: make(
        "assessment.AssessmentFeedback", submission_uuid=str(rows.submission(learner, COURSE, 0).uuid)
    ),
    "assessment_peerworkflowitem": _peer_item,
    "assessment_studenttrainingworkflowitem": _training_item,
    "workflow_assessmentworkflowstep": lambda learner: make(
        "workflow.AssessmentWorkflowStep",
        workflow=rows.assessment_workflow(learner, COURSE, 0),
        name="peer",
        order_num=0,
    ),
    "workflow_assessmentworkflowcancellation": lambda learner: make(
        "workflow.AssessmentWorkflowCancellation",
        workflow=rows.assessment_workflow(learner, COURSE, 0),
        comments="no",
        cancelled_by_id="x",
    ),
}


def test_these_are_all() -> None:
    """Of those that are declared to travel with something of the attempt."""
    travelling = {table for table, one in DECLARED.items() if one.answer == "travels"}
    assert set(TRAVELLERS) <= travelling
    assert len(TRAVELLERS) == 18


@pytest.mark.parametrize("table", sorted(TRAVELLERS))
def test_a_row_travels(table: str, learner: Any, reset: Any, undo: Any) -> None:
    """Behaviour 2.1.

    Its own columns are the same throughout, and something of the attempt that it hangs on was archived.
    """
    row = TRAVELLERS[table](learner)
    before = read_table(table)
    assert row.pk in before
    assert sum(moved.archived for moved in reset(learner).rows.values()) >= 1
    assert read_table(table) == before
    undo(learner)
    assert read_table(table) == before
