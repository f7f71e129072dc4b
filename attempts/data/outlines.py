"""What a learner did in an attempt, laid out as the course is, and block by block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from opaque_keys.edx.keys import UsageKey

from attempts.data.work import SubsectionGrade


@dataclass(frozen=True)
class OutlineBlock:
    """A block of a course.

    Attributes:
        key: its plain key.
        parent: the key of the block it lies in, None for the course itself.
        name: its name for people; empty if it has none.
        completable: whether learners complete it, and not only what is in it.
        shown: how many of its children each learner gets to see; None for all.
    """

    key: UsageKey
    parent: UsageKey | None
    name: str
    completable: bool
    shown: int | None


@dataclass(frozen=True)
class Place:
    """A place in the outline of a course, such as a section or a block, and how far a learner came in it.

    Attributes:
        name: what it is found by: the key of its block as text, or a word for a group of blocks.
        block_key: its block; None for a group.
        block_type: the block's type; ``gone`` for the group of blocks that the course has no place for any more; empty
            for the whole.
        title: its name for people; empty if it has none.
        score, max_score: points, of what is in it where it has none of its own; None where there are none.
        grade: the grade that the host keeps of a subsection; ``score`` and ``max_score`` then are its points, with
            what staff set by hand.
        completed: blocks in it that were completed.
        completable: blocks in it that can be; None if the host does not say.
        has_work: whether anything of the learner is kept of the block itself.
        last_activity: when something in it was last written (UTC); None if nothing was.
        places: what is in it.
    """

    name: str
    block_key: UsageKey | None
    block_type: str
    title: str
    score: float | None
    max_score: float | None
    grade: SubsectionGrade | None
    completed: int
    completable: int | None
    has_work: bool
    last_activity: datetime | None
    places: Sequence[Place]

    @property
    def completion(self) -> float | None:
        """Completed by completable blocks, 0.0 to 1.0; None where the host does not say, or nothing can be."""
        return min(1.0, self.completed / self.completable) if self.completable else None

    def path_to(self, name: str) -> tuple[Place, ...] | None:
        """Return the places from this one to the one of that name; None if it is not in it."""
        if name == self.name:
            return (self,)
        for place in self.places:
            path = place.path_to(name)
            if path is not None:
                return (self, *path)
        return None

    def walk(self) -> Iterator[Place]:
        """Yield this place, and all that is in it, in the order of the course."""
        yield self
        for place in self.places:
            yield from place.walk()


@dataclass(frozen=True)
class AttemptOutline:
    """What a learner did in an attempt, laid out as the course is.

    Attributes:
        whole: the course, and all that is in it.
        is_of_course: whether it is laid out as the course is; else the host could not tell, and blocks are grouped by
            their type.
    """

    whole: Place
    is_of_course: bool


@dataclass(frozen=True)
class BlockWork:
    """What a learner did in a block in one attempt.

    Attributes:
        block_key: its plain key, or that of an aside of it.
        block_type: its type.
        score, max_score: raw points, None where the block has none.
        tries: how often it was graded, None if its state does not say.
        answers: the answers given, from the state or from what was handed in elsewhere; None if there are none, or if
            nothing says which fields of this type are answers.
        state: the saved fields; None if the block was only opened, or if what is stored is not the JSON of fields.
        unreadable: what is stored, if that is so; else None.
        created, modified: when the state was saved first and last (UTC); None if there is none.
        completion: 0.0 to 1.0, None if nothing was recorded.
        completed_at: when the completion was last written (UTC); None if nothing was recorded.
    """

    block_key: UsageKey
    block_type: str
    score: float | None
    max_score: float | None
    tries: int | None
    answers: Any
    state: Mapping[str, Any] | None
    unreadable: str | None
    created: datetime | None
    modified: datetime | None
    completion: float | None
    completed_at: datetime | None


@dataclass(frozen=True)
class BlockVersion:
    """What a block's state was when it was saved at some time.

    Attributes:
        name: what it is found by among the versions of the block.
        saved_at: when (UTC).
        score, max_score: raw points, None where there were none.
        tries: how often the block was graded by then, None if the state does not say.
        answers: as in :class:`BlockWork`, but for what was handed in elsewhere: that has no history here.
        state, unreadable: as in :class:`BlockWork`.
    """

    name: str
    saved_at: datetime
    score: float | None
    max_score: float | None
    tries: int | None
    answers: Any
    state: Mapping[str, Any] | None
    unreadable: str | None
