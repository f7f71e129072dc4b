"""What changed from one attempt to another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from opaque_keys.edx.keys import UsageKey

from attempts.data.attempts import AttemptData
from attempts.data.work import CourseGrade, SubsectionGrade


@dataclass(frozen=True)
class BlockRecord:
    """What a learner did in one block in one attempt.

    Attributes:
        score, max_score: raw points, None where the block has none.
        tries: how often she had the block graded, None if its state does not say.
        completion: 0.0 to 1.0, None if nothing was recorded.
        first_activity: when the first of state and completion was saved (UTC).
        last_activity: when one of them was last written (UTC).
    """

    score: float | None
    max_score: float | None
    tries: int | None
    completion: float | None
    first_activity: datetime
    last_activity: datetime

    @property
    def ratio(self) -> float | None:
        """Points earned by points possible, None where there is no score."""
        return self.score / self.max_score if self.score is not None and self.max_score else None


@dataclass(frozen=True)
class BlockComparison:
    """One block in two attempts.

    Attributes:
        block_key: its plain key.
        block_type: its type.
        first, second: what was done there in each attempt, None in an attempt that has nothing of the block.
        answer_changed: whether the answers given differ; None unless both attempts have an answer that can be read.
    """

    block_key: UsageKey
    block_type: str
    first: BlockRecord | None
    second: BlockRecord | None
    answer_changed: bool | None

    @property
    def change(self) -> float | None:
        """How much of the possible points the second attempt has more, None unless both have a score."""
        return _change(*(side.ratio if side else None for side in (self.first, self.second)))

    @property
    def is_different(self) -> bool:
        """Whether anything but the times differs."""
        if self.first is None or self.second is None:
            return True
        sides = ((one.score, one.max_score, one.tries, one.completion) for one in (self.first, self.second))
        return bool(self.answer_changed) or len(set(sides)) > 1


@dataclass(frozen=True)
class SubsectionComparison:
    """The grade of one subsection in two attempts, None in an attempt that has none."""

    block_key: UsageKey
    first: SubsectionGrade | None
    second: SubsectionGrade | None

    @property
    def change(self) -> float | None:
        """How much of the possible points the second attempt has more, None unless both have a grade."""
        return _change(*(side.ratio if side else None for side in (self.first, self.second)))


@dataclass(frozen=True)
class Comparison:
    """Two attempts of one learner at one course, block by block.

    Attributes:
        first, second: the attempts, in the order in which they were asked for.
        first_grade, second_grade: their course grades, None where there is none.
        subsections: those with a grade in either, in the order in which the attempts came to them, the first before.
        blocks: those with a state or a completion in either, in the same order.
    """

    first: AttemptData
    second: AttemptData
    first_grade: CourseGrade | None
    second_grade: CourseGrade | None
    subsections: Sequence[SubsectionComparison]
    blocks: Sequence[BlockComparison]

    @property
    def change(self) -> float | None:
        """How much higher the second course grade is (1.0 is the whole of it), None unless both attempts have one."""
        grades = (self.first_grade, self.second_grade)
        return _change(*(grade.percent_grade if grade else None for grade in grades))


def _change(first: float | None, second: float | None) -> float | None:
    return second - first if first is not None and second is not None else None
