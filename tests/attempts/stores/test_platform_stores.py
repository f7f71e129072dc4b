"""The contract, for every store of the platform and its packages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from freezegun import freeze_time

from attempts.coverage import DECLARED
from attempts.stores import RekeyedStore
from attempts.stores.platform import PLATFORM_STORES
from sandbox.course_overviews.models import CourseOverview
from tests.attempts.stores import rows
from tests.attempts.stores.contract import (
    BlockKeyedContract,
    GuardingContract,
    OverridableContract,
    RekeyedContract,
    ValuedContract,
    _Contract,
)
from tests.factories import COURSE, PolicyFactory
from tests.snapshots import read_table

pytestmark = pytest.mark.django_db


class TestStates(BlockKeyedContract):
    """Behaviour 1.1."""

    table, make = "courseware_studentmodule", staticmethod(rows.state)


class TestCompletions(BlockKeyedContract):
    """Behaviour 3."""

    table, make = "completion_blockcompletion", staticmethod(rows.completion)


class TestAggregators(BlockKeyedContract):
    """Behaviour 3."""

    table, make = "completion_aggregator_aggregator", staticmethod(rows.aggregator)


class TestStaleCompletions(BlockKeyedContract):
    """Behaviour 3."""

    table, make = "completion_aggregator_stalecompletion", staticmethod(rows.stale_completion)
    at_rest = {"resolved": True}


class TestSubsectionGrades(BlockKeyedContract):
    """Behaviour 2.1."""

    table, make = "grades_persistentsubsectiongrade", staticmethod(rows.subsection_grade)


class TestCourseGrades(RekeyedContract):
    """Behaviour 1.8 and 2.1."""

    table, make, many = "grades_persistentcoursegrade", staticmethod(rows.course_grade), False


class TestComputedGrades(RekeyedContract):
    """Behaviour 2.1."""

    table, make, many = "courseware_offlinecomputedgrade", staticmethod(rows.computed_grade), False


class TestStudentItems(BlockKeyedContract):
    """Behaviour 10."""

    table, make = "submissions_studentitem", staticmethod(rows.student_item)


class TestAssessmentWorkflows(BlockKeyedContract):
    """Behaviour 10."""

    table, make = "workflow_assessmentworkflow", staticmethod(rows.assessment_workflow)


class TestPeerWorkflows(BlockKeyedContract):
    """Behaviour 10."""

    table, make = "assessment_peerworkflow", staticmethod(rows.peer_workflow)


class TestTrainingWorkflows(BlockKeyedContract):
    """Behaviour 10."""

    table, make = "assessment_studenttrainingworkflow", staticmethod(rows.training_workflow)


class TestStaffWorkflows(BlockKeyedContract):
    """Behaviour 10."""

    table, make = "assessment_staffworkflow", staticmethod(rows.staff_workflow)


class TestReminders(BlockKeyedContract):
    """Behaviour 10."""

    table, make = "workflow_orareminder", staticmethod(rows.reminder)
    at_rest = {"is_active": False}


class TestFieldOverrides(BlockKeyedContract):
    """Behaviour 10."""

    table, make = "courseware_studentfieldoverride", staticmethod(rows.field_override)


class TestBuilderAnswers(RekeyedContract):
    table, make = "problem_builder_answer", staticmethod(rows.builder_answer)


class TestExperimentGroups(RekeyedContract):
    """Behaviour 10. Where the policy says so."""

    table, make = "user_api_usercoursetag", staticmethod(rows.course_tag)

    @pytest.fixture
    def policy(self, db: None) -> Any:
        return PolicyFactory(experiments="redraw")


class TestSchedules(ValuedContract):
    """Behaviour 10. In a self-paced course."""

    table, make, many = "schedules_schedule", staticmethod(rows.schedule), False
    moment = timezone.now().replace(microsecond=123456)
    fresh = {"start_date": moment}

    @pytest.fixture(autouse=True)
    def _self_paced_now(self, learner: Any) -> Any:
        CourseOverview.objects.filter(id=COURSE).update(self_paced=True)
        with freeze_time(self.moment):
            yield


class TestCelebrations(ValuedContract):
    """Behaviour 10."""

    table, make, many = "student_courseenrollmentcelebration", staticmethod(rows.celebration), False
    fresh = {"celebrate_first_section": True, "celebrate_weekly_goal": True}


class TestMilestones(ValuedContract):
    """Behaviour 10."""

    table, make = "milestones_usermilestone", staticmethod(rows.milestone)
    fresh = {"active": False}


class TestCreditStatuses(ValuedContract):
    """Behaviour 10."""

    table, make = "credit_creditrequirementstatus", staticmethod(rows.credit_status)
    fresh = {"status": "", "reason": {}}


class TestLtiScores(ValuedContract):
    """Behaviour 10."""

    table, make = "lti_consumer_ltiagsscore", staticmethod(rows.lti_score)
    fresh = {
        "score_given": None,
        "score_maximum": None,
        "comment": None,
        "activity_progress": "Initialized",
        "grading_progress": "NotReady",
    }


class TestCriteria(ValuedContract):
    """Behaviour 10."""

    table, make = "openedx_learning_studentcompetencycriterionstatus", staticmethod(rows.criterion_status)
    fresh = {"status": 10}
    stamped = frozenset({"modified"})


class TestGroupsOfCriteria(ValuedContract):
    """Behaviour 10."""

    table, make = "openedx_learning_studentcompetencycriteriagroupstatus", staticmethod(rows.criteria_group_status)
    fresh = {"status": 10}
    stamped = frozenset({"modified"})


class TestExamSittings(OverridableContract):
    """Behaviour 10."""

    table, make, code = "proctoring_proctoredexamstudentattempt", staticmethod(rows.exam_sitting), "exam_sitting"


class TestExamReviews(OverridableContract):
    """Behaviour 10."""

    table, make, code = "proctoring_proctoredexamsoftwaresecurereview", staticmethod(rows.exam_review), "exam_sitting"


class TestTeamSubmissions(OverridableContract):
    """Behaviour 10."""

    table, make, code = "submissions_teamsubmission", staticmethod(rows.team_submission), "team_work"


class TestSharedFiles(OverridableContract):
    """Behaviour 10."""

    table, make, code = "assessment_sharedfileupload", staticmethod(rows.shared_file), "team_work"


class TestUploadedFiles(GuardingContract):
    """Behaviour 10."""

    table, make, code = "submissions_submission", staticmethod(rows.uploaded_file), "files_uploaded"


class TestCreditEligibility(OverridableContract):
    """Behaviour 10."""

    table, make, code = "credit_crediteligibility", staticmethod(rows.credit_eligibility), "credit_granted"


class TestCreditRequests(OverridableContract):
    """Behaviour 10."""

    table, make, code = "credit_creditrequest", staticmethod(rows.credit_request), "credit_granted"


def test_every_store_of_the_platform_is_under_contract() -> None:
    """One that is added without tests is found here; dates have tests of their own."""

    def tables(kind: type[_Contract]) -> set[str]:
        return (
            {vars(kind)["table"]} if "table" in vars(kind) else set().union(*map(tables, kind.__subclasses__()), set())
        )

    assert {store.name for store in PLATFORM_STORES} == tables(_Contract) | {"edx_when_userdate"}


#: Tables of learners' work with columns of their own for the keys of a course.
FIFTEEN = {
    "assessment_peerworkflow",
    "assessment_staffworkflow",
    "assessment_studenttrainingworkflow",
    "completion_aggregator_aggregator",
    "completion_aggregator_stalecompletion",
    "completion_blockcompletion",
    "courseware_offlinecomputedgrade",
    "courseware_studentfieldoverride",
    "courseware_studentmodule",
    "grades_persistentcoursegrade",
    "grades_persistentsubsectiongrade",
    "problem_builder_answer",
    "submissions_studentitem",
    "workflow_assessmentworkflow",
    "workflow_orareminder",
}


def test_behaviour_archive_the_fifteen_tables_with_keys_are_rekeyed() -> None:
    """And groups of experiments, where each attempt has its own; each under the contract of rekeyed tables above."""
    rekeyed = {store.name for store in PLATFORM_STORES if isinstance(store, RekeyedStore)}
    assert rekeyed == FIFTEEN | {"user_api_usercoursetag"}
    assert all(DECLARED[table].answer == "rekeyed" for table in rekeyed)


@pytest.mark.parametrize("make", [rows.assessment_workflow, rows.staff_workflow])
@pytest.mark.parametrize("form", ["str", "hex"])
def test_behaviour_keys_a_submission_is_named_with_hyphens_or_without(
    learner: Any, reset: Any, undo: Any, make: Any, form: str
) -> None:
    """Text in these tables, old rows without; a uuid in that of submissions."""
    row = make(learner, COURSE, 0)
    uuid = UUID(row.submission_uuid)
    type(row).objects.filter(pk=row.pk).update(submission_uuid=str(uuid) if form == "str" else uuid.hex)
    table = row._meta.db_table
    before = read_table(table)
    reset(learner)
    assert read_table(table)[row.pk]["course_id"] == "attempt-v1:Org+Course+Run+attempt@1"
    undo(learner)
    assert read_table(table) == before
