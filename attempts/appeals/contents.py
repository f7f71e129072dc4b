"""What is in a pack, as JSON has it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.utils import timezone
from opaque_keys import OpaqueKey

from attempts.adapters import all_block_work, grades
from attempts.data import AttemptData, BlockWork, GradeOfRecord, OperationQuery, SubsectionGrade, told
from attempts.data.lists import EVERYWHERE
from attempts.host.courses import enrolment
from attempts.records import choices_of
from attempts.searches import search_operations
from attempts.sendable import sendable, sendable_text
from attempts.standings import standings_of

#: Of the shape of ``attempt.json``. It grows when something is renamed or gone, not when something is new.
VERSION = 1
_OPERATIONS = 1000


@dataclass(frozen=True)
class Contents:
    """What is in a pack.

    Attributes:
        head: everything but the blocks.
        blocks: block by block, in the order in which the learner came to them; read once, streamed.
    """

    head: Mapping[str, Any]
    blocks: Iterator[Mapping[str, Any]]


def contents_of(attempt: AttemptData) -> Contents:
    """Read an attempt, and what was done to it.

    Raises:
        KeysRestored: see :func:`attempts.adapters.storage_key`.
    """
    user = get_user_model()._default_manager.get(pk=attempt.learner.id)
    place = enrolment(user.pk, attempt.course_key)
    (standing,) = standings_of(user, [place])
    found = grades(attempt)
    head = {
        "version": VERSION,
        "made_at": timezone.now(),
        "learner": {"username": attempt.learner.username, "name": attempt.learner.name},
        "course": {"course_id": attempt.course_key, "name": place.display_name},
        "attempt": _attempt(attempt),
        "attempts": len(standing.attempts),
        "grade": found.course,
        "grade_of_record": _of_record(standing.grade_of_record),
        "grade_choices": choices_of(user.pk, attempt.course_key),
        "subsections": list(map(_subsection, found.subsections)),
        "operations": list(_operations(attempt, user)),
    }
    return Contents(plain(head), (plain(_block(found)) for found in all_block_work(attempt)))


def plain(value: Any) -> Any:
    """Return a value as strict JSON can hold it: times in UTC, keys and uuids as texts."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return plain(told(value))
    if isinstance(value, Mapping):
        return {sendable_text(str(name)): plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, OpaqueKey | UUID):
        return str(value)
    return sendable(value)


def _attempt(attempt: AttemptData) -> dict[str, Any]:
    words = told(attempt)
    return {name: words[name] for name in ("uuid", "number", "state", "opened_at", "archived_at", "summary", "proof")}


def _of_record(found: GradeOfRecord) -> dict[str, Any]:
    words = told(found)
    return {name: words[name] for name in ("rule", "origin", "number", "grade", "choice")}


def _subsection(found: SubsectionGrade) -> dict[str, Any]:
    words = told(found)
    return {"block_id": words.pop("block_key"), **words}


def _operations(attempt: AttemptData, user: Any) -> Iterator[dict[str, Any]]:
    """Who switched this attempt on or off, when and why; oldest first."""
    if not attempt.is_recorded:
        return
    query = OperationQuery(course_key=attempt.course_key, attempt=attempt.uuid, order="created")
    for one in search_operations(query, user, within=EVERYWHERE, cursor=None, size=_OPERATIONS).items:
        words = told(one)
        names = ("uuid", "kind", "status", "from_number", "to_number", "requested_by", "comment", "overridden", "error")
        times = ("created", "completed_at")
        yield {**{name: words[name] for name in (*names, *times)}, "role": one.provenance.role}


def _block(found: BlockWork) -> dict[str, Any]:
    words = told(found)
    block = {"block_id": words["block_key"], "block_type": words["block_type"]}
    if found.created is not None:
        names = ("score", "max_score", "tries", "created", "modified", "answers", "state", "unreadable")
        block.update({name: words[name] for name in names})
    block["completion"] = found.completion
    if found.completion is not None:
        block["completed_at"] = found.completed_at
    return block
