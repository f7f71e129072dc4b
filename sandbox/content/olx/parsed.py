"""What a course's files say, before any of it is stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from opaque_keys.edx.keys import UsageKey
from opaque_keys.edx.locator import CourseLocator


@dataclass(frozen=True)
class ParsedBlock:
    """One block.

    Attributes:
        usage_key: The block's key.
        parent: Index of the parent in the course's list of blocks, None for the course itself.
        depth: 0 for the course, 1 for its children, and so on.
        display_name: Title, "" if it has none.
        graded: Whether the block counts towards the grade, by itself or by inheritance.
        format: Assignment type of a subsection, "" elsewhere.
        max_score: Weight in points, None where the block has no score.
        data: Attributes, text and response types, see ``CourseBlock.data``.
    """

    usage_key: UsageKey
    parent: int | None
    depth: int
    display_name: str
    graded: bool
    format: str
    max_score: float | None
    data: dict[str, Any]


@dataclass(frozen=True)
class ParsedPolicy:
    """A course's policy files.

    Attributes:
        blocks: "<type>/<url_name>" to the attributes that override those in the XML.
        grader: Assignment types, each with type, min_count, drop_count and weight.
        cutoffs: Letter to the lowest fraction (0.0 to 1.0) that earns it.
    """

    blocks: dict[str, dict[str, Any]]
    grader: list[dict[str, Any]]
    cutoffs: dict[str, float]


@dataclass(frozen=True)
class ParsedCourse:
    """A whole course.

    Attributes:
        key: The course's key.
        display_name: Title.
        start: When the course opens.
        end: When it closes, None if never.
        self_paced: Whether learners set their own pace.
        language: Language code, "" if the course does not say.
        policy: Grading policy.
        blocks: All blocks in the order of a depth-first walk; the course itself comes first.
    """

    key: CourseLocator
    display_name: str
    start: datetime
    end: datetime | None
    self_paced: bool
    language: str
    policy: ParsedPolicy
    blocks: list[ParsedBlock] = field(default_factory=list)
