"""What analysts see as tables, beside what the adapters read."""

from __future__ import annotations

import random
from typing import Any

import pytest
from ccx_keys.locator import CCXLocator
from django.db import connection
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey

from attempts import api
from attempts.datasets import DATASETS, Dataset, dialect_of, installed_datasets
from attempts.keys.locators import MAX_ATTEMPT_NUMBER
from attempts.models import AttemptOperation
from tests.factories import (
    COURSE,
    LOOKALIKE,
    CompletionFactory,
    CourseFactory,
    CourseGradeFactory,
    EnrolmentFactory,
    StateFactory,
    SubsectionGradeFactory,
    UserFactory,
    enrolled,
)
from tests.work import foreign_state, work

pytestmark = pytest.mark.django_db
OTHER_CASE = CourseKey.from_string("course-v1:Org+Course+rUN")
CCX = CCXLocator.from_string("ccx-v1:Org+Course+Run+ccx@7")
BY_NAME = {dataset.name: dataset for dataset in DATASETS}


def rows_of(name: str) -> list[dict[str, Any]]:
    """All rows of a dataset, as the engine gives them."""
    dataset = BY_NAME[name]
    with connection.cursor() as cursor:
        cursor.execute(dataset.select(dialect_of(connection.vendor)))
        return [dict(zip([column.name for column in dataset.columns], row, strict=True)) for row in cursor.fetchall()]


def of_attempt(rows: list[dict[str, Any]], attempt: Any) -> list[dict[str, Any]]:
    """Those of one attempt."""
    identity = (attempt.learner.id, str(attempt.course_key), attempt.number)
    return [row for row in rows if (row["learner"], row["course_key"], row["attempt_number"]) == identity]


@pytest.fixture
def learners(policy: Any, reset: Any, undo: Any) -> list[tuple[Any, Any]]:
    """Learners at courses that look alike: never reset, reset once, twice, and brought back."""
    rng, found = random.Random(7), []
    for course_key in (COURSE, LOOKALIKE, CCX):
        CourseFactory(id=course_key)
        for resets in (0, 1, 2):
            learner = enrolled(course_key)
            for _ in range(resets):
                work(learner, course_key, rng)
                foreign_state(learner, course_key, rng)
                assert reset(learner, course_key).status == "complete"
            work(learner, course_key, rng)
            found.append((learner, course_key))
    back = enrolled(COURSE)
    work(back, COURSE, rng)
    reset(back, COURSE)
    work(back, COURSE, rng)
    assert undo(back, COURSE).status == "complete"
    EnrolmentFactory(user=back, course=CourseFactory(id=LOOKALIKE))
    work(back, LOOKALIKE, rng)
    return [*found, (back, COURSE), (back, LOOKALIKE)]


def test_states_are_those_of_the_adapters(learners: Any) -> None:
    """Of each attempt of each learner the same blocks with the same scores and plain keys, and no row twice."""
    rows, seen = rows_of("states"), 0
    for learner, course_key in learners:
        for attempt in api.attempts(learner, course_key):
            expected = {(str(one.block_key), one.score, one.max_score) for one in api.states(attempt)}
            mine = of_attempt(rows, attempt)
            assert {(row["block_key"], row["score"], row["max_score"]) for row in mine} == expected
            assert {bool(row["is_active"]) for row in mine} == {attempt.is_active}
            seen += len(mine)
    assert seen == len(rows) > 60


def test_a_course_that_differs_in_case_alone(learner: Any, reset: Any) -> None:
    """Is another course, of which the learner is in attempt 1, though the host's column may not tell them apart."""
    reset(learner)
    StateFactory(student=learner, course_id=OTHER_CASE)
    found = [(row["course_key"], row["attempt_number"]) for row in rows_of("states")]
    assert found == [(str(OTHER_CASE), 1)]


#: What the column of a host may hold that no parser takes for the key of an attempt.
NO_ATTEMPTS = (
    "attempt-v1:Org+Course+Run+attempt@1x",
    "attempt-v1:Org+Course+Run+attempt@x",
    "attempt-v1:Org+Course+Run+attempt@",
    "attempt-v1:Org+Course+Run+attempt@01",
    "attempt-v1:Org+Course+Run+attempt@0",
    "attempt-v1:Org+Course+Run+attempt@-1",
    "attempt-v1:Org+Course+Run+attempt@1.5",
    "attempt-v1:Org+Course+Run+attempt@1 ",
    "attempt-v1:Org+Course+Run+attempt@1\n",
    "attempt-v1:Org+Course+Run+attempt@\u0661",
    "attempt-v1:Org+Course+Run+attempt@1234567890",
    "attempt-v1:Org+Course+Run+attempt@99999999999999999999",
    "attempt-v1:Org+Course+Run+attempt@1+attempt@2",
    "attempt-v1:Org+Course+Run",
)


def test_keys_that_are_no_attempts(learners: Any) -> None:
    """Are in none, on every engine, and hide nobody else's rows; asked for by number too."""
    before = {name: rows_of(name) for name in BY_NAME}
    for key in NO_ATTEMPTS:
        with pytest.raises(InvalidKeyError):
            CourseKey.from_string(key)
        learner = UserFactory()
        state, completion = StateFactory(student=learner), CompletionFactory(user=learner)
        grade, section = CourseGradeFactory(user_id=learner.pk), SubsectionGradeFactory(user_id=learner.pk)
        for row, column in (
            (state, "course_id"),
            (completion, "context_key"),
            (grade, "course_id"),
            (section, "course_id"),
        ):
            set_text(row, column, key)
    assert {name: rows_of(name) for name in BY_NAME} == before
    largest = f"attempt-v1:Org+Course+Run+attempt@{MAX_ATTEMPT_NUMBER}"
    set_text(StateFactory(), "course_id", largest)
    assert len(rows_of("states")) == len(before["states"]) + 1
    with connection.cursor() as cursor:
        dialect = dialect_of(connection.vendor)
        number = BY_NAME["states"].expression("attempt_number", dialect)
        cursor.execute(f"{BY_NAME['states'].select(dialect)} AND {number} = {MAX_ATTEMPT_NUMBER}")
        assert [row[2] for row in cursor.fetchall()] == [MAX_ATTEMPT_NUMBER]


def set_text(row: Any, name: str, text: str) -> None:
    """Write a text into a column past the key field."""
    table, column = row._meta.db_table, row._meta.get_field(name).column
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [text, row.pk])


def test_completions_and_grades_are_those_of_the_adapters(learners: Any) -> None:
    """Of each attempt of each learner."""
    completions, course_grades, subsections = map(rows_of, ("completions", "course_grades", "subsection_grades"))
    for learner, course_key in learners:
        for attempt in api.attempts(learner, course_key):
            grades = api.grades(attempt)
            assert {(row["block_key"], row["completion"]) for row in of_attempt(completions, attempt)} == {
                (str(one.block_key), one.completion) for one in api.completion(attempt)
            }
            assert [row["percent_grade"] for row in of_attempt(course_grades, attempt)] == (
                [grades.course.percent_grade] if grades.course else []
            )
            assert {
                (row["block_key"], row["earned_all"], row["override_earned_all"])
                for row in of_attempt(subsections, attempt)
            } == {
                (str(one.block_key), one.earned_all, one.override.earned_all if one.override else None)
                for one in grades.subsections
            }
    assert any(row["override_earned_all"] is not None for row in subsections)


def test_attempts_are_those_of_learners_ever_reset(learners: Any) -> None:
    """With the uuid by which REST and xAPI know them; what was frozen is told of archived ones only."""
    rows = {row["attempt_uuid"]: row for row in rows_of("attempts")}
    expected = [
        attempt
        for learner, course_key in learners
        for attempt in api.attempts(learner, course_key)
        if attempt.is_recorded
    ]
    assert set(rows) == {str(attempt.uuid) for attempt in expected}
    for attempt in expected:
        row = rows[str(attempt.uuid)]
        assert (row["learner"], row["attempt_number"], bool(row["is_active"])) == (
            attempt.learner.id,
            attempt.number,
            attempt.is_active,
        )
        assert row["percent_grade"] == (attempt.summary.percent_grade if attempt.summary else None)
        assert (row["archived_at"] is None) is attempt.is_active


def test_operations_name_both_attempts(learners: Any) -> None:
    """And the operation that was undone."""
    rows = {row["operation_uuid"]: row for row in rows_of("operations")}
    operations = {str(row.uuid): row for row in AttemptOperation.objects.select_related("from_attempt", "to_attempt")}
    assert set(rows) == set(operations)
    for uuid, row in rows.items():
        operation = operations[uuid]
        assert (row["from_uuid"], row["to_uuid"]) == (str(operation.from_attempt.uuid), str(operation.to_attempt.uuid))
        assert row["undone_uuid"] == (str(operation.undoes.uuid) if operation.undoes else None)
    assert {row["kind"] for row in rows.values()} == {"reset", "undo"}


def test_an_operation_that_came_to_nothing(learner: Any) -> None:
    """Has no attempts, and no text with hyphens in place of their uuids."""
    api.request_reset(learner, COURSE, requested_by=None, comment="why not")
    (row,) = rows_of("operations")
    assert (row["from_uuid"], row["to_uuid"], row["undone_uuid"], row["comment"]) == (None, None, None, "why not")


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda dataset: dataset.name)
def test_columns_say_what_they_are(dataset: Dataset) -> None:
    """Names once, learner and course first, and a meaning for each."""
    names = [column.name for column in dataset.columns]
    assert len(set(names)) == len(names)
    assert names[:2] == ["learner", "course_key"]
    assert (names[2] == "attempt_number") is dataset.has_attempts
    assert all(column.meaning for column in dataset.columns)
    assert dataset in installed_datasets()


def test_another_engine() -> None:
    """Is refused by its name, not guessed at."""
    with pytest.raises(LookupError, match="oracle"):
        dialect_of("oracle")
