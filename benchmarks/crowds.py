"""Many learners of a course in several attempts, made by set-based SQL as many switches would have left them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.db import connection
from django.utils import timezone

from attempts.keys import attempt_course_key
from attempts.models import AttemptContext, LearnerCourse
from benchmarks.filling import TABLES, Work, enrolled, fill, settle
from benchmarks.indexes import without_indexes
from tests.factories import COURSE

#: Attempts of each learner, and blocks with a state and a completion in each.
ATTEMPTS, BLOCKS = 3, 100
_OURS = (LearnerCourse, AttemptContext)


def crowd_in_attempts(number: int) -> list[Any]:
    """Make learners with three attempts each, the last one active."""
    users = enrolled(number, COURSE)
    ids = [user.pk for user in users]
    with without_indexes(TABLES):
        for attempt in range(1, ATTEMPTS):
            fill(ids, Work(BLOCKS, attempt_course_key(COURSE, attempt)))
        fill(ids, Work(BLOCKS))
    now = timezone.now()
    identities = LearnerCourse.objects.bulk_create(
        (LearnerCourse(user=user, course_key=COURSE, active_number=ATTEMPTS) for user in users), batch_size=1000
    )
    if identities[0].pk is None:
        identities = list(LearnerCourse.objects.filter(user__in=users))
    AttemptContext.objects.bulk_create(
        (
            AttemptContext(
                learner_course=identity,
                course_key=COURSE,
                org=COURSE.org,
                number=attempt,
                uuid=uuid4(),
                opened_at=now,
                archived_at=now,
                percent_grade=(identity.pk * attempt % 101) / 100,
                passed=identity.pk * attempt % 101 > 50,
            )
            for identity in identities
            for attempt in range(1, ATTEMPTS + 1)
        ),
        batch_size=1000,
    )
    settle()
    _analyse()
    return users


def _analyse() -> None:
    names = ", ".join(model._meta.db_table for model in _OURS)
    statement = {"postgresql": f"VACUUM (ANALYZE) {names}", "mysql": f"ANALYZE TABLE {names}", "sqlite": ""}
    if statement[connection.vendor]:
        with connection.cursor() as cursor:
            cursor.execute(statement[connection.vendor])
            if connection.vendor == "mysql":
                cursor.fetchall()
