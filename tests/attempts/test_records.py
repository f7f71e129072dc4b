"""Grades of record: which of a learner's grades counts."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attempts import api
from attempts.analysis.retakes.spreads import spread
from attempts.data import AttemptQuery, GradeData, Provenance
from attempts.exceptions import AttemptNotFound, CommentTooLong, DeletionRefused, GradeNotChosen, InvalidPolicy
from attempts.models import GradeChoice
from sandbox.grades.models import PersistentCourseGrade
from tests.attempts.test_retakes import learner_with
from tests.factories import COURSE, CourseFactory, CourseGradeFactory, EnrolmentFactory, UserFactory, enrolled

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def course() -> None:
    CourseFactory(id=COURSE)


@pytest.fixture
def rule() -> Callable[[str], Any]:
    """Lets a rule hold for the course."""
    return lambda name: api.change_policy({"grade_of_record": name}, course_key=COURSE, changed_by=None)


def counts(learner: Any) -> tuple[int | None, float | None]:
    """The attempt that counts, and its grade."""
    found = api.grade_of_record(learner, COURSE)
    return found.number, found.grade.percent_grade if found.grade else None


@pytest.mark.parametrize(
    ("name", "grades", "expected"),
    [
        ("latest", (0.9, 0.2), (2, 0.2)),
        ("latest", (0.9, None), (2, None)),
        ("first", (0.1, 0.9), (1, 0.1)),
        ("first", (None, 0.9), (1, None)),
        ("best", (0.1, 0.9, 0.5), (2, 0.9)),
        ("best", (0.1, 0.2, 0.5), (3, 0.5)),
        ("best", (0.5, 0.5), (1, 0.5)),
        ("best", (None, None), (None, None)),
        ("chosen", (0.9, 0.2), (2, 0.2)),
    ],
)
def test_the_rules(rule: Callable[[str], Any], name: str, grades: Any, expected: Any) -> None:
    """Of archived attempts the frozen grade; where staff may choose and nobody has, the active attempt's."""
    rule(name)
    assert counts(learner_with(*grades)) == expected


def test_the_active_attempt_counts_unless_a_policy_says_otherwise(learner: Any, reset: Any, undo: Any) -> None:
    """As for the host: also after an undo, when another attempt has a higher number."""
    CourseGradeFactory(user_id=learner.pk, percent_grade=0.3)
    found = api.grade_of_record(learner, COURSE)
    assert (found.rule, found.origin, found.number, found.choice) == ("latest", "default", 1, None)
    assert found.uuid == api.active_attempt(learner, COURSE).uuid
    assert found.grade == GradeData(0.3, "", False)
    reset(learner)
    assert counts(learner) == (2, None)
    undo(learner)
    assert counts(learner) == (1, 0.3)


def test_staff_choose_and_choose_again(rule: Callable[[str], Any]) -> None:
    """It is known who did and when; what was chosen before is kept."""
    rule("chosen")
    learner, staff = learner_with(0.9, 0.2, 0.5), UserFactory(username="dean")
    one, two, _three = api.attempts(learner, COURSE)
    came = Provenance(role="support", client="session", request_id="r1")
    chosen = api.choose_grade(one, chosen_by=staff, comment="Appeal.", provenance=came)
    assert (chosen.number, chosen.uuid, chosen.grade) == (1, one.uuid, GradeData(0.9, "", True))
    assert chosen.choice is not None
    assert (chosen.choice.chosen_by, chosen.choice.comment, chosen.choice.number) == ("dean", "Appeal.", 1)
    api.choose_grade(two, chosen_by=None)
    assert counts(learner) == (2, 0.2)
    assert [(one.number, one.chosen_by) for one in api.grade_choices(learner, COURSE)] == [(2, None), (1, "dean")]
    row = GradeChoice.objects.get(comment="Appeal.")
    assert (row.role, row.client, row.request_id) == ("support", "session", "r1")
    with pytest.raises(DeletionRefused):
        row.delete()


def test_a_choice_rests_while_another_rule_holds(rule: Callable[[str], Any]) -> None:
    """And holds again when that has gone."""
    rule("chosen")
    learner = learner_with(0.9, 0.2)
    first = api.attempts(learner, COURSE)[0]
    api.choose_grade(first, chosen_by=None)
    rule("latest")
    assert (counts(learner), api.grade_of_record(learner, COURSE).choice) == ((2, 0.2), None)
    with pytest.raises(GradeNotChosen, match="latest"):
        api.choose_grade(first, chosen_by=None)
    assert len(api.grade_choices(learner, COURSE)) == 1
    rule("chosen")
    assert counts(learner) == (1, 0.9)


def test_what_cannot_be_chosen(rule: Callable[[str], Any]) -> None:
    """Nothing is written."""
    rule("chosen")
    with pytest.raises(AttemptNotFound):
        api.choose_grade(api.active_attempt(enrolled(), COURSE), chosen_by=None)
    with pytest.raises(CommentTooLong):
        api.choose_grade(api.attempts(learner_with(0.9, 0.2), COURSE)[0], chosen_by=None, comment="x" * 256)
    with pytest.raises(InvalidPolicy):
        rule("worst")
    assert not GradeChoice.objects.exists()


def test_the_hosts_own_grade_is_never_written(rule: Callable[[str], Any]) -> None:
    """Whatever counts."""
    rule("chosen")
    learner = learner_with(0.9, 0.2)
    before = list(PersistentCourseGrade.objects.values())
    api.choose_grade(api.attempts(learner, COURSE)[0], chosen_by=None)
    assert counts(learner) == (1, 0.9)
    assert list(PersistentCourseGrade.objects.values()) == before


def test_it_stands_beside_the_plain_grade(rule: Callable[[str], Any]) -> None:
    """Of each course, in as many statements for many courses as for one."""
    rule("best")
    learner = learner_with(0.9, 0.2)
    with CaptureQueriesContext(connection) as few:
        (standing,) = api.courses(learner)
    assert standing.grade == GradeData(0.2, "", False)
    assert (standing.grade_of_record.number, standing.grade_of_record.grade) == (1, GradeData(0.9, "", True))
    for number in range(5):
        key = CourseFactory(id=COURSE.replace(run=f"Other{number}")).id
        EnrolmentFactory(user=learner, course_id=key)
    with CaptureQueriesContext(connection) as many:
        assert len(api.courses(learner)) == 6
    assert len(few) == len(many)


@pytest.mark.parametrize(
    ("name", "expected"), [("latest", [0.2, 0.6]), ("best", [0.9, 0.6]), ("first", [0.9, 0.1]), ("chosen", [0.9, 0.6])]
)
def test_the_report_has_the_grades_that_count(rule: Callable[[str], Any], name: str, expected: list[float]) -> None:
    """One of each learner; of those who have none, none."""
    one, _two = learner_with(0.9, 0.2), learner_with(0.1, 0.6)
    learner_with(None, None)
    rule("chosen")
    api.choose_grade(api.attempts(one, COURSE)[0], chosen_by=None)
    rule(name)
    found = api.retake_report(COURSE).of_record
    assert found is not None
    assert (found.rule, found.passed) == (name, sum(grade > 0.5 for grade in expected))
    assert found.grade is not None
    assert (found.grade.count, found.grade.median) == (2, pytest.approx(sum(expected) / 2))


@pytest.mark.parametrize("name", ["latest", "best", "first", "chosen"])
def test_report_and_learners_agree(rule: Callable[[str], Any], name: str) -> None:
    """Whatever grades there are."""
    lot = random.Random(3)
    learners = [learner_with(*(lot.choice((None, 0.1, 0.5, 0.9)) for _ in range(lot.randint(1, 4)))) for _ in range(30)]
    rule("chosen")
    for learner in learners[::2]:
        api.choose_grade(lot.choice(api.attempts(learner, COURSE)), chosen_by=None)
    rule(name)
    own = [grade for learner in learners if (grade := api.grade_of_record(learner, COURSE).grade)]
    found = api.retake_report(COURSE).of_record
    assert found is not None
    assert found.passed == sum(grade.passed for grade in own)
    assert found.grade == spread([grade.percent_grade for grade in own])
    # The best of some need not be the best of all.
    assert api.retake_report(COURSE, query=AttemptQuery(passed=False)).of_record is None


def test_the_command(rule: Callable[[str], Any], attempts_command: Callable[..., tuple[int, str, str]]) -> None:
    """Shows it, and chooses."""
    learner = learner_with(0.9, 0.2)
    UserFactory(username="dean")
    code, out, _ = attempts_command("grade", learner.username, COURSE)
    assert (code, out) == (0, "grade of record: 20%, attempt 2 (latest, from default)\n")
    assert attempts_command("grade", learner.username, COURSE, "--choose", 1)[0] == 1
    rule("chosen")
    code, out, _ = attempts_command(
        "grade", learner.username, COURSE, "--choose", 1, "--actor", "dean", "--comment", "Ill."
    )
    assert code == 0
    assert out.startswith("grade of record: 90%, attempt 1 (chosen, from course)\nchosen by dean at ")
    assert out.endswith(": Ill.\n")
    data = json.loads(attempts_command("grade", learner.username, COURSE, "--format", "json")[1])
    assert (data["number"], data["choice"]["chosen_by"]) == (1, "dean")
    assert attempts_command("grade", learner.username, COURSE, "--comment", "Ill.")[0] == 2
    assert attempts_command("grade", learner.username, COURSE, "--choose", 7)[0] == 2
