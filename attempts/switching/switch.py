"""Archive the active attempt of a learner and make another one active, all or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db.models import QuerySet

from attempts.data import AttemptSummary, StoreRows
from attempts.models import AttemptContext, LearnerCourse
from attempts.prepared import PreparedQuery
from attempts.stores import LearnerNames, Move, StoreSurvey, moving_stores
from attempts.switching.writing import Stamp, point_at, write_contexts
from attempts.uuids import attempt_uuid


@dataclass(frozen=True)
class Outcome:
    """What a switch did: the attempts it went between, and the rows it moved by table."""

    from_attempt: AttemptContext
    to_attempt: AttemptContext
    rows: Mapping[str, StoreRows]


def switch(
    identity: LearnerCourse,
    names: LearnerNames,
    move: Move,
    *,
    stamp: Stamp,
    opened_first: datetime | None,
    summary: AttemptSummary,
    surveys: Mapping[str, StoreSurvey],
) -> Outcome:
    """Archive the active attempt and make another one active, or a new one.

    Must run in a transaction that holds the lock of ``identity``. The number of statements does not depend on how
    many rows there are, and no row of a store is loaded.

    Args:
        identity: the locked identity row.
        names: the names the learner goes by.
        move: which attempts the switch is between.
        stamp: time, actor and reason.
        opened_first: when attempt 1 began, for the case that it has no row yet.
        summary: what the active attempt came to; its row counts are replaced by what was really moved.
        surveys: what the stores were found to hold, by table.
    """
    to_number = move.to_number
    # Before the first switch there is none.
    rows_of_contexts = _contexts(identity.pk) if identity.switched_at else []
    contexts = {context.number: context for context in rows_of_contexts}
    leaving = contexts.get(identity.active_number) or _context(identity, identity.active_number, opened_first)
    rows = {}
    for store in moving_stores():
        moved = store.switch(names, move, surveys[store.name])
        rows[store.name] = StoreRows(moved.archived, moved.restored, surveys[store.name].foreign)
    move.ledger.write(identity.pk, leaving.number, stamp.now)
    _freeze(leaving, summary, rows, stamp.now)
    if to_number is None:
        entering = _context(identity, max([leaving.number, *contexts]) + 1, stamp.now)
    else:
        entering = contexts[to_number]
    write_contexts(leaving, entering, stamp)
    point_at(identity, entering.number)
    return Outcome(leaving, entering, rows)


@PreparedQuery
def _contexts(identity_id: int) -> QuerySet:
    return AttemptContext.objects.filter(learner_course_id=identity_id)


def _context(identity: LearnerCourse, number: int, opened_at: datetime | None) -> AttemptContext:
    uuid = attempt_uuid(identity.user_id, identity.course_key, number)
    return AttemptContext(
        learner_course=identity,
        course_key=identity.course_key,
        org=identity.course_key.org,
        number=number,
        uuid=uuid,
        opened_at=opened_at,
    )


def _freeze(context: AttemptContext, summary: AttemptSummary, rows: Mapping[str, StoreRows], now: datetime) -> None:
    frozen = asdict(summary)
    for name in ("percent_grade", "letter_grade", "passed", "completed_blocks", "completion_ratio"):
        setattr(context, name, frozen[name])
    context.rows = {table: moved.archived for table, moved in rows.items()}
    context.archived_at = now
