"""Courses, people and their first work, in bulk."""

from __future__ import annotations

from typing import Any

from completion.models import BlockCompletion
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey
from submissions.models import Score, StudentItem, Submission

from attempts import api
from attempts.operations import execute
from sandbox.courseware.models import StudentModule, StudentModuleHistory
from sandbox.grades.models import (
    PersistentCourseGrade,
    PersistentSubsectionGrade,
    PersistentSubsectionGradeOverride,
)
from sandbox.student.models import AnonymousUserId, CourseEnrollment
from sandbox.work.completion import enable_completion_tracking
from tests.factories import COURSE, LOOKALIKE, CourseFactory, PolicyFactory, VisibleBlocksFactory
from tests.faults.work import VISIBLE_BLOCKS, WRITERS, state_of

SUPPORT, PASSWORD = "support", "of the campaign"
#: Blocks that a learner has worked on before a history begins, of each course.
BLOCKS = ("b0", "b1", "b2")
#: The token of rows that no step of a history has written.
FIRST = 1


def make_site() -> None:
    """Make what all histories share: two courses, a policy, somebody who supports."""
    get_user_model().objects.create(username=SUPPORT, is_staff=True, password=make_password(PASSWORD))
    PolicyFactory()
    for key in (COURSE, LOOKALIKE):
        CourseFactory(id=key)
    VisibleBlocksFactory(hashed=VISIBLE_BLOCKS)
    enable_completion_tracking()


def warm_up() -> None:
    """Switch somebody to and fro, so that whoever is forked from here on has the SQL of it compiled already.

    Processes are killed so often that they would do little else. It is rolled back: nobody is to hear of it.
    """
    words: dict[str, Any] = {"requested_by": None, "override": ["worked_since", "learner_passing"]}
    with transaction.atomic():
        [(user_id, _hidden)] = make_learners(["forerunner"])
        user = get_user_model().objects.get(pk=user_id)
        # By how many submissions she has, up to a power of two, the SQL differs; the first she has already.
        for submissions, to in ((0, 2), (1, 1), (2, 2), (4, 1)):
            for number in range(submissions):
                WRITERS["submissions_studentitem"](user, COURSE, f"b{number}", FIRST)
            for ask in (
                lambda: api.request_reset(user, COURSE, requested_by=None),
                lambda: api.request_undo(user, COURSE, **words),
                lambda to=to: api.request_activate(user, COURSE, to, **words),
            ):
                execute(ask().uuid)
                list(api.sweep(user_id, COURSE))
                assert list(api.verify(user_id, COURSE)) == []
        transaction.set_rollback(True)


def make_learners(names: list[str]) -> list[tuple[int, str]]:
    """Make learners of both courses who have worked in both; return user id and anonymous id in the first course."""
    User = get_user_model()
    users = User.objects.bulk_create([User(username=name, email=f"{name}@example.com") for name in names])
    CourseEnrollment.objects.bulk_create(
        CourseEnrollment(user=user, course_id=key) for user in users for key in (COURSE, LOOKALIKE)
    )
    hidden = {
        (user.pk, key): f"{number}{user.pk:031d}" for user in users for number, key in enumerate((COURSE, LOOKALIKE))
    }
    AnonymousUserId.objects.bulk_create(
        AnonymousUserId(user_id=pk, course_id=key, anonymous_user_id=name) for (pk, key), name in hidden.items()
    )
    for key in (COURSE, LOOKALIKE):
        _states(users, key)
        _grades(users, key)
        _submissions([hidden[user.pk, key] for user in users], key)
    return [(user.pk, hidden[user.pk, COURSE]) for user in users]


def _states(users: list[Any], course: CourseKey) -> None:
    states = StudentModule.objects.bulk_create(
        StudentModule(
            student=user,
            course_id=course,
            module_state_key=course.make_usage_key("problem", block),
            module_type="problem",
            state=state_of(FIRST),
        )
        for user in users
        for block in BLOCKS
    )
    StudentModuleHistory.objects.bulk_create(
        StudentModuleHistory(student_module=row, state=row.state, created=timezone.now()) for row in states
    )
    BlockCompletion.objects.bulk_create(
        BlockCompletion(
            user=user,
            context_key=course,
            block_key=course.make_usage_key("problem", block),
            block_type="problem",
            completion=FIRST / 1000,
        )
        for user in users
        for block in BLOCKS[:2]
    )


def _grades(users: list[Any], course: CourseKey) -> None:
    grades = PersistentSubsectionGrade.objects.bulk_create(
        PersistentSubsectionGrade(
            user_id=user.pk,
            course_id=course,
            usage_key=course.make_usage_key("sequential", "b0"),
            earned_all=FIRST,
            possible_all=1000,
            earned_graded=FIRST,
            possible_graded=1000,
            visible_blocks_id=VISIBLE_BLOCKS,
        )
        for user in users
    )
    PersistentSubsectionGradeOverride.objects.bulk_create(
        PersistentSubsectionGradeOverride(grade=grade, earned_all_override=2) for grade in grades[::2]
    )
    PersistentCourseGrade.objects.bulk_create(
        PersistentCourseGrade(
            user_id=user.pk, course_id=course, percent_grade=FIRST / 1000, grading_policy_hash=f"t{FIRST}"
        )
        for user in users
    )


def _submissions(names: list[str], course: CourseKey) -> None:
    items = StudentItem.objects.bulk_create(
        StudentItem(
            student_id=name,
            course_id=str(course),
            item_id=str(course.make_usage_key("openassessment", "b0")),
            item_type="openassessment",
        )
        for name in names[::2]
    )
    made = Submission.objects.bulk_create(
        Submission(student_item=item, attempt_number=1, answer={"token": FIRST}, submitted_at=timezone.now())
        for item in items
    )
    Score.objects.bulk_create(
        Score(student_item=row.student_item, submission=row, points_earned=1, points_possible=2) for row in made
    )
