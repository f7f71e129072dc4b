"""Learners who take a course again, some of them more than once."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator

from django.contrib.auth.models import AbstractBaseUser
from opaque_keys.edx.keys import CourseKey

from sandbox.grades.models import PersistentCourseGrade
from sandbox.student.models import CourseEnrollment
from sandbox.work.completion import enable_completion_tracking
from sandbox.work.grades import grade
from sandbox.work.outline import Outline, load_outline
from sandbox.work.session import work

#: Of those who fail once more, this share tries again.
ONCE_MORE = 0.6
#: Least and greatest share of the course that they work through, and chance of a right answer at each try.
_EFFORT, _SKILL = (0.7, 1.0), (0.3, 0.7)
#: By how much the chance is better each time.
_LEARNED = 0.1


def retake(
    course_key: CourseKey, share: float, times: int, seed: int, start_again: Callable[[AbstractBaseUser], bool]
) -> Counter[int]:
    """Let learners who do not pass start again and work; return how many started again how often.

    Args:
        course_key: Plain key of a course that was populated.
        share: Which part of those who do not pass starts again, 0.0 to 1.0.
        times: How often at most one of them does.
        seed: The same seed gives the same learners the same fate.
        start_again: Gives a learner a fresh start, and says whether it did.

    Raises:
        ValueError: There is no such course, or ``share`` is out of range.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"the share is {share}; give one from 0.0 to 1.0")
    outline = load_outline(course_key)
    enable_completion_tracking()
    counts: Counter[int] = Counter()
    for user in _not_passing(course_key):
        luck = random.Random(f"{seed}/{course_key}/again/{user.username}")  # nosec B311  # no secret
        if luck.random() < share:
            counts[sum(1 for _ in _starts(user, outline, times, luck, start_again))] += 1
    return counts


def _starts(
    user: AbstractBaseUser,
    outline: Outline,
    times: int,
    luck: random.Random,
    start_again: Callable[[AbstractBaseUser], bool],
) -> Iterator[None]:
    """Start again until the course is passed or there is no more luck."""
    for number in range(1, times + 1):
        if not start_again(user):
            return
        yield
        skill = luck.uniform(*_SKILL) + number * _LEARNED
        work(user, outline.course_key, luck, luck.uniform(*_EFFORT), skill, outline)
        result = grade(user, outline.course_key, outline)
        if (result and result.passed) or luck.random() >= ONCE_MORE:
            return


def _not_passing(course_key: CourseKey) -> list[AbstractBaseUser]:
    passing = PersistentCourseGrade.objects.filter(course_id=course_key).exclude(letter_grade="")
    enrolled = CourseEnrollment.objects.filter(course_id=course_key).exclude(user_id__in=passing.values("user_id"))
    return [one.user for one in enrolled.select_related("user").order_by("user__username")]
