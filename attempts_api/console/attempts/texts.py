"""What learners wrote and what was stored of it, as much of it as a page has room for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from attempts.data import BlockVersion, BlockWork
from attempts.sendable import readable, sendable_text

#: Characters of a text on a page, and of one among several.
MOST, MOST_OF_SEVERAL = 4000, 1500
#: Whole texts that have an address: those of the block as it is; what is no such word is the name of a version.
ANSWERS, STATE = "answers", "state"


@dataclass(frozen=True)
class Excerpt:
    """The beginning of a text.

    Attributes:
        text: as much as there is room for.
        is_cut: whether there is more.
    """

    text: str
    is_cut: bool


def answers_text(found: BlockWork | BlockVersion) -> str | None:
    """Return the answers as text for people, None if there are none, or nothing says what they are."""
    return None if found.answers is None else readable(found.answers)


def state_text(found: BlockWork | BlockVersion) -> str | None:
    """Return what is stored as text for people, None if nothing is."""
    if found.unreadable is not None:
        return sendable_text(found.unreadable)
    return None if found.state is None else readable(found.state)


def excerpt(text: str | None, most: int = MOST) -> Excerpt | None:
    """Return the beginning of a text, None if there is none.

    Args:
        text: the whole.
        most: characters of it.
    """
    return None if text is None else Excerpt(text[:most], is_cut=len(text) > most)


def text_of(found: BlockWork, what: str) -> str | None:
    """Return a whole text of a block as it is, None if there is no such text."""
    makers: dict[str, Any] = {ANSWERS: answers_text, STATE: state_text}
    return makers[what](found) if what in makers else None
