"""A learner works: answers, scores, grades and completion in the tables; a reset, and its undo."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from completion.models import BlockCompletion
from django.contrib.auth.models import AbstractBaseUser
from opaque_keys.edx.keys import UsageKey

from attempts import api
from sandbox.courseware.models import StudentModule, XModuleUserStateSummaryField
from sandbox.grades.models import PersistentCourseGrade, PersistentSubsectionGrade
from tests.sandbox.courseware.conftest import Desk

pytestmark = pytest.mark.django_db

RIGHT = {"_2_1": "choice_1"}
WRONG = {"_2_1": "choice_0"}


def row(learner: AbstractBaseUser, usage_key: UsageKey) -> StudentModule:
    """Return the learner's state of a block."""
    return StudentModule.objects.get(student=learner, module_state_key=usage_key)


def complete(learner: AbstractBaseUser) -> dict[str, float]:
    """Return what the learner has completed, by id of the block."""
    return {one.block_key.block_id: one.completion for one in BlockCompletion.objects.filter(user=learner)}


def test_a_right_answer_is_kept_scored_graded_and_completed(desk: Desk, learner: AbstractBaseUser) -> None:
    """All four, in the tables where the platform has them."""
    answer = desk.submit("quiz-curlew", **RIGHT)
    assert (answer["success"], answer["current_score"], answer["attempts_used"]) == ("correct", 1, 1)

    kept = row(learner, desk.block("problem", "quiz-curlew"))
    state = json.loads(kept.state)
    assert (kept.course_id, kept.module_type, kept.grade, kept.max_grade) == (desk.course_key, "problem", 1.0, 1.0)
    assert state["student_answers"] == {"quiz-curlew_2_1": "choice_1"}
    assert state["correct_map"]["quiz-curlew_2_1"]["correctness"] == "correct"
    assert (state["attempts"], state["done"], state["seed"]) == (1, True, 1)
    # As the platform writes it, which is not how Python's own JSON does.
    assert state["score"] == {"raw_earned": 1, "raw_possible": 1}

    subsection = PersistentSubsectionGrade.objects.get(user_id=learner.pk)
    assert subsection.usage_key == desk.block("sequential", "quiz-bills")
    assert (subsection.earned_graded, subsection.possible_graded) == (1.0, 3.0)
    # A third of the quiz, rounded to two places, which is half of the course.
    assert PersistentCourseGrade.objects.get(user_id=learner.pk).percent_grade == 0.17
    assert complete(learner) == {"quiz-curlew": 1.0}


@pytest.mark.parametrize(
    ("problem", "right", "wrong"),
    [
        ("quiz-curlew", {"_2_1": "choice_1"}, {"_2_1": "choice_2"}),
        ("quiz-hours", {"_2_1": "16/2"}, {"_2_1": "7"}),
        ("quiz-name", {"_2_1": "The Roost"}, {"_2_1": "nest"}),
        ("exam-roost", {"_2_1": "Birds with short legs"}, {"_2_1": "Birds with long legs"}),
        ("exam-choices", {"_2_1[]": ["choice_0", "choice_1"]}, {"_2_1[]": ["choice_0"]}),
    ],
)
def test_every_kind_of_problem_tells_right_from_wrong(
    desk: Desk, learner: AbstractBaseUser, problem: str, right: dict[str, Any], wrong: dict[str, Any]
) -> None:
    """One choice, a number (also as a sum), a word, a list, several choices."""
    assert desk.submit(problem, **wrong)["success"] == "incorrect"
    assert row(learner, desk.block("problem", problem)).grade == 0
    assert desk.submit(problem, **right)["success"] == "correct"
    assert row(learner, desk.block("problem", problem)).grade == 1.0


def test_no_more_tries_than_the_author_allows(desk: Desk, learner: AbstractBaseUser) -> None:
    """The third is refused, in words for the learner."""
    for _ in range(2):
        desk.submit("exam-roost", _2_1="Birds with long legs")
    refused = desk.submit("exam-roost", _2_1="Birds with short legs")
    assert "refresh your page" in refused["success"]
    assert json.loads(row(learner, desk.block("problem", "exam-roost")).state)["attempts"] == 2


def test_a_vote_counts_once_and_is_shared(desk: Desk, learner: AbstractBaseUser) -> None:
    """What she chose is her state; the tally is everybody's."""
    poll = desk.block("poll_question", "poll-seen")
    desk.unit("unit-who-eats-what")
    for choice in ("heard", "yes"):
        desk.call(poll, "handle_submit_state", {"answer": choice}, as_json=True)
    assert json.loads(row(learner, poll).state) == {"voted": True, "poll_answer": "heard"}
    tally = XModuleUserStateSummaryField.objects.get(usage_id=poll, field_name="poll_answers")
    assert json.loads(tally.value) == {"yes": 0, "heard": 1, "no": 0}


def test_a_video_remembers_the_place_and_completes_itself(desk: Desk, learner: AbstractBaseUser) -> None:
    """By its own handlers; values that make no sense are refused and completion stays as it was."""
    video = desk.block("video", "video-tide")
    saved = desk.call(video, "ajax_handler/save_user_state", {"saved_video_position": "00:00:07"})
    assert saved.json() == {"success": True}
    assert json.loads(row(learner, video).state)["saved_video_position"] == "00:00:07"
    assert desk.call(video, "publish_completion", {"completion": 2}, as_json=True).status_code == 400
    assert complete(learner) == {}
    assert desk.call(video, "publish_completion", {"completion": 1.0}, as_json=True).json() == {"result": "ok"}
    assert complete(learner) == {"video-tide": 1.0}


def test_what_is_read_is_complete_once_it_was_seen(desk: Desk, learner: AbstractBaseUser) -> None:
    """Not what has a score, nor what says for itself when it is complete."""
    url = f"/courses/{desk.course_key}/xblocks/%s/seen/"
    assert desk.client.post(url % desk.block("html", "table-is-laid")).status_code == 204
    for other in (desk.block("problem", "quiz-curlew"), desk.block("video", "video-tide")):
        assert desk.client.post(url % other).status_code == 409
    assert complete(learner) == {"table-is-laid": 1.0}
    assert desk.client.get(url % desk.block("html", "who-eats-what")).status_code == 405


def test_pages_show_how_grade_and_completion_move(desk: Desk) -> None:
    """On the course, on the unit, and on a unit that was open before."""
    assert "Grade in the course: <strong>none yet" in desk.course().content.decode()
    desk.submit("quiz-curlew", **RIGHT)
    progress = f"/courses/{desk.course_key}/units/{desk.block('vertical', 'unit-quiz-bills')}/progress/"
    for page in (desk.unit("unit-quiz-bills"), desk.client.get(progress)):
        text = page.content.decode()
        assert "Grade in the course: <strong>17 %" in text
        assert '<strong class="completion">1 of 3</strong>' in text
        assert "1 of 3 points" in text
    outline = desk.course().content.decode()
    assert "Grade in the course: <strong>17 %" in outline
    assert '<td class="completion">1 of 3</td>' in outline
    assert "1 of 3 points" in outline


def test_a_reset_starts_afresh_and_its_undo_brings_the_answers_back(
    desk: Desk, learner: AbstractBaseUser, settings: Any, policy: Any, reset: Callable[..., Any], undo: Callable
) -> None:
    """What the learner sees, and what is in the tables, before, between and after."""
    settings.ATTEMPTS_COMMIT_MARGIN = 0
    poll = desk.block("poll_question", "poll-seen")
    desk.unit("unit-who-eats-what")
    desk.call(poll, "handle_submit_state", {"answer": "heard"}, as_json=True)
    desk.submit("quiz-curlew", **WRONG)
    desk.submit("quiz-name", _2_1="nest")
    before = desk.shown("unit-quiz-bills", "quiz-curlew")
    assert re.search(r'value="choice_0"\s+checked="true"', before)
    assert "You have used 1 of 3 attempts" in before
    states = dict(StudentModule.objects.filter(student=learner).values_list("pk", "state"))

    reset(learner, desk.course_key)
    fresh = desk.shown("unit-quiz-bills", "quiz-curlew")
    assert 'checked="true"' not in fresh
    assert "You have used 0 of 3 attempts" in fresh
    assert "nest" not in desk.shown("unit-quiz-bills", "quiz-name")
    unit = desk.unit("unit-quiz-bills").content.decode()
    assert "Grade in the course: <strong>none yet" in unit
    assert "0 of 3</strong>" in unit
    vote = desk.call(poll, "handle_get_state", {}, as_json=True).json()
    assert vote["poll_answer"] == ""

    # In her new attempt she does better.
    assert desk.submit("quiz-curlew", **RIGHT)["attempts_used"] == 1
    assert complete(learner)["quiz-curlew"] == 1.0
    first, second = api.attempts(learner, desk.course_key)
    percents = [api.grades(attempt).course.percent_grade for attempt in (first, second)]
    assert percents == [0.0, 0.17]

    undo(learner, desk.course_key)
    again = desk.shown("unit-quiz-bills", "quiz-curlew")
    assert again == before
    assert 'value="nest"' in desk.shown("unit-quiz-bills", "quiz-name")
    assert desk.call(poll, "handle_get_state", {}, as_json=True).json()["poll_answer"] == "heard"
    assert {pk: state for pk, state in StudentModule.objects.values_list("pk", "state") if pk in states} == states
    assert desk.submit("quiz-curlew", **RIGHT)["attempts_used"] == 2


def test_in_the_moment_of_a_reset_the_page_is_fresh_and_an_answer_is_turned_away(
    desk: Desk, learner: AbstractBaseUser, settings: Any, policy: Any, reset: Callable[..., Any]
) -> None:
    """Nothing is half kept: the learner is asked to reload the page."""
    desk.submit("quiz-curlew", **WRONG)
    desk.unit("unit-who-eats-what")
    settings.ATTEMPTS_COMMIT_MARGIN = 60
    reset(learner, desk.course_key)
    assert "You have used 0 of 3 attempts" in desk.shown("unit-quiz-bills", "quiz-curlew")
    # A problem's own script shows this.
    assert "try reloading your page" in desk.submit("quiz-curlew", **RIGHT)["success"]
    voted = desk.call(desk.block("poll_question", "poll-seen"), "handle_submit_state", {"answer": "yes"}, as_json=True)
    assert voted.status_code == 409
    assert "Reload the page" in voted.json()["error"]
    assert not StudentModule.objects.filter(student=learner, course_id=desk.course_key).exists()
    assert complete(learner) == {"quiz-curlew": 1.0}
    assert not BlockCompletion.objects.filter(user=learner, context_key=desk.course_key).exists()
