"""One row of a learner in each table, made through the host's models.

Every function takes a learner, a course and a number, makes the row that belongs to block ``number`` of the course, and
returns it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey, UsageKey

from sandbox.student.models import CourseEnrollment, anonymous_id_for_user
from tests.factories import CompletionFactory, CourseGradeFactory, StateFactory, SubsectionGradeFactory


def block(course_key: CourseKey, number: int) -> UsageKey:
    """Return the key of a block."""
    return course_key.make_usage_key("problem", f"b{number}")


def _make(label: str, /, **values: Any) -> Any:
    return apps.get_model(label)._base_manager.create(**values)


def _got(label: str, /, **values: Any) -> Any:
    return apps.get_model(label)._base_manager.get_or_create(**values)[0]


def _text_keys(learner: Any, course_key: CourseKey, number: int) -> dict[str, str]:
    """Return the keys of tables that hold them as plain texts."""
    return {
        "student_id": anonymous_id_for_user(learner, course_key),
        "course_id": str(course_key),
        "item_id": str(block(course_key, number)),
    }


def _without_student(keys: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in keys.items() if name != "student_id"}


def _enrolment(learner: Any, course_key: CourseKey) -> CourseEnrollment:
    return CourseEnrollment.objects.get(user=learner, course_id=course_key)


# ---------------------------------------------------------------------------------------------------------------------
# Rekeyed


def state(learner: Any, course_key: CourseKey, number: int) -> Any:
    return StateFactory(student=learner, course_id=course_key, module_state_key=block(course_key, number))


def completion(learner: Any, course_key: CourseKey, number: int) -> Any:
    return CompletionFactory(user=learner, context_key=course_key, block_key=block(course_key, number))


def aggregator(learner: Any, course_key: CourseKey, number: int) -> Any:
    return _make(
        "completion_aggregator.Aggregator",
        user=learner,
        course_key=course_key,
        block_key=block(course_key, number),
        aggregation_name="chapter",
        earned=1,
        possible=2,
        percent=0.5,
        last_modified=timezone.now(),
    )


def stale_completion(learner: Any, course_key: CourseKey, number: int, **values: Any) -> Any:
    return _make(
        "completion_aggregator.StaleCompletion",
        username=learner.username,
        course_key=course_key,
        **{"block_key": block(course_key, number), **values},
    )


def subsection_grade(learner: Any, course_key: CourseKey, number: int) -> Any:
    return SubsectionGradeFactory(user_id=learner.pk, course_id=course_key, usage_key=block(course_key, number))


def course_grade(learner: Any, course_key: CourseKey, number: int) -> Any:
    return CourseGradeFactory(user_id=learner.pk, course_id=course_key)


def computed_grade(learner: Any, course_key: CourseKey, number: int) -> Any:
    return _make("courseware.OfflineComputedGrade", user=learner, course_id=course_key, gradeset="{}")


def student_item(learner: Any, course_key: CourseKey, number: int) -> Any:
    return _make("submissions.StudentItem", item_type="openassessment", **_text_keys(learner, course_key, number))


def submission(learner: Any, course_key: CourseKey, number: int, **values: Any) -> Any:
    """Hand something in; the item is made with it."""
    keys = _text_keys(learner, course_key, number)
    item = _got("submissions.StudentItem", item_type="openassessment", **keys)
    return _make("submissions.Submission", student_item=item, attempt_number=1, answer={"text": "an essay"}, **values)


def assessment_workflow(learner: Any, course_key: CourseKey, number: int) -> Any:
    return _make(
        "workflow.AssessmentWorkflow",
        submission_uuid=str(submission(learner, course_key, number).uuid),
        status="waiting",
        **_without_student(_text_keys(learner, course_key, number)),
    )


def peer_workflow(learner: Any, course_key: CourseKey, number: int) -> Any:
    keys = _text_keys(learner, course_key, number)
    return _make("assessment.PeerWorkflow", submission_uuid=str(uuid4()), **keys)


def training_workflow(learner: Any, course_key: CourseKey, number: int) -> Any:
    keys = _text_keys(learner, course_key, number)
    return _make("assessment.StudentTrainingWorkflow", submission_uuid=str(uuid4()), **keys)


def staff_workflow(learner: Any, course_key: CourseKey, number: int) -> Any:
    """In the form of very old rows, whose uuid has no hyphens."""
    return _make(
        "assessment.StaffWorkflow",
        submission_uuid=submission(learner, course_key, number).uuid.hex,
        **_without_student(_text_keys(learner, course_key, number)),
    )


def reminder(learner: Any, course_key: CourseKey, number: int, **values: Any) -> Any:
    """One that is due."""
    handed_in = timezone.now() - timedelta(days=2)
    values = {"submission_uuid": str(uuid4()), "is_active": True, "next_reminder_at": handed_in, **values}
    return _make(
        "workflow.ORAReminder",
        user=learner,
        course_id=course_key,
        ora_usage_key=block(course_key, number),
        submission_time=handed_in,
        **values,
    )


def field_override(learner: Any, course_key: CourseKey, number: int) -> Any:
    return _make(
        "courseware.StudentFieldOverride",
        student=learner,
        course_id=course_key,
        location=block(course_key, number),
        field="due",
        value='"2030-01-01"',
    )


def builder_answer(learner: Any, course_key: CourseKey, number: int) -> Any:
    return _make(
        "problem_builder.Answer",
        student_id=anonymous_id_for_user(learner, course_key),
        course_key=str(course_key),
        name=f"answer {number}",
        student_input="a thought",
    )


def course_tag(learner: Any, course_key: CourseKey, number: int) -> Any:
    key = f"xblock.partition_service.partition_{number}"
    return _make("user_api.UserCourseTag", user=learner, course_id=course_key, key=key, value="1")


# ---------------------------------------------------------------------------------------------------------------------
# Valued


def schedule(learner: Any, course_key: CourseKey, number: int) -> Any:
    began = timezone.now() - timedelta(days=90)
    return _make("schedules.Schedule", enrollment=_enrolment(learner, course_key), start_date=began)


def celebration(learner: Any, course_key: CourseKey, number: int) -> Any:
    return _make(
        "student.CourseEnrollmentCelebration",
        enrollment=_enrolment(learner, course_key),
        celebrate_first_section=False,
        celebrate_weekly_goal=False,
    )


def milestone(learner: Any, course_key: CourseKey, number: int) -> Any:
    """Fulfil the milestone that block ``number`` gives."""
    key = block(course_key, number)
    found = _got("milestones.Milestone", namespace=f"{key}.gating", name="Gating milestone")
    fulfils = _got("milestones.MilestoneRelationshipType", name="fulfills")
    _got(
        "milestones.CourseContentMilestone",
        course_id=str(course_key),
        content_id=str(key),
        milestone=found,
        milestone_relationship_type=fulfils,
    )
    return _make("milestones.UserMilestone", user_id=learner.pk, milestone=found, source="", collected=timezone.now())


def _content_date(course_key: CourseKey, number: int) -> Any:
    policy = _got("edx_when.DatePolicy", abs_date=datetime(2030, 1, 1, number, tzinfo=UTC))
    key = block(course_key, number)
    return _got("edx_when.ContentDate", course_id=course_key, location=key, field="due", policy=policy)


def user_date(learner: Any, course_key: CourseKey, number: int, **values: Any) -> Any:
    values = {"abs_date": timezone.now() + timedelta(days=9), "reason": "was ill", **values}
    return _make("edx_when.UserDate", user=learner, content_date=_content_date(course_key, number), **values)


def _credit_course(course_key: CourseKey) -> Any:
    return _got("credit.CreditCourse", course_key=course_key)


def credit_status(learner: Any, course_key: CourseKey, number: int) -> Any:
    requirement = _got(
        "credit.CreditRequirement",
        course=_credit_course(course_key),
        namespace="grade",
        name=str(block(course_key, number)),
        defaults={"criteria": {}},
    )
    return _make(
        "credit.CreditRequirementStatus",
        username=learner.username,
        requirement=requirement,
        status="satisfied",
        reason={"final_grade": 0.9},
    )


def external_id(learner: Any) -> Any:
    """Return the id under which tools know a learner."""
    kind = _got("external_user_ids.ExternalIdType", name="lti", description="Learning tools")
    return _got("external_user_ids.ExternalId", user=learner, external_id_type=kind)


def lti_score(learner: Any, course_key: CourseKey, number: int) -> Any:
    line_item = _got(
        "lti_consumer.LtiAgsLineItem",
        resource_link_id=course_key.make_usage_key("lti_consumer", f"b{number}"),
        label="quiz",
        score_maximum=10,
    )
    return _make(
        "lti_consumer.LtiAgsScore",
        line_item=line_item,
        user_id=str(external_id(learner).external_user_id),
        timestamp=timezone.now(),
        score_given=7.25,
        score_maximum=10,
        comment="well done",
        activity_progress="Completed",
        grading_progress="FullyGraded",
    )


_DEMONSTRATED = 30


def _course_group(course_key: CourseKey) -> Any:
    for pk, name in ((10, "AttemptedNotDemonstrated"), (20, "PartiallyAttempted"), (30, "Demonstrated")):
        _got("openedx_learning.CompetencyMasteryStatus", pk=pk, status=name)
    run = _got("openedx_catalog.CourseRun", course_key=course_key)
    return _got("openedx_learning.CompetencyCriteriaGroup", course=run, name="the course", tag_id=1)


def criterion_status(learner: Any, course_key: CourseKey, number: int) -> Any:
    """Of a group below the one that names the course."""
    group = _got("openedx_learning.CompetencyCriteriaGroup", parent=_course_group(course_key), name="a part", tag_id=1)
    criterion = _got("openedx_learning.CompetencyCriterion", group=group, object_tag_id=number)
    return _make(
        "openedx_learning.StudentCompetencyCriterionStatus", user=learner, criterion=criterion, status_id=_DEMONSTRATED
    )


def criteria_group_status(learner: Any, course_key: CourseKey, number: int) -> Any:
    """Of the group that names the course, or of one below it."""
    group = _course_group(course_key)
    if number:
        group = _got("openedx_learning.CompetencyCriteriaGroup", parent=group, name=f"part {number}", tag_id=1)
    return _make(
        "openedx_learning.StudentCompetencyCriteriaGroupStatus", user=learner, group=group, status_id=_DEMONSTRATED
    )


# ---------------------------------------------------------------------------------------------------------------------
# Guarding


def _exam(course_key: CourseKey, number: int) -> Any:
    return _got(
        "edx_proctoring.ProctoredExam",
        course_id=str(course_key),
        content_id=str(block(course_key, number)),
        exam_name="final",
        time_limit_mins=60,
    )


def exam_sitting(learner: Any, course_key: CourseKey, number: int) -> Any:
    exam = _exam(course_key, number)
    return _make("edx_proctoring.ProctoredExamStudentAttempt", user=learner, proctored_exam=exam, status="submitted")


def exam_review(learner: Any, course_key: CourseKey, number: int) -> Any:
    return _make(
        "edx_proctoring.ProctoredExamSoftwareSecureReview",
        attempt_code=str(uuid4()),
        review_status="Clean",
        raw_data="{}",
        exam=_exam(course_key, number),
        student=learner,
    )


def team_submission(learner: Any, course_key: CourseKey, number: int) -> Any:
    keys = _without_student(_text_keys(learner, course_key, number))
    found = _make("submissions.TeamSubmission", attempt_number=1, team_id="a-team", submitted_by=learner, **keys)
    submission(learner, course_key, number, team_submission=found)
    return found


def shared_file(learner: Any, course_key: CourseKey, number: int) -> Any:
    keys = _text_keys(learner, course_key, number)
    return _make(
        "assessment.SharedFileUpload",
        owner_id=keys.pop("student_id"),
        team_id="a-team",
        file_key=str(uuid4()),
        size=1,
        **keys,
    )


def uploaded_file(learner: Any, course_key: CourseKey, number: int) -> Any:
    found = submission(learner, course_key, number)
    found.answer = {"file_keys": [f"{found.student_item.student_id}/{course_key}/{block(course_key, number)}"]}
    found.save()
    return found


def credit_eligibility(learner: Any, course_key: CourseKey, number: int) -> Any:
    return _make("credit.CreditEligibility", username=learner.username, course=_credit_course(course_key))


def credit_request(learner: Any, course_key: CourseKey, number: int) -> Any:
    return _make(
        "credit.CreditRequest",
        uuid=uuid4().hex,
        username=learner.username,
        course=_credit_course(course_key),
        provider=_got("credit.CreditProvider", provider_id="college", display_name="College"),
        parameters={},
    )
