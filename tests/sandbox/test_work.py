"""Learners at work: what they leave in the tables, and that it fits together."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from completion.models import BlockCompletion
from completion.waffle import ENABLE_COMPLETION_TRACKING_SWITCH
from django.contrib.auth.models import AbstractBaseUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from edx_toggles.toggles.testutils import override_waffle_switch
from opaque_keys.edx.keys import AsideUsageKey, CourseKey
from opaque_keys.edx.locator import CourseLocator
from submissions.models import Score, StudentItem, Submission

from sandbox.content.completable import completable_block_count
from sandbox.content.models import CourseBlock
from sandbox.content.olx import import_course
from sandbox.courseware.models import StudentModule, StudentModuleHistory
from sandbox.student.models import AnonymousUserId, CourseEnrollment
from sandbox.work import enable_completion_tracking, enrol, grade, work

pytestmark = pytest.mark.django_db


def states(user: AbstractBaseUser, course_key: CourseKey) -> dict[str, tuple[str, Any, Any]]:
    """Return a learner's states and scores by key."""
    rows = StudentModule.objects.filter(student=user, course_id=course_key)
    return {str(row.module_state_key): (row.state, row.grade, row.max_grade) for row in rows}


def state_of(user: AbstractBaseUser, course_key: CourseKey, block_type: str, block_id: str) -> dict[str, Any]:
    """Return a learner's state of one block."""
    key = course_key.make_usage_key(block_type, block_id)
    return json.loads(StudentModule.objects.get(student=user, module_state_key=key).state)


def test_enrol(tides: CourseLocator, learner: AbstractBaseUser) -> None:
    """Enrolling twice is one enrolment, active, in the newest mode; it gives an anonymous id."""
    enrol(learner, tides)
    CourseEnrollment.objects.update(is_active=False)
    enrolment = enrol(learner, tides, mode="verified")
    assert CourseEnrollment.objects.get() == enrolment
    assert (enrolment.is_active, enrolment.mode) == (True, "verified")
    assert AnonymousUserId.objects.get().course_id == tides


def test_unknown_course_is_refused(db: None, learner: AbstractBaseUser) -> None:
    """Nobody can enrol or work in a course that is not there."""
    key = CourseKey.from_string("course-v1:No+Such+Course")
    with pytest.raises(ValueError, match="there is no course"):
        enrol(learner, key)
    with pytest.raises(ValueError, match="there is no course"):
        work(learner, key, random.Random(1), 1.0, 1.0)


@pytest.mark.parametrize(("effort", "skill"), [(-0.1, 0.5), (1.1, 0.5), (0.5, -1), (0.5, 2)])
def test_effort_and_skill_have_bounds(
    tides: CourseLocator, learner: AbstractBaseUser, effort: float, skill: float
) -> None:
    """Shares and chances go from 0.0 to 1.0."""
    with pytest.raises(ValueError, match=r"from 0\.0 to 1\.0"):
        work(learner, tides, random.Random(1), effort, skill)


def test_working_through_all_of_it(tides: CourseLocator, learner: AbstractBaseUser) -> None:
    """Full effort opens all units and completes all that one learner sees; full skill passes."""
    done = work(learner, tides, random.Random(1), 1.0, 1.0)
    assert (done.units, done.problems, done.blocks) == (15, 20, 35)
    assert done.completions == completable_block_count(tides) == BlockCompletion.objects.count()
    assert set(BlockCompletion.objects.values_list("completion", flat=True)) == {1.0}
    result = grade(learner, tides)
    assert (result.percent, result.letter) == (1.0, "Pass")


@pytest.mark.parametrize(("effort", "units"), [(0.0, 0), (0.01, 1), (0.4, 6), (1.0, 15)])
def test_effort_opens_a_share(tides: CourseLocator, learner: AbstractBaseUser, effort: float, units: int) -> None:
    """Units are opened in order, as many as the effort says."""
    assert work(learner, tides, random.Random(1), effort, 0.5).units == units
    opened = {row.module_state_key for row in StudentModule.objects.filter(module_type="vertical")}
    in_order = CourseBlock.objects.filter(block_type="vertical").order_by("position")[:units]
    assert opened == {block.usage_key for block in in_order}


def test_states_look_like_the_platforms(tides: CourseLocator, learner: AbstractBaseUser) -> None:
    """Each type of block saves what it saves on the platform; text saves nothing."""
    work(learner, tides, random.Random(5), 1.0, 0.5)
    assert state_of(learner, tides, "course", "course") == {"position": 4}
    assert state_of(learner, tides, "chapter", "the-breathing-sea") == {"position": 3}
    assert state_of(learner, tides, "sequential", "rhythm") == {"position": 3}
    assert set(state_of(learner, tides, "video", "video-twelfths")) == {"saved_video_position", "speed"}
    assert state_of(learner, tides, "poll", "poll-address")["submissions_count"] == 1
    selected = state_of(learner, tides, "library_content", "draw-shore-life")["selected"]
    assert len({tuple(pair) for pair in selected}) == 3
    answered = {
        key.block_id
        for key in StudentModule.objects.filter(module_type="problem").values_list("module_state_key", flat=True)
        if key.block_id.startswith("bank-")
    }
    assert answered == {block_id for _, block_id in selected}
    problem = state_of(learner, tides, "problem", "quiz-fundy")
    assert set(problem) == {"seed", "input_state", "student_answers", "correct_map", "attempts", "done", "score"}
    assert list(problem["correct_map"]) == ["quiz-fundy_2_1", "quiz-fundy_3_1"] == list(problem["student_answers"])
    assert not StudentModule.objects.filter(module_type="html").exists()


def test_scores_agree_with_states_and_histories(tides: CourseLocator, learner: AbstractBaseUser) -> None:
    """A problem's row, state and newest history say the same; each try left two entries, the first view one."""
    work(learner, tides, random.Random(5), 1.0, 0.5)
    rows = [row for row in StudentModule.objects.filter(module_type="problem") if row.grade is not None]
    assert len(rows) == 20
    for row in rows:
        state = json.loads(row.state)
        right = [entry["correctness"] for entry in state["correct_map"].values()].count("correct")
        assert row.grade == state["score"]["raw_earned"] == right
        assert row.max_grade == state["score"]["raw_possible"] == len(state["correct_map"])
        history = StudentModuleHistory.objects.filter(student_module=row).order_by("id")
        assert history.count() == 1 + 2 * state["attempts"]
        assert (history.last().state, history.last().grade) == (row.state, row.grade)


def test_max_attempts_is_kept(tides: CourseLocator, learner: AbstractBaseUser) -> None:
    """However often a learner comes back, a problem takes no more tries than it allows."""
    for seed in range(4):
        work(learner, tides, random.Random(seed), 1.0, 0.0)
    assert state_of(learner, tides, "problem", "exam-window")["attempts"] == 2
    assert state_of(learner, tides, "problem", "exam-height")["attempts"] == 3
    assert state_of(learner, tides, "problem", "quiz-words")["attempts"] > 3


def test_submissions_have_scores_under_the_anonymous_id(tides: CourseLocator, learner: AbstractBaseUser) -> None:
    """Some answers also go through the submissions tables, with the score of the state."""
    done = work(learner, tides, random.Random(5), 1.0, 0.5)
    assert done.submissions == Submission.objects.count() == Score.objects.count() > 0
    anonymous_id = AnonymousUserId.objects.get().anonymous_user_id
    for item in StudentItem.objects.all():
        assert (item.student_id, item.course_id) == (anonymous_id, str(tides))
        row = StudentModule.objects.get(module_state_key=item.item_id)
        score = Score.objects.get(student_item=item)
        assert (score.points_earned, score.points_possible) == (row.grade, row.max_grade)


def test_asides_save_state_of_their_own(tides: CourseLocator, learner: AbstractBaseUser) -> None:
    """Over some learners' work both versions of aside keys appear, each around a block of the course."""
    for seed in range(4):
        work(learner, tides, random.Random(seed), 1.0, 0.5)
    keys = [
        key
        for key in StudentModule.objects.values_list("module_state_key", flat=True)
        if isinstance(key, AsideUsageKey)
    ]
    assert {key.CANONICAL_NAMESPACE for key in keys} == {"aside-usage-v1", "aside-usage-v2"}
    assert all(CourseBlock.objects.filter(usage_key=key.usage_key).exists() for key in keys)


def test_same_seed_same_work(tides: CourseLocator, learner: AbstractBaseUser, django_user_model) -> None:
    """Two learners with the same seed leave the same states; another seed leaves others."""
    twin, other = (django_user_model.objects.create(username=name) for name in ("bob", "cleo"))
    done = [work(user, tides, random.Random(seed), 0.8, 0.6) for user, seed in ((learner, 7), (twin, 7), (other, 8))]
    assert done[0] == done[1]
    assert states(learner, tides) == states(twin, tides)
    assert grade(learner, tides) == grade(twin, tides)
    assert states(other, tides) != states(learner, tides)


def test_working_again_carries_on(tides: CourseLocator, learner: AbstractBaseUser) -> None:
    """A second session adds no rows where there are some, keeps the draw and what was right, and counts tries on."""
    work(learner, tides, random.Random(1), 1.0, 0.5)
    before = states(learner, tides)
    drawn = state_of(learner, tides, "library_content", "draw-shore-life")
    completions = set(BlockCompletion.objects.values_list("id", flat=True))
    work(learner, tides, random.Random(2), 1.0, 0.5)
    after = states(learner, tides)
    assert {key for key in after.keys() - before.keys() if not key.startswith("aside")} == set()
    assert state_of(learner, tides, "library_content", "draw-shore-life") == drawn
    assert set(BlockCompletion.objects.values_list("id", flat=True)) == completions
    assert all(after[key][1] >= earned for key, (_, earned, _) in before.items() if earned is not None)


def test_working_again_from_nothing(tides: CourseLocator, learner: AbstractBaseUser) -> None:
    """When a learner's rows are under another key, new ones appear under the plain key and the old ones stay."""
    work(learner, tides, random.Random(1), 1.0, 0.5)
    first = states(learner, tides)
    elsewhere = CourseKey.from_string(f"{tides}-elsewhere")
    for row in StudentModule.objects.all():
        moved = elsewhere.make_usage_key("problem", f"moved-{row.pk}")
        StudentModule.objects.filter(pk=row.pk).update(course_id=elsewhere, module_state_key=moved)
    work(learner, tides, random.Random(1), 1.0, 0.5)
    assert states(learner, tides) == first
    assert len(states(learner, elsewhere)) == len(first)


def test_without_the_switch_nothing_is_completed(small: CourseLocator, learner: AbstractBaseUser) -> None:
    """Completion is refused while tracking is off, and the unit's transaction leaves nothing behind."""
    with override_waffle_switch(ENABLE_COMPLETION_TRACKING_SWITCH, active=False), pytest.raises(RuntimeError):
        work(learner, small, random.Random(1), 1.0, 1.0)
    assert not StudentModule.objects.exists()


def test_the_switch_can_be_turned_on_again(small: CourseLocator, learner: AbstractBaseUser) -> None:
    """Turning it on twice is no mistake."""
    enable_completion_tracking()
    assert work(learner, small, random.Random(1), 1.0, 1.0).completions == 2


def test_no_delete_and_only_plain_keys(tides: CourseLocator, learner: AbstractBaseUser) -> None:
    """Work and grades issue no DELETE, and every row they write is under the plain course key."""
    with CaptureQueriesContext(connection) as queries:
        work(learner, tides, random.Random(1), 1.0, 0.9)
        grade(learner, tides)
    assert not [query["sql"] for query in queries if query["sql"].lstrip().upper().startswith("DELETE")]
    assert set(StudentModule.objects.values_list("course_id", flat=True)) == {tides}
    assert set(BlockCompletion.objects.values_list("context_key", flat=True)) == {tides}


def test_all_of_the_demo_course(demo_archive: Any, learner: AbstractBaseUser) -> None:
    """A large public course can be worked through, whatever its blocks are."""
    enable_completion_tracking()
    key = import_course(demo_archive).key
    done = work(learner, key, random.Random(1), 1.0, 1.0)
    assert (done.units, done.completions) == (58, completable_block_count(key))
    assert grade(learner, key).passed
