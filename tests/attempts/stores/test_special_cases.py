"""What the contract does not say: dates, kept groups and schedules, rows of teams, rows that travel."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from completion.models import BlockCompletion
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import connection
from edx_when.models import UserDate
from lti_consumer.lti_1p3.extensions.rest_framework.serializers import LtiAgsScoreSerializer
from milestones import api as milestones

from attempts import api
from sandbox.course_overviews.models import CourseOverview
from sandbox.courseware.models import StudentModule
from sandbox.schedules.models import Schedule
from sandbox.user_api.models import UserCourseTag
from tests.attempts.stores import rows
from tests.factories import COURSE, LOOKALIKE, CourseFactory, EnrolmentFactory, PolicyFactory, StateFactory, enrolled
from tests.snapshots import read_table

pytestmark = pytest.mark.django_db


def in_force(learner: Any) -> dict[Any, Any]:
    """The learner's own dates as edx-when reads them: the newest row for each date of the course counts."""
    dates = {row.content_date_id: row.abs_date for row in UserDate.objects.filter(user=learner).order_by("modified")}
    return {content_date: date for content_date, date in dates.items() if date is not None}


def test_behaviour_10_no_extension_of_the_old_attempt_is_in_force(learner: Any, reset: Any, undo: Any) -> None:
    """They come back with it; no row is changed, the newest one counts."""
    older, newer = (rows.user_date(learner, COURSE, 0) for _ in range(2))
    other_block = rows.user_date(learner, COURSE, 1)
    cancelled = rows.user_date(learner, COURSE, 2)
    rows.user_date(learner, COURSE, 2, abs_date=None)
    before, table = in_force(learner), read_table("edx_when_userdate")
    assert before == {row.content_date_id: row.abs_date for row in (newer, other_block)}
    assert cancelled.content_date_id not in before
    moved = reset(learner).rows["edx_when_userdate"]
    assert (moved.archived, in_force(learner)) == (2, {})
    assert undo(learner).rows["edx_when_userdate"].restored == 2
    assert in_force(learner) == before
    now = read_table("edx_when_userdate")
    assert {key: now[key] for key in table} == table
    assert older.pk in now


def test_an_extension_of_the_new_attempt_is_its_own(learner: Any, reset: Any, undo: Any, activate: Any) -> None:
    """For the same date as one of the old attempt, and for another."""
    first = rows.user_date(learner, COURSE, 0)
    reset(learner)
    again, another = rows.user_date(learner, COURSE, 0), rows.user_date(learner, COURSE, 1)
    of_second = in_force(learner)
    assert of_second == {row.content_date_id: row.abs_date for row in (again, another)}
    undo(learner)
    assert in_force(learner) == {first.content_date_id: first.abs_date}
    activate(learner, 2)
    assert in_force(learner) == of_second


def test_dates_of_others_stay_in_force(learner: Any, reset: Any) -> None:
    """Another learner's, and this one's in a course whose key begins alike."""
    EnrolmentFactory(user=learner, course=CourseFactory(id=LOOKALIKE))
    other, elsewhere = enrolled(COURSE), rows.user_date(learner, LOOKALIKE, 0)
    of_other = rows.user_date(other, COURSE, 0)
    rows.user_date(learner, COURSE, 0)
    reset(learner)
    assert in_force(learner) == {elsewhere.content_date_id: elsewhere.abs_date}
    assert in_force(other) == {of_other.content_date_id: of_other.abs_date}


def test_groups_are_kept_by_default(learner: Any, reset: Any, undo: Any) -> None:
    """The new attempt has a copy of its own, so that whatever happens to it later is not the old one's."""
    tag = rows.course_tag(learner, COURSE, 0)
    before = read_table("user_api_usercoursetag")
    assert reset(learner).rows["user_api_usercoursetag"].archived == 1
    copy = UserCourseTag.objects.get(user=learner, course_id=COURSE)
    assert (copy.key, copy.value) == (tag.key, tag.value)
    assert copy.pk != tag.pk
    undo(learner)
    now = read_table("user_api_usercoursetag")
    assert {key: now[key] for key in before} == before
    assert now[copy.pk]["course_id"] == "attempt-v1:Org+Course+Run+attempt@2"


def test_groups_come_back_though_the_policy_changed(learner: Any, policy: Any, reset: Any, undo: Any) -> None:
    """Archived while it said so, and then it says otherwise."""
    policy.experiments = "redraw"
    policy.save()
    rows.course_tag(learner, COURSE, 0)
    before = read_table("user_api_usercoursetag")
    reset(learner)
    drawn = rows.course_tag(learner, COURSE, 0)
    policy.experiments = "keep"
    policy.save()
    undo(learner)
    now = read_table("user_api_usercoursetag")
    assert {key: now[key] for key in before} == before
    assert now[drawn.pk]["course_id"] == "attempt-v1:Org+Course+Run+attempt@2"


@pytest.mark.parametrize(("self_paced", "schedule"), [(False, "restart"), (True, "keep")])
def test_a_schedule_that_is_kept(db: None, reset: Any, self_paced: bool, schedule: str) -> None:
    """In a course with fixed dates, or where the policy says so."""
    PolicyFactory(schedule=schedule)
    learner = enrolled(COURSE)
    CourseOverview.objects.filter(id=COURSE).update(self_paced=self_paced)
    before = rows.schedule(learner, COURSE, 0).start_date
    reset(learner)
    assert Schedule.objects.get(enrollment__user=learner).start_date == before


def test_a_schedule_does_not_start_before_its_course(learner: Any, reset: Any) -> None:
    """Somebody reset before the start, where that is allowed."""
    rows.schedule(learner, COURSE, 0)
    course = CourseOverview.objects.get(id=COURSE)
    course.start = course.end - timedelta(days=10)
    course.self_paced = True
    course.save()
    reset(learner, override=["course_not_started"])
    assert Schedule.objects.get(enrollment__user=learner).start_date == course.start


def test_what_belongs_to_a_team_is_not_rewritten(learner: Any, reset: Any) -> None:
    """Only the learner's own item is; workflows of the team, and the team's submission, are its members' too."""
    found = rows.team_submission(learner, COURSE, 0)
    own = found.submissions.get()
    shared = {
        "workflow.TeamAssessmentWorkflow": "workflow_assessmentworkflow",
        "assessment.TeamStaffWorkflow": "assessment_staffworkflow",
    }
    for label in shared:
        apps.get_model(label)._base_manager.create(
            submission_uuid=str(own.uuid),
            team_submission_uuid=str(found.uuid),
            course_id=str(COURSE),
            item_id=str(rows.block(COURSE, 0)),
        )
    tables = [*shared.values(), "submissions_teamsubmission", "submissions_submission"]
    before = {table: read_table(table) for table in tables}
    reset(learner, override=["team_work"])
    assert {table: read_table(table) for table in tables} == before
    [item] = read_table("submissions_studentitem").values()
    assert item["course_id"] == "attempt-v1:Org+Course+Run+attempt@1"


def test_q28_a_new_attempt_opens_at_the_first_unit(learner: Any, reset: Any, undo: Any) -> None:
    """Behaviour 4.5. The last place is state of course, section and subsection; undo brings it back."""
    places = []
    for block_type in ("course", "chapter", "sequential"):
        key = COURSE.make_usage_key(block_type, "x")
        state = StateFactory(student=learner, module_type=block_type, module_state_key=key, state='{"position": 3}')
        places.append(state.pk)
    rows.completion(learner, COURSE, 0)

    def remembered() -> list[int]:
        return list(StudentModule.objects.filter(student=learner, course_id=COURSE).values_list("pk", flat=True))

    assert sorted(remembered()) == sorted(places)
    reset(learner)
    assert remembered() == []
    assert BlockCompletion.get_latest_block_completed(learner, COURSE) is None
    undo(learner)
    assert sorted(remembered()) == sorted(places)
    assert BlockCompletion.get_latest_block_completed(learner, COURSE).block_key == rows.block(COURSE, 0)


def test_q82_a_gate_is_closed_again_and_open_again_after_undo(learner: Any, reset: Any, undo: Any) -> None:
    """As the milestones app itself answers; a milestone of the whole course, which opens other courses, stays."""
    gate = rows.milestone(learner, COURSE, 0).milestone
    whole = apps.get_model("milestones.Milestone").objects.create(namespace=str(COURSE), name="the course")
    kind = apps.get_model("milestones.MilestoneRelationshipType").objects.get(name="fulfills")
    apps.get_model("milestones.CourseMilestone").objects.create(
        course_id=str(COURSE), milestone=whole, milestone_relationship_type=kind
    )
    apps.get_model("milestones.UserMilestone").objects.create(user_id=learner.pk, milestone=whole, source="")

    def fulfilled() -> set[int]:
        # The package takes a namespace and returns the milestones of all of them.
        return {one["id"] for one in milestones.get_user_milestones({"id": learner.pk}, gate.namespace)}

    assert fulfilled() == {gate.pk, whole.pk}
    reset(learner)
    assert fulfilled() == {whole.pk}
    undo(learner)
    assert fulfilled() == {gate.pk, whole.pk}


def test_behaviour_10_the_entrance_exam_has_to_be_passed_again(learner: Any, reset: Any, undo: Any) -> None:
    """It is content that fulfils what the course itself asks for, by the milestones app's own account."""
    exam = rows.milestone(learner, COURSE, 0).milestone
    apps.get_model("milestones.MilestoneRelationshipType").objects.create(name="requires")
    milestones.add_course_milestone(str(COURSE), "requires", {"id": exam.pk})

    def missing() -> list[str]:
        return sorted(milestones.get_course_milestones_fulfillment_paths(str(COURSE), {"id": learner.pk}))

    assert missing() == []
    reset(learner)
    assert missing() == [f"{exam.namespace}.{exam.name}"]
    undo(learner)
    assert missing() == []


def test_behaviour_10_a_tool_sends_the_old_score_again(learner: Any, reset: Any) -> None:
    """The time of the score it has sent stays, and turns it away; what it grades later counts in the new attempt."""
    row = rows.lti_score(learner, COURSE, 0)
    reset(learner)
    before, row = row.timestamp, type(row).objects.get(pk=row.pk)
    assert (row.timestamp, row.score_given) == (before, None)

    def taken(timestamp: Any) -> bool:
        sent = {
            "timestamp": timestamp.isoformat(),
            "scoreGiven": 7.25,
            "scoreMaximum": 10,
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
            "userId": row.user_id,
        }
        return LtiAgsScoreSerializer(instance=row, data=sent).is_valid()

    assert not taken(before)
    assert taken(before + timedelta(minutes=1))


def test_behaviour_6_completion_of_a_learner_renamed_meanwhile_is_added_up_anew(
    learner: Any, reset: Any, undo: Any
) -> None:
    """A row that is found by name stays behind under the old one; the course is asked for under the new one."""
    row = rows.stale_completion(learner, COURSE, 0)
    reset(learner)
    get_user_model().objects.filter(pk=learner.pk).update(username="renamed")
    undo(learner)
    left, asked = read_table("completion_aggregator_stalecompletion").values()
    assert (left["id"], left["course_key"], left["resolved"]) == (row.pk, "attempt-v1:Org+Course+Run+attempt@1", 1)
    assert (asked["username"], asked["course_key"], asked["force"], asked["resolved"]) == ("renamed", str(COURSE), 1, 0)


def test_behaviour_keys_what_was_taken_back_travels_with_its_item(learner: Any, reset: Any, undo: Any) -> None:
    """Submissions that the platform has deleted are marked, and hidden from its own manager."""
    taken_back = rows.submission(learner, COURSE, 0, status="D")
    workflow = apps.get_model("workflow.AssessmentWorkflow").objects.create(
        submission_uuid=str(taken_back.uuid),
        status="cancelled",
        course_id=str(COURSE),
        item_id=str(rows.block(COURSE, 0)),
    )
    tables = ("submissions_submission", "submissions_studentitem", "workflow_assessmentworkflow")
    before = {table: read_table(table) for table in tables}
    assert not type(taken_back).objects.filter(pk=taken_back.pk).exists()
    moved = reset(learner).rows
    assert (moved["submissions_studentitem"].archived, moved["workflow_assessmentworkflow"].archived) == (1, 1)
    assert read_table("submissions_submission") == before["submissions_submission"]
    assert read_table("workflow_assessmentworkflow")[workflow.pk]["course_id"] == "attempt-v1:Org+Course+Run+attempt@1"
    undo(learner)
    assert {table: read_table(table) for table in tables} == before


@pytest.mark.parametrize("nothing", [None, ""])
def test_behaviour_keys_a_row_without_a_block(learner: Any, reset: Any, undo: Any, nothing: str | None) -> None:
    """The key field writes an empty text for none; NULL is there from elsewhere. Both stay what they are."""
    row = rows.stale_completion(learner, COURSE, 0, force=True)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE completion_aggregator_stalecompletion SET block_key = %s", [nothing])
    before = read_table("completion_aggregator_stalecompletion")
    done = reset(learner).rows["completion_aggregator_stalecompletion"]
    assert (done.archived, done.foreign) == (1, 0)
    archived = read_table("completion_aggregator_stalecompletion")[row.pk]
    assert (archived["course_key"], archived["block_key"]) == ("attempt-v1:Org+Course+Run+attempt@1", nothing)
    assert list(api.verify(learner, COURSE)) == []
    assert undo(learner).rows["completion_aggregator_stalecompletion"].restored == 1
    assert read_table("completion_aggregator_stalecompletion") == before
