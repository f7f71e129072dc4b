"""Adapters: any attempt, the same call, plain keys."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from opaque_keys.edx.keys import CourseKey

from attempts import adapters, api
from sandbox.courseware.models import StudentModule
from sandbox.grades.models import PersistentSubsectionGrade, PersistentSubsectionGradeOverride
from tests.factories import (
    COURSE,
    LOOKALIKE,
    CompletionFactory,
    CourseGradeFactory,
    StateFactory,
    SubsectionGradeFactory,
    enrolled,
)
from tests.work import work

pytestmark = pytest.mark.django_db


def read(attempt: Any) -> tuple[Any, ...]:
    """Everything the adapters say of an attempt."""
    grades = api.grades(attempt)
    return (
        list(api.states(attempt)),
        grades.course,
        list(grades.subsections),
        list(api.completion(attempt)),
    )


def test_an_attempt_reads_the_same_active_and_archived(learner: Any, reset: Any, undo: Any) -> None:
    """Behaviour 2.1. So that attempts can be compared block by block; a new one has no grade."""
    work(learner, COURSE, random.Random(5))
    before = read(api.active_attempt(learner, COURSE))
    assert all(before)
    reset(learner)
    first, second = api.attempts(learner, COURSE)
    assert read(first) == before
    assert read(second) == ([], None, [], [])
    undo(learner)
    assert read(api.active_attempt(learner, COURSE)) == before


def test_a_value_object_from_before_the_switch_still_finds_its_rows(learner: Any, reset: Any) -> None:
    """It is the attempt that is asked for, not the state it had."""
    StateFactory(student=learner)
    attempt = api.active_attempt(learner, COURSE)
    before = list(api.states(attempt))
    reset(learner)
    StateFactory(student=learner)
    assert list(api.states(attempt)) == before


def test_blocks_completed_in_active_attempts_are_counted_by_course(learner: Any, reset: Any) -> None:
    """Completed ones only, of this learner, under exactly these keys, whatever the engine takes for equal."""
    sibling = CourseKey.from_string(str(COURSE).lower())
    CompletionFactory(user=learner)
    reset(learner)
    for key, blocks in ((COURSE, 2), (sibling, 3), (LOOKALIKE, 1)):
        CompletionFactory.create_batch(blocks, user=learner, context_key=key)
    CompletionFactory(user=learner, completion=0.9)
    CompletionFactory(user=enrolled(COURSE))
    assert adapters.completed_blocks(learner.pk, [COURSE, LOOKALIKE]) == {COURSE: 2, LOOKALIKE: 1}
    assert api.completed_blocks(api.learner(learner), [sibling]) == {sibling: 3}
    assert adapters.completed_blocks(learner.pk, []) == {}


def test_what_the_adapters_say_is_what_the_host_stored(learner: Any) -> None:
    """Every value, from rows made by hand."""
    state = StateFactory(student=learner, state='{"answer": 1}', grade=1.5, max_grade=2.0)
    opened = StateFactory(student=learner, state=None)
    graded = SubsectionGradeFactory(user_id=learner.pk)
    PersistentSubsectionGradeOverride.objects.create(grade=graded, earned_all_override=2.0, override_reason="Appeal.")
    plain = SubsectionGradeFactory(user_id=learner.pk)
    course = CourseGradeFactory(user_id=learner.pk, passing=True)
    attempt = api.active_attempt(learner, COURSE)
    first, second = api.states(attempt)
    assert (first.block_key, first.block_type, first.state) == (state.module_state_key, "problem", {"answer": 1})
    assert (first.score, first.max_score) == (1.5, 2.0)
    assert (first.created, first.modified) == (state.created, state.modified)
    assert (second.block_key, second.state, second.score) == (opened.module_state_key, None, None)
    with_override, without = api.grades(attempt).subsections
    assert (with_override.block_key, with_override.earned_all) == (graded.usage_key, 1.0)
    assert with_override.override is not None
    assert (with_override.override.earned_all, with_override.override.reason) == (2.0, "Appeal.")
    assert (without.block_key, without.override) == (plain.usage_key, None)
    grade = api.grades(attempt).course
    assert grade is not None
    assert (grade.percent_grade, grade.passed, grade.passed_timestamp) == (0.9, True, course.passed_timestamp)


def test_reading_costs_the_same_whatever_the_rows(learner: Any, reset: Any) -> None:
    """One statement to find the attempt, one for its keys in place, one for its rows, one for the course grade."""
    for number in range(5):
        StateFactory(student=learner)
        SubsectionGradeFactory(user_id=learner.pk, usage_key=COURSE.make_usage_key("sequential", f"x{number}"))
    reset(learner)
    attempt = api.attempts(learner, COURSE)[0]
    for adapter in (api.states, api.completion):
        with CaptureQueriesContext(connection) as captured:
            list(adapter(attempt))
        assert len(captured) == 3
    with CaptureQueriesContext(connection) as captured:
        assert len(list(api.grades(attempt).subsections)) == 5
    assert len(captured) == 4


def test_other_attempts_rows_are_not_read(learner: Any, reset: Any) -> None:
    """Three attempts with different work."""
    for number in (1, 2, 3):
        StateFactory.create_batch(number, student=learner)
        if number < 3:
            reset(learner)
    assert [len(list(api.states(attempt))) for attempt in api.attempts(learner, COURSE)] == [1, 2, 3]
    assert StudentModule.objects.count() == 6
    assert not PersistentSubsectionGrade.objects.exists()
