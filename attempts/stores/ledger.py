"""Values put aside for attempts: of columns that exist once for all attempts of a learner at a course."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import F, QuerySet
from opaque_keys.edx.keys import CourseKey

from attempts.models import KeptValues
from attempts.prepared import PreparedQuery

#: What was put aside of a store: column values as JSON, by primary key as text.
Values = Mapping[str, Mapping[str, Any]]


class Ledger:
    """What stores put aside in one switch, and what was put aside of the attempt that it makes active.

    Append-only: an attempt that is archived again has a newer entry, and the older ones stay.

    Args:
        user_id: the learner.
        course_key: the plain key of the course.
        to_number: the attempt that becomes active, None for a new one.
    """

    def __init__(self, user_id: int, course_key: CourseKey, to_number: int | None) -> None:
        self._user_id, self._course_key, self._to_number = user_id, course_key, to_number
        self._aside: dict[str, Values] = {}

    def put_aside(self, store: str, values: Values) -> None:
        """Remember the values that a store had in the attempt that is archived; empty says that it had none."""
        self._aside[store] = values

    def found(self, store: str) -> Values | None:
        """Return what was last put aside of a store for the attempt that becomes active; None if nothing ever was.

        All stores together cost one statement.
        """
        return self._found.get(store)

    @cached_property
    def _found(self) -> dict[str, Values]:
        if self._to_number is None:
            return {}
        return dict(_entries(self._user_id, self._course_key, self._to_number))

    def write(self, learner_course_id: int, number: int, now: datetime) -> None:
        """Write what was put aside, for an attempt; one statement, none if there is nothing."""
        entries = [
            KeptValues(learner_course_id=learner_course_id, number=number, store=store, values=values, kept_at=now)
            for store, values in self._aside.items()
        ]
        KeptValues.objects.bulk_create(entries)


@PreparedQuery
def _entries(user_id: int, course_key: CourseKey, number: int) -> QuerySet:
    entries = KeptValues.objects.filter(
        learner_course__user_id=user_id,
        learner_course__course_key=course_key,
        number=number,
        # Of the last time it was archived: a store that was away then has nothing of it.
        learner_course__attempts__number=F("number"),
        learner_course__attempts__archived_at=F("kept_at"),
    )
    return entries.order_by("pk").values_list("store", "values")
