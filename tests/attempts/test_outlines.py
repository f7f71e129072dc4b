"""What a learner did in an attempt, laid out as the course is, and block by block."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from opaque_keys.edx.keys import CourseKey, UsageKey
from opaque_keys.edx.locator import LibraryLocator
from submissions import api as submissions

from attempts import api
from attempts.host.outlines import course_outline
from sandbox.content.models import CourseBlock
from sandbox.courseware.models import StudentModule, StudentModuleHistory
from sandbox.coursewarehistoryextended.models import StudentModuleHistoryExtended
from sandbox.grades.models import PersistentSubsectionGradeOverride
from sandbox.student.models import anonymous_id_for_user
from tests.factories import COURSE, CompletionFactory, StateFactory, SubsectionGradeFactory
from tests.outlines import Content

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(learner: Any) -> Any:
    """A section with two problems, and one with a page; all but the last were worked in."""
    content = Content()
    first = content.unit("Tides", ("problem", "p1", "High water"), ("problem", "p2", "Low water"), section="Water")
    second = content.unit("Shores", ("html", "page", "Sand"), section="Land")
    StateFactory(student=learner, module_state_key=first[3], grade=1.0, max_grade=2.0)
    StateFactory(student=learner, module_state_key=first[4], grade=3.0, max_grade=3.0)
    CompletionFactory(user=learner, block_key=first[3])
    CompletionFactory(user=learner, block_key=first[4], completion=0.5)
    return content, first, second


def summed(place: Any) -> tuple[Any, ...]:
    """What a place comes to."""
    return place.title, place.score, place.max_score, place.completed, place.completable


def test_what_is_in_a_place_is_summed(learner: Any, reset: Any, course: Any) -> None:
    """Archived and active; a block that was begun is not completed."""
    active = api.outline(api.active_attempt(learner, COURSE))
    reset(learner)
    archived = api.outline(api.attempts(learner, COURSE)[0])
    for found in (active, archived):
        assert found.is_of_course
        water, land = found.whole.places
        assert summed(water) == ("Water", 4.0, 5.0, 1, 2)
        assert summed(water.places[0].places[0].places[1]) == ("Low water", 3.0, 3.0, 0, 1)
        assert summed(land) == ("Land", None, None, 0, 1)
        assert (found.whole.completed, found.whole.completable, found.whole.completion) == (1, 3, 1 / 3)
        assert [place.title for place in found.whole.path_to(str(course[1][3])) or ()][1:] == [
            "Water",
            "Subsection",
            "Tides",
            "High water",
        ]
    fresh = api.outline(api.active_attempt(learner, COURSE))
    assert summed(fresh.whole.places[0]) == ("Water", None, None, 0, 2)


def test_a_subsection_has_the_grade_that_the_host_keeps(learner: Any, course: Any) -> None:
    """With what staff set by hand; sections sum it."""
    grade = SubsectionGradeFactory(user_id=learner.pk, usage_key=course[1][1], possible_graded=9.0, possible_all=9.0)
    PersistentSubsectionGradeOverride.objects.create(grade=grade, earned_graded_override=7.0)
    water = api.outline(api.active_attempt(learner, COURSE)).whole.places[0]
    assert summed(water) == ("Water", 7.0, 9.0, 1, 2)
    assert water.places[0].grade.override.earned_graded == 7.0


def test_a_grade_out_of_nothing_hides_no_scores(learner: Any, course: Any) -> None:
    """The platform keeps such grades of subsections that are not graded."""
    SubsectionGradeFactory(
        user_id=learner.pk, usage_key=course[1][1], earned_all=0, possible_all=0, earned_graded=0, possible_graded=0
    )
    assert summed(api.outline(api.active_attempt(learner, COURSE)).whole.places[0]) == ("Water", 4.0, 5.0, 1, 2)


def test_what_the_course_no_longer_has_is_still_there(learner: Any, reset: Any, course: Any) -> None:
    """In a group of its own, with blocks of libraries that old data has under the key of the course."""
    _content, first, _ = course
    foreign = LibraryLocator("Org", "Library").make_usage_key("problem", "foreign")
    StateFactory(student=learner, module_state_key=foreign, state='{"attempts": 3}')
    reset(learner)
    CourseBlock.objects.filter(usage_key=first[3]).update(removed=True)
    attempt = api.attempts(learner, COURSE)[0]
    found = api.outline(attempt)
    gone = found.whole.places[-1]
    assert (gone.block_type, [place.name for place in gone.places]) == ("gone", [str(first[3]), str(foreign)])
    assert (found.whole.completed, found.whole.completable) == (0, 2)
    assert api.block_work(attempt, first[3]).score == 1.0
    assert api.block_work(attempt, foreign).tries == 3


def test_of_a_draw_only_what_was_drawn_counts(learner: Any) -> None:
    """The learner saw one of three."""
    content = Content()
    unit = content.unit("Draw")[2]
    draw = content.add(unit, "library_content", "draw", "Pool", max_count=1)
    keys = [content.add(draw, "problem", f"p{number}", f"Problem {number}") for number in range(3)]
    StateFactory(student=learner, module_state_key=keys[1], grade=1.0, max_grade=1.0)
    CompletionFactory(user=learner, block_key=keys[1])
    found = api.outline(api.active_attempt(learner, COURSE)).whole
    assert (found.completed, found.completable) == (1, 1)
    assert [place.title for place in next(p for p in found.walk() if p.title == "Pool").places] == ["Problem 1"]


def test_asides_are_with_their_block(learner: Any, reset: Any, course: Any) -> None:
    """They have states of their own."""
    aside = UsageKey.from_string(f"aside-usage-v1:{course[1][3]}::thumbs")
    StateFactory(student=learner, module_state_key=aside, state='{"up": true}')
    reset(learner)
    attempt = api.attempts(learner, COURSE)[0]
    path = api.outline(attempt).whole.path_to(str(aside))
    assert path is not None
    assert path[-2].title == "High water"
    assert api.block_work(attempt, aside).state == {"up": True}


def test_without_an_outline_blocks_are_grouped_by_type(learner: Any, settings: Any) -> None:
    """Whatever the host's function does."""
    StateFactory(student=learner, module_state_key=COURSE.make_usage_key("problem", "p"), grade=1.0, max_grade=2.0)
    CompletionFactory(user=learner, block_key=COURSE.make_usage_key("html", "h"), block_type="html")
    for function in ("sandbox.content.outline.course_blocks", "tests.attempts.test_outlines.broken", "no.such.thing"):
        settings.ATTEMPTS_COURSE_OUTLINE = function
        found = api.outline(api.active_attempt(learner, COURSE))
        assert not found.is_of_course
        assert [(place.name, place.score, place.completed) for place in found.whole.places] == [
            ("html", None, 1),
            ("problem", 1.0, 0),
        ]


def broken(course_key: CourseKey) -> Any:
    """A host's function that fails."""
    raise RuntimeError(course_key)


def test_without_a_platform_there_is_no_outline_of_the_platforms(settings: Any, caplog: Any) -> None:
    """The default asks the platform, and says in the log that there is none."""
    del settings.ATTEMPTS_COURSE_OUTLINE
    assert course_outline(COURSE) == []
    assert "cannot be had" in caplog.text


def saved(row: Any, *states: Any) -> None:
    """Save states one after the other."""
    for number, state in enumerate(states):
        row.state, row.grade, row.max_grade = json.dumps(state), float(number), 4.0
        row.save()


def test_versions_come_newest_first_page_by_page(learner: Any, reset: Any, undo: Any) -> None:
    """Archived and active; they travel with the state."""
    key = COURSE.make_usage_key("problem", "p")
    row = StateFactory(student=learner, module_state_key=key)
    saved(row, *({"attempts": number, "student_answers": {"a": number}} for number in range(5)))
    for switch in (reset, undo):
        switch(learner)
        attempt = api.attempts(learner, COURSE)[0]
        first = api.block_versions(attempt, key, size=4)
        assert [version.answers for version in first.items] == [{"student_answers": {"a": n}} for n in (4, 3, 2, 1)]
        assert [version.score for version in first.items] == [4.0, 3.0, 2.0, 1.0]
        assert (first.next, first.previous) == ("2", None)
        second = api.block_versions(attempt, key, number=2, size=4)
        assert [version.tries for version in second.items] == [0, 1]
        assert (second.next, second.previous) == (None, "1")
        assert api.block_version(attempt, key, second.items[0].name) == second.items[0]
        assert api.block_versions(attempt, key, number=9, size=4).items == []


def test_versions_are_those_of_both_tables(learner: Any) -> None:
    """The platform writes to the second, and keeps the first."""
    key = COURSE.make_usage_key("problem", "p")
    row = StateFactory(student=learner, module_state_key=key)
    old = StudentModuleHistory.objects.get(student_module=row)
    StudentModuleHistoryExtended.objects.create(student_module=row, created=row.modified, state="no JSON")
    attempt = api.active_attempt(learner, COURSE)
    found = api.block_versions(attempt, key).items
    assert [version.unreadable for version in found] == ["no JSON", None]
    assert found[1].name == f"h{old.pk}"


@pytest.mark.parametrize("name", ["", "h", "x1", "h0", "h-1", "h٣", "z1", "h99999999999999999999", "1"])
def test_a_version_that_is_none(learner: Any, name: str) -> None:
    """Neither is that of another block."""
    key = COURSE.make_usage_key("problem", "p")
    StateFactory(student=learner, module_state_key=key)
    other = StateFactory(module_state_key=key)
    attempt = api.active_attempt(learner, COURSE)
    assert api.block_version(attempt, key, name) is None
    assert api.block_version(attempt, key, f"h{StudentModuleHistory.objects.get(student_module=other).pk}") is None
    assert api.block_version(attempt, COURSE.make_usage_key("problem", "q"), "h1") is None
    assert api.block_versions(attempt, COURSE.make_usage_key("problem", "q")).items == ()


def test_work_handed_in_elsewhere_is_among_the_answers(learner: Any) -> None:
    """And a block that was only completed has no more than that; one of which there is nothing, nothing."""
    key = COURSE.make_usage_key("openassessment", "essay")
    item = {
        "student_id": anonymous_id_for_user(learner, COURSE),
        "course_id": str(COURSE),
        "item_id": str(key),
        "item_type": "openassessment",
    }
    handed_in = submissions.create_submission(item, {"parts": [{"text": "An essay."}]})
    StateFactory(student=learner, module_state_key=key, state=json.dumps({"submission_uuid": handed_in["uuid"]}))
    page = COURSE.make_usage_key("html", "page")
    CompletionFactory(user=learner, block_key=page, block_type="html")
    attempt = api.active_attempt(learner, COURSE)
    assert api.block_work(attempt, key).answers == {"parts": [{"text": "An essay."}]}
    found = api.block_work(attempt, page)
    assert (found.completion, found.created, found.state) == (1.0, None, None)
    assert api.block_work(attempt, COURSE.make_usage_key("html", "other")) is None


def test_the_cost_does_not_grow(learner: Any, reset: Any) -> None:
    """Three blocks, and sixty."""
    content = Content()
    unit = content.unit()[2]
    counts = []
    for number in (3, 60):
        for one in range(StudentModule.objects.count(), number):
            key = content.add(unit, "problem", f"p{one}")
            StateFactory(student=learner, module_state_key=key, grade=1.0, max_grade=1.0)
            CompletionFactory(user=learner, block_key=key)
            SubsectionGradeFactory(user_id=learner.pk)
        with CaptureQueriesContext(connection) as asked:
            found = api.outline(api.active_attempt(learner, COURSE))
        assert found.whole.score == number
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 15
