"""What changed from one attempt to another."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from submissions import api as submissions

from attempts import api
from attempts.adapters import read_steadily
from attempts.data import AttemptData, BlockComparison
from attempts.exceptions import NotComparable, OperationInFlight
from attempts.models import LearnerCourse
from sandbox.grades.models import PersistentSubsectionGradeOverride
from sandbox.student.models import anonymous_id_for_user
from tests.factories import (
    COURSE,
    LOOKALIKE,
    CompletionFactory,
    CourseGradeFactory,
    StateFactory,
    SubsectionGradeFactory,
    enrolled,
)

pytestmark = pytest.mark.django_db
PROBLEM, VIDEO, PAGE, POLL, ESSAY, TOOL = (
    COURSE.make_usage_key(kind, "one")
    for kind in ("problem", "video", "html", "poll", "openassessment", "lti_consumer")
)
SECTION, OTHER_SECTION = COURSE.make_usage_key("sequential", "s1"), COURSE.make_usage_key("sequential", "s2")


def saved(learner: Any, key: Any, state: Any = None, **words: Any) -> Any:
    """A state of a block."""
    text = None if state is None else json.dumps(state)
    return StateFactory(student=learner, module_state_key=key, module_type=key.block_type, state=text, **words)


def compared(learner: Any) -> dict[Any, BlockComparison]:
    """The blocks of the learner's first two attempts."""
    return {block.block_key: block for block in api.compare(*api.attempts(learner, COURSE)[:2]).blocks}


def test_scores_tries_completion_and_times(learner: Any, reset: Any) -> None:
    """Of blocks in both attempts, and of those in one."""
    old = saved(learner, PROBLEM, {"attempts": 3, "student_answers": {"a": "1"}}, grade=1.0, max_grade=2.0)
    seen = CompletionFactory(user=learner, block_key=PROBLEM, completion=1.0)
    saved(learner, VIDEO, {"position": 7})
    reset(learner)
    new = saved(learner, PROBLEM, {"attempts": 1, "student_answers": {"a": "2"}}, grade=2.0, max_grade=2.0)
    page = CompletionFactory(user=learner, block_key=PAGE, block_type="html", completion=0.5)
    found = compared(learner)
    assert list(found) == [PROBLEM, VIDEO, PAGE]
    problem = found[PROBLEM]
    assert problem.first is not None
    assert (problem.first.score, problem.first.max_score, problem.first.tries) == (1.0, 2.0, 3)
    assert problem.first.completion == 1.0
    assert problem.first.first_activity == min(old.created, seen.created)
    assert problem.first.last_activity == max(old.modified, seen.modified)
    assert problem.second is not None
    assert (problem.second.score, problem.second.tries, problem.second.completion) == (2.0, 1, None)
    assert (problem.second.first_activity, problem.second.last_activity) == (new.created, new.modified)
    assert (problem.change, problem.answer_changed, problem.is_different) == (0.5, True, True)
    video = found[VIDEO]
    assert video.first is not None
    assert (video.first.score, video.first.tries, video.second, video.change) == (None, None, None, None)
    assert found[PAGE].first is None
    assert found[PAGE].second is not None
    assert (found[PAGE].block_type, found[PAGE].second.completion) == ("html", 0.5)
    assert (found[PAGE].second.first_activity, found[PAGE].second.last_activity) == (page.created, page.modified)


@pytest.mark.parametrize(
    ("key", "first", "second", "changed"),
    [
        (PROBLEM, {"student_answers": {"a": "1", "b": "2"}}, {"student_answers": {"b": "2", "a": "1"}}, False),
        (PROBLEM, {"student_answers": {"a": "1"}}, {"student_answers": {"a": ["1"]}}, True),
        (PROBLEM, {"student_answers": {"a": "1"}, "seed": 1}, {"student_answers": {"a": "1"}, "seed": 2}, False),
        (PROBLEM, {"student_answers": {"a": "1"}}, {"student_answers": {}}, None),
        (PROBLEM, {"student_answers": {"a": "\ud800é"}}, {"student_answers": {"a": "\ud800é"}}, False),
        (PROBLEM, {"student_answers": {"a": float("nan")}}, {"student_answers": {"a": float("nan")}}, False),
        (PROBLEM, None, {"student_answers": {"a": "1"}}, None),
        (POLL, {"choice": "R"}, {"choice": "B"}, True),
        (VIDEO, {"position": 1}, {"position": 2}, None),
        (ESSAY, {"submission_uuid": "no uuid"}, {"submission_uuid": 7}, None),
    ],
)
def test_answers_are_what_the_block_type_says(
    learner: Any, reset: Any, key: Any, first: Any, second: Any, changed: bool | None
) -> None:
    """The order of fields does not matter, nor do fields that are no answers; nothing is made up."""
    saved(learner, key, first)
    reset(learner)
    saved(learner, key, second)
    assert compared(learner)[key].answer_changed is changed


def test_a_site_names_the_answers_of_its_own_blocks(learner: Any, reset: Any, settings: Any) -> None:
    """The others keep their defaults."""
    saved(learner, TOOL, {"note": "one"})
    saved(learner, POLL, {"choice": "R"})
    reset(learner)
    saved(learner, TOOL, {"note": "two"})
    saved(learner, POLL, {"choice": "R"})
    assert compared(learner)[TOOL].answer_changed is None
    settings.ATTEMPTS_ANSWER_FIELDS = {"lti_consumer": ("note",)}
    found = compared(learner)
    assert (found[TOOL].answer_changed, found[POLL].answer_changed) == (True, False)


@pytest.mark.parametrize(("text", "changed"), [("An essay.", False), ("A better essay.", True)])
def test_submitted_work_is_compared_by_what_was_handed_in(learner: Any, reset: Any, text: str, changed: bool) -> None:
    """The states hold nothing but the uuids of two submissions."""
    for answer in ("An essay.", text):
        item = {
            "student_id": anonymous_id_for_user(learner, COURSE),
            "course_id": str(COURSE),
            "item_id": str(ESSAY),
            "item_type": "openassessment",
        }
        handed_in = submissions.create_submission(item, {"parts": [{"text": answer}]})
        saved(learner, ESSAY, {"submission_uuid": handed_in["uuid"]})
        if not LearnerCourse.objects.exists():
            reset(learner)
    assert compared(learner)[ESSAY].answer_changed is changed


def test_what_somebody_else_handed_in_is_no_answer(learner: Any, reset: Any) -> None:
    """A state may name anything."""
    item = {"student_id": "another", "course_id": str(COURSE), "item_id": str(ESSAY), "item_type": "openassessment"}
    handed_in = submissions.create_submission(item, {"parts": [{"text": "Not hers."}]})
    for _ in range(2):
        saved(learner, ESSAY, {"submission_uuid": handed_in["uuid"]})
        if not LearnerCourse.objects.exists():
            reset(learner)
    assert compared(learner)[ESSAY].answer_changed is None


def test_a_comparison_tells_the_attempts_as_they_are(learner: Any, reset: Any) -> None:
    """Not as they were when somebody looked them up."""
    reset(learner)
    first, second = api.attempts(learner, COURSE)
    reset(learner)
    found = api.compare(first, second)
    assert (second.state, found.second.state, found.second.summary is not None) == ("active", "archived", True)


def test_a_submission_that_is_gone_is_no_answer(learner: Any, reset: Any) -> None:
    """Old imports have such states."""
    saved(learner, ESSAY, {"submission_uuid": str(uuid4())})
    reset(learner)
    saved(learner, ESSAY, {"submission_uuid": str(uuid4())})
    assert compared(learner)[ESSAY].answer_changed is None


def test_grades_and_subsections(learner: Any, reset: Any) -> None:
    """What staff set by hand counts; a subsection without graded points goes by all of them."""
    words = {"user_id": learner.pk, "earned_all": 1.0, "possible_all": 4.0, "earned_graded": 0.0}
    overridden = SubsectionGradeFactory(usage_key=SECTION, possible_graded=2.0, **words)
    PersistentSubsectionGradeOverride.objects.create(grade=overridden, earned_graded_override=1.0)
    CourseGradeFactory(user_id=learner.pk, percent_grade=0.25)
    reset(learner)
    SubsectionGradeFactory(usage_key=SECTION, possible_graded=0.0, **{**words, "earned_all": 3.0})
    SubsectionGradeFactory(usage_key=OTHER_SECTION, possible_graded=0.0, **{**words, "possible_all": 0.0})
    CourseGradeFactory(user_id=learner.pk, percent_grade=0.75)
    found = api.compare(*api.attempts(learner, COURSE))
    assert (found.first_grade and found.first_grade.percent_grade, found.change) == (0.25, 0.5)
    assert [
        (one.block_key, one.first and one.first.ratio, one.second and one.second.ratio) for one in found.subsections
    ] == [
        (SECTION, 0.5, 0.75),
        (OTHER_SECTION, None, None),
    ]
    assert [one.change for one in found.subsections] == [0.25, None]


def test_either_way_round_and_any_two(learner: Any, reset: Any, undo: Any) -> None:
    """Active or archived."""
    saved(learner, PROBLEM, grade=1.0, max_grade=2.0)
    reset(learner)
    saved(learner, PROBLEM, grade=2.0, max_grade=2.0)
    reset(learner)
    undo(learner)
    one, two, three = api.attempts(learner, COURSE)
    assert [block.change for block in api.compare(one, two).blocks] == [0.5]
    assert [block.change for block in api.compare(two, one).blocks] == [-0.5]
    assert [(block.first is None, block.change) for block in api.compare(three, one).blocks] == [(True, None)]


def test_blocks_are_different_if_more_than_times_are(learner: Any, reset: Any) -> None:
    """Or if one attempt has nothing of them."""
    for _ in range(2):
        saved(learner, PROBLEM, {"attempts": 1, "student_answers": {"a": "1"}}, grade=1.0, max_grade=2.0)
        if not LearnerCourse.objects.exists():
            saved(learner, VIDEO, {"position": 1})
            reset(learner)
    found = compared(learner)
    assert {key: block.is_different for key, block in found.items()} == {PROBLEM: False, VIDEO: True}


def test_only_two_attempts_of_one_learner_at_one_course(policy: Any, reset: Any) -> None:
    """Not one with itself, and nobody's with somebody else's."""
    learner, other = enrolled(), enrolled()
    reset(learner)
    one, two = api.attempts(learner, COURSE)
    elsewhere = api.active_attempt(enrolled(LOOKALIKE), LOOKALIKE)
    for wrong in (one, api.active_attempt(other, COURSE), elsewhere):
        with pytest.raises(NotComparable, match=str(wrong.uuid)):
            api.compare(one, wrong)
    assert api.compare(one, two).blocks == []


def test_the_number_of_statements_is_constant(learner: Any, reset: Any) -> None:
    """Whatever the learner did."""

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            api.compare(*pair)
        return len(captured)

    anonymous_id_for_user(learner, COURSE)
    reset(learner)
    pair = api.attempts(learner, COURSE)
    few = asked()
    for number in range(30):
        saved(learner, COURSE.make_usage_key("problem", f"p{number}"), {"submission_uuid": str(uuid4())})
        CompletionFactory(user=learner)
        SubsectionGradeFactory(user_id=learner.pk)
    # One more: that for submissions.
    assert asked() == few + 1 <= 30


def test_reads_are_repeated_if_a_switch_came_between(learner: Any, reset: Any) -> None:
    """Until nobody disturbs them."""
    read: list[int] = []

    def look(_attempt: AttemptData) -> int:
        if not read:
            reset(learner)
        read.append(1)
        return len(read)

    assert read_steadily([api.active_attempt(learner, COURSE)], look) == 2


def test_whoever_is_switched_all_the_time_cannot_be_read(learner: Any, reset: Any) -> None:
    """Rather than be told a mixture."""
    with pytest.raises(OperationInFlight):
        read_steadily([api.active_attempt(learner, COURSE)], lambda _attempt: reset(learner))


def test_the_command_compares_the_last_two_or_any(
    learner: Any, reset: Any, attempts_command: Callable[..., tuple[int, str, str]]
) -> None:
    """By number or uuid; what does not differ is only counted."""
    code, _, error = attempts_command("compare", learner.username, COURSE)
    assert (code, "one attempt" in error) == (1, True)
    saved(learner, PROBLEM, {"attempts": 3, "student_answers": {"a": "1"}}, grade=1.0, max_grade=2.0)
    saved(learner, VIDEO)
    reset(learner)
    saved(learner, PROBLEM, {"attempts": 1, "student_answers": {"a": "1"}}, grade=2.0, max_grade=2.0)
    saved(learner, VIDEO)
    code, out, _ = attempts_command("compare", learner.username, COURSE)
    assert code == 0
    assert "problem one  1/2, 3 tries  2/2, 1 try  +50 points  same" in out
    assert out.endswith("nothing but times differs in 1 other blocks\n")
    attempts: tuple[AttemptData, ...] = api.attempts(learner, COURSE)
    by_uuid = attempts_command("compare", learner.username, COURSE, attempts[1].uuid, 1, "--format", "json")
    data = json.loads(by_uuid[1])
    assert (by_uuid[0], data["first"]["number"], data["second"]["number"]) == (0, 2, 1)
    assert attempts_command("compare", learner.username, COURSE, 1, 9)[0] == 2
    assert attempts_command("compare", learner.username, COURSE, 1)[0] == 2
