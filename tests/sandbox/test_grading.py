"""The arithmetic of grades, against values computed by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AbstractBaseUser
from opaque_keys.edx.keys import CourseKey
from opaque_keys.edx.locator import CourseLocator
from submissions import api as submissions_api

from sandbox.content.olx import import_course
from sandbox.courseware.models import StudentModule
from sandbox.grades.models import (
    PersistentCourseGrade,
    PersistentSubsectionGrade,
    PersistentSubsectionGradeOverride,
    VisibleBlocks,
)
from sandbox.student.models import anonymous_id_for_user
from sandbox.work import enrol, grade, override_grade
from sandbox.work.grading import assignment_average, course_fraction, fraction, letter, weighted

QUIZ_AND_EXAM = [
    {"type": "Quiz", "min_count": 3, "drop_count": 1, "weight": 0.4},
    {"type": "Exam", "min_count": 1, "drop_count": 0, "weight": 0.6},
]


@pytest.mark.parametrize(
    ("raw", "weight", "expected"),
    [
        ((1, 2), None, (1, 2)),
        ((1, 2), 4.0, (2.0, 4.0)),
        ((1, 2), 0.0, (0.0, 0.0)),
        ((0, 0), 4.0, (0, 0)),
    ],
)
def test_weighted(raw: tuple[int, int], weight: float | None, expected: tuple[float, float]) -> None:
    """Raw points are scaled to the weight, where there is one."""
    assert weighted(*raw, weight) == expected


@pytest.mark.parametrize(("earned", "possible", "expected"), [(1, 3, 0.33), (2, 3, 0.67), (0, 0, 0.0), (3, 3, 1.0)])
def test_fraction_has_two_places(earned: float, possible: float, expected: float) -> None:
    """A subsection's grade is rounded before it counts."""
    assert fraction(earned, possible) == expected


@pytest.mark.parametrize(
    ("fractions", "min_count", "drop_count", "expected"),
    [
        ([0.5, 1.0], 2, 0, 0.75),
        ([0.5, 1.0], 2, 1, 1.0),
        ([0.2, 0.5, 0.9], 3, 1, 0.7),
        ([1.0], 4, 0, 0.25),
        ([1.0], 4, 2, 0.5),
        ([0.4, 0.8, 0.6], 1, 0, 0.6),
        ([], 2, 0, 0.0),
        ([], 0, 0, 0.0),
        ([0.9], 1, 1, 0.0),
        ([0.9], 1, 5, 0.0),
    ],
)
def test_assignment_average(fractions: list[float], min_count: int, drop_count: int, expected: float) -> None:
    """Missing grades count nothing, the lowest are dropped."""
    assert assignment_average(fractions, min_count, drop_count) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("by_type", "expected"),
    [
        # Quizzes: (0.8 + 0.6) / 2 = 0.7 of 40 %, exam 0.5 of 60 %: 28 + 30.
        ({"Quiz": [0.8, 0.6, 0.1], "Exam": [0.5]}, 0.58),
        # One quiz and two missing, one of them dropped: (1 + 0) / 2 of 40 %.
        ({"Quiz": [1.0]}, 0.2),
        # 0.67 of 60 % is 40.2 %, and with a twentieth of a percent on top still 40 %.
        ({"Exam": [0.67]}, 0.4),
        # 0.99 of 60 % is 59.4 %; 59.4 + 0.05 rounds to 59 %.
        ({"Exam": [0.99]}, 0.59),
        # (0.83 + 0.79) / 2 of 40 % is 32.4 %, and 0.575 of 60 % is 34.5 %: 66.9 + 0.05 rounds to 67 %.
        ({"Quiz": [0.83, 0.79], "Exam": [0.575]}, 0.67),
        # 0.7408 of 60 % is 44.448 %: the twentieth lifts it to 44.498, not enough; 0.741 makes 44.46 and 44.51.
        ({"Exam": [0.7408]}, 0.44),
        ({"Exam": [0.741]}, 0.45),
        ({"Homework": [1.0]}, 0.0),
        ({}, 0.0),
    ],
)
def test_course_fraction(by_type: dict[str, list[float]], expected: float) -> None:
    """Assignment types count by weight; the sum is rounded as on the platform."""
    assert course_fraction(QUIZ_AND_EXAM, by_type) == expected


@pytest.mark.parametrize(
    ("percent", "expected"),
    [
        (0.95, "A"),
        (0.9, "A"),
        (0.89, "B"),
        (0.6, "C"),
        (0.59, ""),
        (0, ""),
    ],
)
def test_letter(percent: float, expected: str) -> None:
    """The best letter that is reached, none below the lowest."""
    assert letter({"B": 0.8, "A": 0.9, "C": 0.6}, percent) == expected


@pytest.fixture
def two_quizzes(db: None, course_folder: Callable[..., object]) -> CourseLocator:
    """Return a course with two graded subsections and one that is not graded."""
    problem = "<problem><stringresponse answer='a'/><stringresponse answer='b'/></problem>"
    return import_course(
        course_folder(
            {
                "chapter/c1.xml": """<chapter><sequential url_name="s1"/>
          <sequential url_name="s2" graded="true" format="Quiz"><vertical url_name="v2"><problem url_name="p2"
            weight="10"><stringresponse/></problem></vertical></sequential>
          <sequential url_name="s3"><vertical url_name="v3"><problem url_name="p3"><stringresponse/></problem>
          </vertical></sequential></chapter>""",
                "problem/p1.xml": problem,
                "policies/r1/grading_policy.json": """{"GRADER": [{"type": "Quiz", "min_count": 2, "drop_count": 0,
          "weight": 1.0}], "GRADE_CUTOFFS": {"Pass": 0.6}}""",
            }
        )
    ).key


def score(user: AbstractBaseUser, course_key: CourseKey, block_id: str, earned: float, possible: float) -> None:
    """Give a learner a raw score."""
    StudentModule.objects.update_or_create(
        student=user,
        course_id=course_key,
        module_state_key=course_key.make_usage_key("problem", block_id),
        defaults={"module_type": "problem", "state": "{}", "grade": earned, "max_grade": possible},
    )


def subsection(user: AbstractBaseUser, course_key: CourseKey, block_id: str) -> PersistentSubsectionGrade:
    """Return a learner's stored grade."""
    return PersistentSubsectionGrade.objects.get(
        user_id=user.pk, course_id=course_key, usage_key=course_key.make_usage_key("sequential", block_id)
    )


def test_nothing_attempted_stores_nothing(two_quizzes: CourseLocator, learner: AbstractBaseUser) -> None:
    """Whoever has only looked around has no grade."""
    enrol(learner, two_quizzes)
    StudentModule.objects.create(
        student=learner,
        course_id=two_quizzes,
        module_type="problem",
        state="{}",
        module_state_key=two_quizzes.make_usage_key("problem", "p1"),
    )
    assert grade(learner, two_quizzes) is None
    assert not PersistentSubsectionGrade.objects.exists()
    assert not PersistentCourseGrade.objects.exists()


def test_only_what_was_attempted_is_stored(two_quizzes: CourseLocator, learner: AbstractBaseUser) -> None:
    """One of two points in the first quiz and nothing in the second: (0.5 + 0) / 2."""
    score(learner, two_quizzes, "p1", 1, 2)
    score(learner, two_quizzes, "p3", 1, 1)
    result = grade(learner, two_quizzes)
    assert (result.percent, result.letter, result.passed, result.subsections) == (0.25, "", False, 2)
    row = subsection(learner, two_quizzes, "s1")
    assert (row.earned_all, row.possible_all, row.earned_graded, row.possible_graded) == (1, 2, 1, 2)
    assert row.first_attempted is not None
    row = subsection(learner, two_quizzes, "s3")
    assert (row.earned_all, row.possible_all, row.earned_graded, row.possible_graded) == (1, 1, 0, 0)
    course = PersistentCourseGrade.objects.get(user_id=learner.pk)
    assert (course.percent_grade, course.letter_grade, course.passed_timestamp) == (0.25, "", None)


def test_weight_and_passing(two_quizzes: CourseLocator, learner: AbstractBaseUser) -> None:
    """Half of the first quiz, all ten points of the second: 0.75 passes; later failing keeps the time of passing."""
    score(learner, two_quizzes, "p1", 1, 2)
    score(learner, two_quizzes, "p2", 1, 1)
    assert grade(learner, two_quizzes).letter == "Pass"
    assert subsection(learner, two_quizzes, "s2").earned_graded == 10.0
    passed = PersistentCourseGrade.objects.get(user_id=learner.pk).passed_timestamp
    assert passed is not None

    score(learner, two_quizzes, "p2", 0, 1)
    assert not grade(learner, two_quizzes).passed
    row = PersistentCourseGrade.objects.get(user_id=learner.pk)
    assert (row.percent_grade, row.letter_grade, row.passed_timestamp) == (0.25, "", passed)


def test_grading_again_keeps_rows(two_quizzes: CourseLocator, learner: AbstractBaseUser) -> None:
    """The same grades keep their ids, and the time of the first attempt."""
    score(learner, two_quizzes, "p1", 1, 2)
    grade(learner, two_quizzes)
    before = list(PersistentSubsectionGrade.objects.values_list("id", "first_attempted"))
    grade(learner, two_quizzes)
    assert list(PersistentSubsectionGrade.objects.values_list("id", "first_attempted")) == before
    assert PersistentCourseGrade.objects.count() == 1


def test_submitted_score_comes_first(two_quizzes: CourseLocator, learner: AbstractBaseUser) -> None:
    """A score in the submissions tables counts before that in the state."""
    score(learner, two_quizzes, "p2", 0, 1)
    submission = submissions_api.create_submission(
        {
            "student_id": anonymous_id_for_user(learner, two_quizzes),
            "course_id": str(two_quizzes),
            "item_id": str(two_quizzes.make_usage_key("problem", "p2")),
            "item_type": "problem",
        },
        {"text": "ebb"},
    )
    submissions_api.set_score(submission["uuid"], 4, 5)
    assert grade(learner, two_quizzes).percent == 0.4
    row = subsection(learner, two_quizzes, "s2")
    assert (row.earned_graded, row.possible_graded) == (8.0, 10.0)


def test_visible_blocks_are_shared(two_quizzes: CourseLocator, learner: AbstractBaseUser, django_user_model) -> None:
    """Two learners who see the same blocks share one row."""
    other = django_user_model.objects.create(username="bob")
    for user in (learner, other):
        score(user, two_quizzes, "p1", 1, 2)
        grade(user, two_quizzes)
    assert VisibleBlocks.objects.count() == 1
    assert PersistentSubsectionGrade.objects.count() == 2


def test_override(two_quizzes: CourseLocator, learner: AbstractBaseUser) -> None:
    """A grade set by hand counts instead of the earned one, which stays; its history grows."""
    score(learner, two_quizzes, "p1", 0, 2)
    grade(learner, two_quizzes)
    key = two_quizzes.make_usage_key("sequential", "s1")
    override_grade(learner, two_quizzes, key, 1.0, "first")
    override_grade(learner, two_quizzes, key, 2.0, "second")
    override = PersistentSubsectionGradeOverride.objects.get()
    assert (override.earned_graded_override, override.possible_graded_override) == (2.0, 2.0)
    assert (override.override_reason, override.history.count()) == ("second", 2)
    assert override.grade.earned_graded == 0
    assert PersistentCourseGrade.objects.get().percent_grade == 0.5
    assert grade(learner, two_quizzes).percent == 0.5


def test_override_without_any_work(two_quizzes: CourseLocator, learner: AbstractBaseUser) -> None:
    """A grade may be set by hand for who never came."""
    override_grade(learner, two_quizzes, two_quizzes.make_usage_key("sequential", "s2"), 10.0)
    assert subsection(learner, two_quizzes, "s2").first_attempted is None
    assert PersistentCourseGrade.objects.get().percent_grade == 0.5


@pytest.mark.parametrize(
    ("block_id", "earned", "expected"),
    [
        ("nowhere", 1.0, "has no subsection"),
        ("s1", 3.0, "gives 0 to 2"),
        ("s1", -1.0, "gives 0 to 2"),
    ],
)
def test_impossible_overrides(
    two_quizzes: CourseLocator, learner: AbstractBaseUser, block_id: str, earned: float, expected: str
) -> None:
    """There is nothing to override, or not that much."""
    with pytest.raises(ValueError, match=expected):
        override_grade(learner, two_quizzes, two_quizzes.make_usage_key("sequential", block_id), earned)
    assert not PersistentSubsectionGrade.objects.exists()
