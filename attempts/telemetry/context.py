"""Which operation is at work here, so that every line that is written meanwhile can name it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol
from uuid import UUID

#: What is known of the operation at work; None where there is none.
_known: ContextVar[dict[str, Any] | None] = ContextVar("attempts_operation", default=None)


class Operation(Protocol):
    """What is read of the row of an operation."""

    uuid: UUID
    kind: str
    learner_id: int
    course_key: Any
    request_id: str


@contextmanager
def about_operation(uuid: UUID, **facts: Any) -> Iterator[None]:
    """Let every line of this thread or task name an operation meanwhile.

    Within the same operation what is learnt inside is known outside as well.

    Args:
        uuid: the operation.
        facts: what else is known of it, such as ``retry``; None is left out.
    """
    outer = _known.get()
    same = outer is not None and outer["operation"] == str(uuid)
    token = _known.set(outer if same else {"operation": str(uuid)})
    learn(**facts)
    try:
        yield
    finally:
        _known.reset(token)


def learn(**facts: Any) -> None:
    """Add to what is known of the operation at work; nothing where there is none."""
    known = _known.get()
    if known is not None:
        known.update((name, value) for name, value in facts.items() if value is not None)


def known_facts() -> dict[str, Any]:
    """Return what is known of the operation at work."""
    return _known.get() or {}


def facts_of(row: Operation) -> dict[str, Any]:
    """Return what lines say of an operation: numbers and keys, no names, nothing of the learner's work."""
    return {
        "operation": str(row.uuid),
        "kind": str(row.kind),
        "learner": row.learner_id,
        "course": str(row.course_key),
        "request_id": row.request_id or None,
    }
