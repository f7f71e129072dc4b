"""``manage.py populate`` and ``manage.py sandbox_accounts``, and what runs the sandbox."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from completion.models import BlockCompletion
from django.contrib.auth import authenticate, get_user_model
from django.core.management import CommandError, call_command
from opaque_keys.edx.keys import CourseKey
from opaque_keys.edx.locator import CourseLocator

from sandbox.content.olx import import_course
from sandbox.courseware.models import StudentModule
from sandbox.grades.models import PersistentCourseGrade
from sandbox.student.models import CourseAccessRole, CourseEnrollment
from sandbox.work.population import DECK, kind_of, passing, rows_in_course
from tests.processes import ROOT

pytestmark = pytest.mark.django_db


def grades(course_key: CourseKey) -> dict[str, float]:
    """Return course grades by user name."""
    names = dict(get_user_model().objects.values_list("id", "username"))
    rows = PersistentCourseGrade.objects.filter(course_id=course_key).values_list("user_id", "percent_grade")
    return {names[user_id]: percent for user_id, percent in rows}


def test_populate_makes_learners_of_all_kinds(tides: CourseLocator, capsys: pytest.CaptureFixture[str]) -> None:
    """Of ten learners some pass, some fail and some have barely started; the table says how much there is."""
    call_command("populate", learners=10, seed=1)
    assert CourseEnrollment.objects.filter(course_id=tides).count() == 10
    assert passing(tides) == 4
    assert 0 < len([percent for percent in grades(tides).values() if percent < 0.6]) <= 6
    output = capsys.readouterr().out
    rows = rows_in_course(tides)
    assert rows["courseware_studentmodule"] == StudentModule.objects.count() > 200
    assert rows["completion_blockcompletion"] == BlockCompletion.objects.count()
    for table, count in rows.items():
        assert [table, str(count)] in [line.split() for line in output.splitlines()]
    assert "10 learners worked" in output
    assert "4 of 10 enrolled pass" in output


def test_learners_are_people(tides: CourseLocator) -> None:
    """Learners have names, addresses that reach nobody, and can log in."""
    call_command("populate", learners=2)
    user = get_user_model().objects.get(username="learner0002")
    assert user.email == "learner0002@example.com"
    assert user.first_name
    assert user.last_name
    assert not user.is_staff
    assert authenticate(username="learner0002", password="attempts") == user


def test_populate_again_adds_nothing(tides: CourseLocator) -> None:
    """The same call again leaves every row as it is; more learners are added to those that are there."""
    call_command("populate", learners=5, seed=1)
    before = (rows_in_course(tides), list(StudentModule.objects.order_by("id").values()))
    call_command("populate", learners=5, seed=1)
    assert (rows_in_course(tides), list(StudentModule.objects.order_by("id").values())) == before
    first = grades(tides)
    call_command("populate", learners=7, seed=1)
    assert CourseEnrollment.objects.count() == 7
    assert {name: grades(tides)[name] for name in first} == first


def test_populate_is_a_matter_of_the_seed(tides: CourseLocator, tides_folder: Any) -> None:
    """A course under another key has the same learners but another fate; kinds depend on the seed alone."""
    twin = import_course(tides_folder, CourseKey.from_string(f"{tides}b")).key
    call_command("populate", learners=6, seed=1)
    call_command("populate", course=str(twin), learners=6, seed=1)
    assert get_user_model().objects.filter(username__startswith="learner").count() == 6
    assert grades(tides) != grades(twin)
    assert [kind_of(number, tides, 1) for number in range(30)] == [kind_of(number, tides, 1) for number in range(30)]
    assert [kind_of(number, tides, 1) for number in range(30)] != [kind_of(number, tides, 2) for number in range(30)]
    assert sorted(kind_of(number, tides, 1).name for number in range(10)) == sorted(kind.name for kind in DECK)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"learners": 0}, "give one from 1 to 9999"),
        ({"learners": -5}, "give one from 1 to 9999"),
        ({"learners": 10_000}, "give one from 1 to 9999"),
        ({"course": "nonsense"}, "not a course key"),
        ({"course": "Org/Course/Run"}, "deprecated form"),
        ({"course": "course-v1:No+Such+Course"}, "import it with manage.py load_course"),
    ],
)
def test_populate_refuses(tides: CourseLocator, options: dict[str, Any], expected: str) -> None:
    """Arguments that make no sense are refused, and nobody is made."""
    with pytest.raises(CommandError, match=expected):
        call_command("populate", **options)
    assert not get_user_model().objects.exists()


@pytest.mark.parametrize("argument", ["--learners=many", "--seed=x", "--unknown"])
def test_populate_refuses_what_it_cannot_parse(argument: str) -> None:
    """What is no number is refused by the parser."""
    with pytest.raises(CommandError, match="Error"):
        call_command("populate", argument)


def test_accounts_have_their_roles(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    """There is an account for each role, and the table says so."""
    call_command("sandbox_accounts")
    call_command("sandbox_accounts")
    users = get_user_model().objects
    assert set(users.values_list("username", "is_staff", "is_superuser")) == {
        ("support", True, False),
        ("instructor", False, False),
        ("staff", False, False),
        ("analyst", False, False),
        ("admin", True, True),
    }
    assert set(CourseAccessRole.objects.values_list("user__username", "role", "org")) == {
        ("instructor", "instructor", "OpenAttempts"),
        ("staff", "staff", "OpenAttempts"),
        ("analyst", "data_researcher", "OpenAttempts"),
    }
    assert {str(key) for key in CourseAccessRole.objects.values_list("course_id", flat=True)} == {
        "course-v1:OpenAttempts+Tides+2026"
    }
    assert all(authenticate(username=user.username, password="attempts") for user in users.all())
    assert "data researcher in the course" in capsys.readouterr().out


def test_accounts_keep_a_changed_password(db: None) -> None:
    """An account whose password was changed keeps it."""
    call_command("sandbox_accounts")
    user = get_user_model().objects.get(username="support")
    user.set_password("something else")
    user.save()
    call_command("sandbox_accounts")
    assert authenticate(username="support", password="something else")


def test_accounts_refuse_a_key_that_is_none(db: None) -> None:
    """The course of the roles must have a key."""
    with pytest.raises(CommandError, match="not a course key"):
        call_command("sandbox_accounts", course="nonsense")
    assert not get_user_model().objects.exists()


@pytest.mark.parametrize(
    ("word", "code", "said"), [("--help", 0, "SANDBOX_PORT"), ("--port", 2, "unrecognized arguments: --port")]
)
def test_what_runs_the_sandbox_starts_nothing_for_who_asks_for_help(word: str, code: int, said: str) -> None:
    """Nor for somebody who takes it to have an option."""
    done = subprocess.run(
        [sys.executable, "-m", "sandbox.run", word], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == code
    assert said in done.stdout + done.stderr
