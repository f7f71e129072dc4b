"""What a switch writes on attempts themselves, with their history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from attempts.host.expressions import DatabaseNow
from attempts.models import AttemptContext, LearnerCourse
from attempts.prepared import PreparedQuery, PreparedUpdate

#: What is frozen each time an attempt is archived.
FROZEN = ("percent_grade", "letter_grade", "passed", "completed_blocks", "completion_ratio", "rows", "archived_at")


@dataclass(frozen=True)
class Stamp:
    """What a switch writes on every row it makes or changes.

    Attributes:
        now: the moment of the switch (UTC), one for all rows.
        actor: the host's user who asked for it, None for the system.
        reason: a short text for the history.
    """

    now: datetime
    actor: Any
    reason: str

    def put_on(self, context: AttemptContext) -> None:
        """Say it to the history library, which takes it from the instance, and nothing from the current request."""
        vars(context).update(_history_date=self.now, _history_user=self.actor, _change_reason=self.reason)


def write_contexts(leaving: AttemptContext, entering: AttemptContext, stamp: Stamp) -> None:
    """Write the attempt that is archived, and the one that becomes active if it is new; with their history.

    Args:
        leaving: what is frozen has been set.
        entering: without a primary key if it is new.
        stamp: time, actor and reason.
    """
    if leaving.pk is not None:
        stamp.put_on(leaving)
        _freeze(leaving.pk, *(getattr(leaving, name) for name in FROZEN))
        AttemptContext.history.bulk_history_create([leaving], update=True)
    _write_new([context for context in (leaving, entering) if context.pk is None], stamp)


def point_at(identity: LearnerCourse, number: int) -> None:
    """Let the identity row point at an attempt."""
    _point(identity.pk, number)


def _write_new(contexts: Sequence[AttemptContext], stamp: Stamp) -> None:
    if not contexts:
        return
    for context in contexts:
        stamp.put_on(context)
    AttemptContext.objects.bulk_create(contexts)
    if any(context.pk is None for context in contexts):
        # MySQL does not say which keys it gave.
        keys = dict(_keys(contexts[0].learner_course_id))
        for context in contexts:
            context.pk = keys[context.number]
    AttemptContext.history.bulk_history_create(contexts)


@PreparedUpdate
def _freeze(pk: int, *values: Any) -> Any:
    return AttemptContext.objects.filter(pk=pk), dict(zip(FROZEN, values, strict=True))


@PreparedUpdate
def _point(pk: int, number: int) -> Any:
    return LearnerCourse.objects.filter(pk=pk), {"active_number": number, "switched_at": DatabaseNow()}


@PreparedQuery
def _keys(identity_id: int) -> QuerySet:
    return AttemptContext.objects.filter(learner_course_id=identity_id).values_list("number", "pk")
