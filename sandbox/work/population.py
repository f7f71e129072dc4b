"""A population of learners, some of whom pass."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from completion.models import BlockCompletion
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import QuerySet
from opaque_keys.edx.keys import CourseKey
from submissions.models import Score, StudentItem, Submission

from sandbox.courseware.models import StudentModule, StudentModuleHistory
from sandbox.grades.models import (
    PersistentCourseGrade,
    PersistentSubsectionGrade,
    PersistentSubsectionGradeOverride,
    VisibleBlocks,
)
from sandbox.student.models import AnonymousUserId, CourseEnrollment
from sandbox.work.completion import enable_completion_tracking
from sandbox.work.enrolment import enrol
from sandbox.work.grades import grade, override_grade
from sandbox.work.outline import Outline, load_outline
from sandbox.work.session import work

#: Password of every account that the sandbox makes.
PASSWORD = "attempts"  # nosec B105  # printed at every start; without DEBUG it lets nobody in
#: Highest number of learners, as their names have four digits.
MAX_LEARNERS = 9999
#: Of the learners who finish and fail, this share has a grade set by hand.
OVERRIDDEN_SHARE = 0.25
_FIRST_NAMES = (
    "Amina",
    "Bram",
    "Chidi",
    "Daria",
    "Elif",
    "Farid",
    "Greta",
    "Hiro",
    "Ines",
    "Jonas",
    "Keiko",
    "Lior",
    "Mei",
    "Nadia",
    "Omar",
    "Priya",
    "Quentin",
    "Rosa",
    "Sven",
    "Tala",
    "Uche",
    "Vera",
    "Wanda",
    "Ximena",
    "Yusuf",
    "Zoe",
)
_LAST_NAMES = (
    "Adeyemi",
    "Bergman",
    "Castillo",
    "Dubois",
    "Eriksen",
    "Fischer",
    "Gupta",
    "Haddad",
    "Ivanova",
    "Jansen",
    "Kimura",
    "Lindqvist",
    "Moreau",
    "Nakamura",
    "Okafor",
    "Petrov",
    "Quispe",
    "Rossi",
    "Silva",
    "Tanaka",
    "Ueda",
    "Vasquez",
    "Weber",
)


@dataclass(frozen=True)
class Kind:
    """A kind of learner.

    Attributes:
        name: What such learners do.
        effort: Least and greatest share of the course that they work through.
        skill: Least and greatest chance of a right answer at each try.
    """

    name: str
    effort: tuple[float, float]
    skill: tuple[float, float]


BARELY_STARTED = Kind("barely started", (0.01, 0.1), (0.2, 0.9))
DROPPED_OUT = Kind("dropped out", (0.3, 0.6), (0.3, 0.8))
FAILED = Kind("finished and failed", (0.9, 1.0), (0.05, 0.2))
PASSED = Kind("finished and passed", (1.0, 1.0), (0.75, 0.98))
#: Each ten learners have this mix, in an order drawn by the seed.
DECK = (BARELY_STARTED, BARELY_STARTED, DROPPED_OUT, DROPPED_OUT, FAILED, FAILED, PASSED, PASSED, PASSED, PASSED)


def learners(count: int) -> list[AbstractBaseUser]:
    """Return the accounts ``learner0001`` and so on, making those that are missing.

    Args:
        count: How many, from 1 to ``MAX_LEARNERS``.

    Raises:
        ValueError: ``count`` is out of range.
    """
    if not 1 <= count <= MAX_LEARNERS:
        raise ValueError(f"the number of learners is {count}; give one from 1 to {MAX_LEARNERS}")
    users = get_user_model().objects
    names = [f"learner{number:04}" for number in range(1, count + 1)]
    present = set(users.filter(username__in=names).values_list("username", flat=True))
    # Hashing is slow on purpose; all share one password, so they may share its hash.
    password = make_password(PASSWORD)
    for number, name in enumerate(names):
        if name not in present:
            users.create(
                username=name,
                email=f"{name}@example.com",
                first_name=_FIRST_NAMES[number % len(_FIRST_NAMES)],
                last_name=_LAST_NAMES[number * 7 % len(_LAST_NAMES)],
                password=password,
            )
    return list(users.filter(username__in=names).order_by("username"))


def populate(course_key: CourseKey, count: int, seed: int) -> list[AbstractBaseUser]:
    """Let learners enrol in a course, work and be graded; return those who were not enrolled before.

    Whoever is enrolled already is left alone, so the same call again adds nothing.

    Args:
        course_key: Plain key of a course that was imported.
        count: Number of learners.
        seed: The same seed gives the same learners the same fate.

    Raises:
        ValueError: There is no such course, or ``count`` is out of range.
    """
    outline = load_outline(course_key)
    enable_completion_tracking()
    everyone = learners(count)
    enrolled = set(CourseEnrollment.objects.filter(course_id=course_key).values_list("user_id", flat=True))
    newcomers = []
    for number, user in enumerate(everyone):
        if user.pk not in enrolled:
            luck = random.Random(f"{seed}/{course_key}/{number}")  # nosec B311  # no secret
            with transaction.atomic():
                _live(user, outline, kind_of(number, course_key, seed), luck)
            newcomers.append(user)
    return newcomers


def kind_of(number: int, course_key: CourseKey, seed: int) -> Kind:
    """Return what kind of learner number ``number`` (from 0) is in a course."""
    deck = list(DECK)
    random.Random(f"{seed}/{course_key}/deck/{number // len(deck)}").shuffle(deck)  # nosec B311  # no secret
    return deck[number % len(deck)]


def _live(user: AbstractBaseUser, outline: Outline, kind: Kind, rng: random.Random) -> None:
    course_key = outline.course_key
    enrol(user, course_key, mode=rng.choice(["audit", "verified"]))
    work(user, course_key, rng, rng.uniform(*kind.effort), rng.uniform(*kind.skill), outline)
    grade(user, course_key, outline)
    if kind is FAILED and rng.random() < OVERRIDDEN_SHARE:
        graded = PersistentSubsectionGrade.objects.filter(
            user_id=user.pk, course_id=course_key, possible_graded__gt=0
        ).order_by("usage_key")
        if graded:
            row = rng.choice(list(graded))
            override_grade(user, course_key, row.usage_key, row.possible_graded / 2, "Handed in on paper")


def rows_in_course(course_key: CourseKey) -> dict[str, int]:
    """Return the number of rows that a course has in each of the host's tables, by table name."""
    text = str(course_key)
    counted: Sequence[QuerySet] = (
        CourseEnrollment.objects.filter(course_id=course_key),
        AnonymousUserId.objects.filter(course_id=course_key),
        StudentModule.objects.filter(course_id=course_key),
        StudentModuleHistory.objects.filter(student_module__course_id=course_key),
        BlockCompletion.objects.filter(context_key=course_key),
        StudentItem.objects.filter(course_id=text),
        Submission.objects.filter(student_item__course_id=text),
        Score.objects.filter(student_item__course_id=text),
        VisibleBlocks.objects.filter(course_id=course_key),
        PersistentSubsectionGrade.objects.filter(course_id=course_key),
        PersistentSubsectionGradeOverride.objects.filter(grade__course_id=course_key),
        PersistentCourseGrade.objects.filter(course_id=course_key),
    )
    return {rows.model._meta.db_table: rows.count() for rows in counted}


def passing(course_key: CourseKey) -> int:
    """Return the number of learners whose grade in a course is passing now."""
    return PersistentCourseGrade.objects.filter(course_id=course_key).exclude(letter_grade="").count()
