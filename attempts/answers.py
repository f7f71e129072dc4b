"""What of a block's state is an answer, and how often the block was graded."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from attempts import conf

#: The field of block types that count how often they were graded: the problem's, which others took over.
_TRIES = "attempts"
#: The field of block types whose answer is a submission of its own, and holds its uuid.
_SUBMISSION = "submission_uuid"


def tries(fields: Mapping[str, Any]) -> int | None:
    """Return how often a block was graded, None if its state does not say."""
    found = fields.get(_TRIES)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def answer(block_type: str, fields: Mapping[str, Any]) -> Any:
    """Return the answers that a block's state holds, by field; the uuid of a submission if they lie there.

    None if there are none yet, or if nothing says which fields of this type are answers (``ATTEMPTS_ANSWER_FIELDS``).
    """
    names = conf.answer_fields().get(block_type, ())
    return {name: fields[name] for name in names if fields.get(name) not in (None, "", [], {})} or _submission(fields)


def submissions_among(answers: Collection[Any]) -> set[UUID]:
    """Return the submissions that answers lie in."""
    return {one for one in answers if isinstance(one, UUID)}


def _submission(fields: Mapping[str, Any]) -> UUID | None:
    try:
        return UUID(fields[_SUBMISSION])
    except (KeyError, ValueError, TypeError, AttributeError):
        return None
