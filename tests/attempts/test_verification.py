"""Verification: each invariant, broken by hand."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from attempts import api
from attempts.models import AttemptContext, LearnerCourse
from sandbox.student.models import anonymous_id_for_user
from tests.factories import COURSE, StateFactory, enrolled

pytestmark = pytest.mark.django_db
ARCHIVED = "attempt-v1:Org+Course+Run+attempt@1"


def execute(sql: str, *params: Any) -> None:
    """Change a row behind everybody's back."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def codes() -> list[str]:
    """What is wrong, for everybody."""
    return sorted(found.code for found in api.verify())


def set_keys(row: Any, course: str, usage: str) -> None:
    """Write the key columns of a state."""
    execute("UPDATE courseware_studentmodule SET course_id = %s, module_id = %s WHERE id = %s", course, usage, row.pk)


@pytest.mark.parametrize(
    ("course", "usage", "expected"),
    [
        (ARCHIVED, "attempt-block-v1:Org+Course+Run+attempt@1+type@problem+block@x", []),
        (ARCHIVED, "block-v1:Other+Course+Run+type@problem+block@x", []),
        (ARCHIVED, "block-v1:Org+Course+Run+type@problem+block@x", ["wrong_key"]),
        (ARCHIVED, "attempt-block-v1:Org+Course+Run+attempt@2+type@problem+block@x", ["wrong_key"]),
        (ARCHIVED, "attempt-block-v1:Org+Course+Run+attempt@01+type@problem+block@x", ["wrong_key"]),
        (ARCHIVED, "nonsense", ["wrong_key"]),
        (str(COURSE), "attempt-block-v1:Org+Course+Run+attempt@1+type@problem+block@x", ["rows_missing", "wrong_key"]),
        (str(COURSE), "nonsense", ["rows_missing"]),
        ("attempt-v1:Org+Course+Run+attempt@01", "nonsense", ["rows_missing", "wrong_key"]),
    ],
)
def test_keys_that_do_not_fit_are_found(learner: Any, reset: Any, course: str, usage: str, expected: list[str]) -> None:
    """And those that do are not."""
    row = StateFactory(student=learner)
    reset(learner)
    set_keys(row, course, usage)
    assert sorted(found.code for found in api.verify(learner, COURSE)) == expected


def test_an_attempt_listed_under_another_course_is_found(learner: Any, reset: Any) -> None:
    """What lists go by must be what the identity row says."""
    reset(learner)
    AttemptContext.objects.filter(number=1).update(org="Other")
    AttemptContext.objects.filter(number=2).update(course_key=f"{COURSE}2")
    assert codes() == ["wrong_course", "wrong_course"]


def test_rows_under_the_active_number_or_an_unknown_one_are_found(learner: Any, reset: Any) -> None:
    """The active attempt owns the plain key."""
    reset(learner)
    row = StateFactory(student=learner)
    for number in (2, 3):
        set_keys(row, f"attempt-v1:Org+Course+Run+attempt@{number}", "block-v1:Other+C+R+type@problem+block@x")
        found = list(api.verify(learner, COURSE))
        assert [(one.code, one.table, one.row) for one in found] == [
            ("wrong_key", "courseware_studentmodule", str(row.pk))
        ]


def test_rows_of_learners_without_attempts_are_found(policy: Any) -> None:
    """In every kind of store, for everybody and for one course."""
    learner = enrolled()
    row = StateFactory(student=learner)
    set_keys(row, ARCHIVED, "attempt-block-v1:Org+Course+Run+attempt@1+type@problem+block@x")
    execute(
        "INSERT INTO submissions_studentitem (student_id, course_id, item_id, item_type) VALUES (%s, %s, %s, %s)",
        anonymous_id_for_user(learner, COURSE),
        ARCHIVED,
        "x",
        "x",
    )
    assert codes() == ["row_of_no_attempt", "row_of_no_attempt"]
    assert {(found.learner_id, found.table) for found in api.verify(None, COURSE)} == {
        (learner.pk, "courseware_studentmodule"),
        (learner.pk, "submissions_studentitem"),
    }
    assert list(api.verify(None, f"{COURSE}2")) == []
    assert [found.code for found in api.verify(learner)] == ["wrong_key", "wrong_key"]


def test_a_malformed_attempt_key_is_found_too(learner: Any) -> None:
    """It is reported, not raised."""
    row = StateFactory(student=learner)
    set_keys(row, "attempt-v1:Org+Course+Run+attempt@01", "nonsense")
    assert codes() == ["row_of_no_attempt"]
    assert list(api.verify(None, COURSE)) == []


def test_rows_that_are_gone_are_missed(learner: Any, reset: Any) -> None:
    """An archived attempt never shrinks."""
    row = StateFactory(student=learner)
    reset(learner)
    set_keys(row, "course-v1:Some+Where+Else", "block-v1:Some+Where+Else+type@problem+block@x")
    assert codes() == ["rows_missing"]


def test_numbers_and_the_pointer_are_checked(learner: Any, reset: Any) -> None:
    """1 to n, and the active one among them."""
    reset(learner)
    LearnerCourse.objects.update(active_number=7)
    assert codes() == ["active_attempt_missing"]
    LearnerCourse.objects.update(active_number=2)
    AttemptContext.objects.filter(number=1).update(number=5)
    assert codes() == ["numbers_have_gaps"]
