"""What a learner did in an attempt, laid out as the course is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from opaque_keys.edx.keys import AsideUsageKey, UsageKey

from attempts.adapters import completion, grades, read_steadily, scored_blocks
from attempts.data import AttemptData, AttemptOutline, OutlineBlock, Place, SubsectionGrade
from attempts.host.outlines import course_outline

#: The name of the whole where the host cannot tell how the course is laid out, and of what has no place in it.
WHOLE, GONE = "all", "gone"


@dataclass
class _Done:
    """What is known of a block without its state."""

    block_type: str
    score: float | None = None
    max_score: float | None = None
    completion: float = 0.0
    modified: datetime | None = None


def outline_of(attempt: AttemptData) -> AttemptOutline:
    """Return what a learner did in an attempt, laid out as the course is now; a constant number of statements.

    Blocks that the course has no place for any more are in a group at its end.

    Raises:
        OperationInFlight: the learner is being switched.
        KeysRestored: see :func:`attempts.adapters.storage_key`.
    """
    blocks = course_outline(attempt.course_key)
    return read_steadily((attempt,), partial(_outline, blocks))


def _outline(blocks: Sequence[OutlineBlock], attempt: AttemptData) -> AttemptOutline:
    done = _done(attempt)
    graded = {one.block_key: one for one in grades(attempt).subsections}
    if not blocks:
        return AttemptOutline(_by_type(done), is_of_course=False)
    return AttemptOutline(_Layout(blocks, done, graded).whole(), is_of_course=True)


def _done(attempt: AttemptData) -> dict[UsageKey, _Done]:
    found = {
        one.block_key: _Done(one.block_type, one.score, one.max_score, modified=one.modified)
        for one in scored_blocks(attempt)
    }
    for completed in completion(attempt):
        one = found.setdefault(completed.block_key, _Done(completed.block_type))
        one.completion = completed.completion
        one.modified = max(one.modified or completed.modified, completed.modified)
    return found


class _Layout:
    """Puts what was done where it belongs in the course."""

    def __init__(
        self,
        blocks: Sequence[OutlineBlock],
        done: Mapping[UsageKey, _Done],
        graded: Mapping[UsageKey, SubsectionGrade],
    ) -> None:
        self.root = blocks[0]
        self.done = done
        self.graded = graded
        self.known = {block.key for block in blocks}
        self.children: dict[UsageKey, list[OutlineBlock]] = defaultdict(list)
        for block in blocks[1:]:
            self.children[block.parent or self.root.key].append(block)
        self.completable: dict[UsageKey, int] = {}
        # Children come after their parents; what a site's own outline has elsewhere counts for nothing.
        for block in reversed(blocks):
            inside = sum(self.completable.get(child.key, 0) for child in self.children[block.key])
            seen = inside if block.shown is None else min(inside, block.shown)
            self.completable[block.key] = int(block.completable) + seen
        self.asides: dict[UsageKey, list[UsageKey]] = defaultdict(list)
        for key in done:
            if isinstance(key, AsideUsageKey):
                self.asides[key.usage_key].append(key)

    def whole(self) -> Place:
        whole = self._place(self.root)
        gone = [
            _leaf(key, one)
            for key, one in self.done.items()
            if (key.usage_key if isinstance(key, AsideUsageKey) else key) not in self.known
        ]
        places = [*whole.places, *([_group(GONE, GONE, gone)] if gone else [])]
        # What the course has no place for counts for nothing in it.
        return Place(**{**vars(whole), "block_type": "", "places": places})

    def _place(self, block: OutlineBlock) -> Place:
        one = self.done.get(block.key)
        # Of a block that shows each learner some of its children, those that this one has been shown.
        children = [
            self._place(child) for child in self.children[block.key] if block.shown is None or child.key in self.done
        ]
        children += [_leaf(key, self.done[key]) for key in self.asides[block.key]]
        score, max_score = self._points(block.key, one, children)
        return Place(
            name=str(block.key),
            block_key=block.key,
            block_type=block.key.block_type,
            title=block.name,
            score=score,
            max_score=max_score,
            grade=self.graded.get(block.key),
            completed=sum(child.completed for child in children)
            + int(block.completable and one is not None and one.completion >= 1),
            completable=self.completable[block.key],
            has_work=one is not None,
            last_activity=_latest(one, children),
            places=children,
        )

    def _points(self, key: UsageKey, one: _Done | None, children: Iterable[Place]) -> tuple[float | None, float | None]:
        if key in self.graded and self.graded[key].points()[1]:
            return self.graded[key].points()
        if one is not None and one.max_score is not None:
            return one.score, one.max_score
        return _sum(children)


def _by_type(done: Mapping[UsageKey, _Done]) -> Place:
    found: dict[str, list[Place]] = defaultdict(list)
    for key, one in done.items():
        found[one.block_type].append(_leaf(key, one))
    groups = [_group(block_type, block_type, places) for block_type, places in sorted(found.items())]
    return _group(WHOLE, "", groups)


def _leaf(key: UsageKey, one: _Done) -> Place:
    return Place(
        name=str(key),
        block_key=key,
        block_type=one.block_type,
        title="",
        score=one.score,
        max_score=one.max_score,
        grade=None,
        completed=int(one.completion >= 1),
        completable=None,
        has_work=True,
        last_activity=one.modified,
        places=(),
    )


def _group(name: str, block_type: str, places: Sequence[Place]) -> Place:
    score, max_score = _sum(places)
    return Place(
        name=name,
        block_key=None,
        block_type=block_type,
        title="",
        score=score,
        max_score=max_score,
        grade=None,
        completed=sum(place.completed for place in places),
        completable=None,
        has_work=False,
        last_activity=_latest(None, places),
        places=places,
    )


def _sum(places: Iterable[Place]) -> tuple[float | None, float | None]:
    scored = [(place.score or 0.0, place.max_score) for place in places if place.max_score is not None]
    if not scored:
        return None, None
    return sum(score for score, _ in scored), sum(most for _, most in scored)


def _latest(one: _Done | None, places: Iterable[Place]) -> datetime | None:
    moments = [one.modified if one else None, *(place.last_activity for place in places)]
    return max((moment for moment in moments if moment is not None), default=None)
