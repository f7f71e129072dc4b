"""Learners who have several attempts at a course."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import Count, Max, OuterRef, Q, Subquery
from opaque_keys.edx.keys import CourseKey

from attempts.data import AttemptState, Page, RetakingLearner
from attempts.host.learners import learner_data
from attempts.models import AttemptContext, LearnerCourse
from attempts.paging import Stretch, page_of

_POINTER = Subquery(LearnerCourse.objects.filter(pk=OuterRef("learner_course_id")).values("active_number"))
#: The number of the newest attempt of the learner whose attempt a row is.
_NEWEST = Subquery(
    AttemptContext.objects.filter(learner_course_id=OuterRef("learner_course_id"))
    .order_by("-number")
    .values("number")[:1]
)
#: Whoever has several attempts has a second one, and one only.
_SECOND = 2


def search_retaking_learners(
    course_key: CourseKey,
    *,
    number: int | None,
    state: AttemptState | None,
    cursor: str | None,
    size: int,
) -> Page[RetakingLearner]:
    """Return a page of the learners with several attempts at a course; at most two statements.

    Args:
        course_key: the course, by plain key.
        number: those who have an attempt with this number; None for all. Whose attempt was recorded last comes first.
        state: those whose attempt of that number, else whose newest one, is active or archived; None for either.
        cursor: where to go on; None for the first page.
        size: how many at most.

    Raises:
        InvalidCursor: see there.
    """
    where = Q()
    if state is not None:
        is_active = Q(active_number=_NEWEST if number is None else number)
        where = is_active if state == "active" else ~is_active
    at = {"course_key": course_key, "number": max(number or 0, _SECOND)}
    rows = AttemptContext.objects.select_related("learner_course__user").annotate(active_number=_POINTER)
    page = page_of(rows, _learner, cursor=cursor, size=size, order="-created", stretches=[Stretch(at=at, where=where)])
    return Page(items=_counted(page.items), next=page.next, previous=page.previous)


def _learner(row: AttemptContext) -> tuple[int, RetakingLearner]:
    identity = row.learner_course
    found = RetakingLearner(
        learner=learner_data(identity.user), attempts=0, active_number=identity.active_number, last_opened_at=None
    )
    return identity.pk, found


def _counted(found: Sequence[tuple[int, RetakingLearner]]) -> tuple[RetakingLearner, ...]:
    """Say of each learner how many attempts there are, and when the newest was opened; one statement."""
    if not found:
        return ()
    rows = AttemptContext.objects.filter(learner_course_id__in=[key for key, _ in found]).order_by()
    told: dict[int, tuple[int, datetime | None]] = {
        key: (attempts, opened)
        for key, attempts, opened in rows.values_list("learner_course_id").annotate(Count("pk"), Max("opened_at"))
    }
    return tuple(replace(one, attempts=told[key][0], last_opened_at=told[key][1]) for key, one in found)
