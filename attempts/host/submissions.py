"""The learners' submissions, as the submissions app keeps them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from attempts.host.models import host_model, is_installed
from attempts.prepared import PreparedQuery

_MODEL = "submissions.Submission"


def own_submission_uuids(anonymous_ids: Collection[str]) -> tuple[UUID, ...]:
    """Return the uuids of what a learner has handed in alone, under any key, taken back or not; one statement.

    Submissions of teams are left out: what other tables hold of those belongs to the whole team.
    """
    if not is_installed(_MODEL):
        return ()
    return tuple(_own(tuple(anonymous_ids)))


@PreparedQuery
def _own(anonymous_ids: tuple[str, ...]) -> QuerySet:
    rows = host_model(_MODEL)._base_manager.filter(
        student_item__student_id__in=anonymous_ids, team_submission__isnull=True
    )
    return rows.order_by("pk").values_list("uuid", flat=True)


def anonymous_id_by_submission(uuid: UUID | str) -> str | None:
    """Return the anonymous id of whoever handed in a submission, None if there is no such submission.

    Args:
        uuid: its uuid, or its text in either form.
    """
    try:
        rows = host_model(_MODEL)._base_manager.filter(uuid=UUID(str(uuid)))
    except (LookupError, ValueError):
        return None
    return rows.values_list("student_item__student_id", flat=True).first()


def answers_by_submission(uuids: Collection[UUID], anonymous_ids: Collection[str]) -> dict[UUID, Any]:
    """Return what was handed in with each of some submissions; one statement.

    Args:
        uuids: the submissions.
        anonymous_ids: only those of whoever goes by one of these ids: a state may name anybody's.
    """
    if not (uuids and is_installed(_MODEL)):
        return {}
    rows = host_model(_MODEL)._base_manager.filter(uuid__in=uuids, student_item__student_id__in=anonymous_ids)
    return dict(rows.values_list("uuid", "answer"))


def course_texts_by_submission(uuids: Collection[UUID]) -> dict[UUID | None, str]:
    """Return the key, as text, under which the row of each of some submissions lies now; one statement."""
    if not is_installed(_MODEL):
        return {}
    return dict(host_model(_MODEL)._base_manager.filter(uuid__in=uuids).values_list("uuid", "student_item__course_id"))
