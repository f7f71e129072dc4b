"""The contract, for every store of the platform and its packages."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from freezegun import freeze_time

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

pytestmark = pytest.mark.django_db


class TestStates(BlockKeyedContract):
    table, make = "courseware_studentmodule", staticmethod(rows.state)


class TestCompletions(BlockKeyedContract):
    table, make = "completion_blockcompletion", staticmethod(rows.completion)


class TestAggregators(BlockKeyedContract):
    table, make = "completion_aggregator_aggregator", staticmethod(rows.aggregator)


class TestStaleCompletions(BlockKeyedContract):
    table, make = "completion_aggregator_stalecompletion", staticmethod(rows.stale_completion)
    at_rest = {"resolved": True}


class TestSubsectionGrades(BlockKeyedContract):
    table, make = "grades_persistentsubsectiongrade", staticmethod(rows.subsection_grade)


class TestCourseGrades(RekeyedContract):
    table, make, many = "grades_persistentcoursegrade", staticmethod(rows.course_grade), False


class TestComputedGrades(RekeyedContract):
    table, make, many = "courseware_offlinecomputedgrade", staticmethod(rows.computed_grade), False


class TestStudentItems(BlockKeyedContract):
    table, make = "submissions_studentitem", staticmethod(rows.student_item)


class TestAssessmentWorkflows(BlockKeyedContract):
    table, make = "workflow_assessmentworkflow", staticmethod(rows.assessment_workflow)


class TestPeerWorkflows(BlockKeyedContract):
    table, make = "assessment_peerworkflow", staticmethod(rows.peer_workflow)


class TestTrainingWorkflows(BlockKeyedContract):
    table, make = "assessment_studenttrainingworkflow", staticmethod(rows.training_workflow)


class TestStaffWorkflows(BlockKeyedContract):
    table, make = "assessment_staffworkflow", staticmethod(rows.staff_workflow)


class TestReminders(BlockKeyedContract):
    table, make = "workflow_orareminder", staticmethod(rows.reminder)
    at_rest = {"is_active": False}


class TestFieldOverrides(BlockKeyedContract):
    table, make = "courseware_studentfieldoverride", staticmethod(rows.field_override)


class TestBuilderAnswers(RekeyedContract):
    table, make = "problem_builder_answer", staticmethod(rows.builder_answer)


class TestExperimentGroups(RekeyedContract):
    """Where the policy says so."""

    table, make = "user_api_usercoursetag", staticmethod(rows.course_tag)

    @pytest.fixture
    def policy(self, db: None) -> Any:
        return PolicyFactory(experiments="redraw")


class TestSchedules(ValuedContract):
    """In a self-paced course."""

    table, make, many = "schedules_schedule", staticmethod(rows.schedule), False
    moment = timezone.now().replace(microsecond=123456)
    fresh = {"start_date": moment}

    @pytest.fixture(autouse=True)
    def _self_paced_now(self, learner: Any) -> Any:
        CourseOverview.objects.filter(id=COURSE).update(self_paced=True)
        with freeze_time(self.moment):
            yield


class TestCelebrations(ValuedContract):
    table, make, many = "student_courseenrollmentcelebration", staticmethod(rows.celebration), False
    fresh = {"celebrate_first_section": True, "celebrate_weekly_goal": True}


class TestMilestones(ValuedContract):
    table, make = "milestones_usermilestone", staticmethod(rows.milestone)
    fresh = {"active": False}


class TestCreditStatuses(ValuedContract):
    table, make = "credit_creditrequirementstatus", staticmethod(rows.credit_status)
    fresh = {"status": "", "reason": {}}


class TestLtiScores(ValuedContract):
    table, make = "lti_consumer_ltiagsscore", staticmethod(rows.lti_score)
    fresh = {
        "score_given": None,
        "score_maximum": None,
        "comment": None,
        "activity_progress": "Initialized",
        "grading_progress": "NotReady",
    }


class TestCriteria(ValuedContract):
    table, make = "openedx_learning_studentcompetencycriterionstatus", staticmethod(rows.criterion_status)
    fresh = {"status": 10}
    stamped = frozenset({"modified"})


class TestGroupsOfCriteria(ValuedContract):
    table, make = "openedx_learning_studentcompetencycriteriagroupstatus", staticmethod(rows.criteria_group_status)
    fresh = {"status": 10}
    stamped = frozenset({"modified"})


class TestExamSittings(OverridableContract):
    table, make, code = "proctoring_proctoredexamstudentattempt", staticmethod(rows.exam_sitting), "exam_sitting"


class TestExamReviews(OverridableContract):
    table, make, code = "proctoring_proctoredexamsoftwaresecurereview", staticmethod(rows.exam_review), "exam_sitting"


class TestTeamSubmissions(OverridableContract):
    table, make, code = "submissions_teamsubmission", staticmethod(rows.team_submission), "team_work"


class TestSharedFiles(OverridableContract):
    table, make, code = "assessment_sharedfileupload", staticmethod(rows.shared_file), "team_work"


class TestUploadedFiles(GuardingContract):
    table, make, code = "submissions_submission", staticmethod(rows.uploaded_file), "files_uploaded"


class TestCreditEligibility(OverridableContract):
    table, make, code = "credit_crediteligibility", staticmethod(rows.credit_eligibility), "credit_granted"


class TestCreditRequests(OverridableContract):
    table, make, code = "credit_creditrequest", staticmethod(rows.credit_request), "credit_granted"


def test_every_store_of_the_platform_is_under_contract() -> None:
    """One that is added without tests is found here; dates have tests of their own."""

    def tables(kind: type[_Contract]) -> set[str]:
        return (
            {vars(kind)["table"]} if "table" in vars(kind) else set().union(*map(tables, kind.__subclasses__()), set())
        )

    assert {store.name for store in PLATFORM_STORES} == tables(_Contract) | {"edx_when_userdate"}
