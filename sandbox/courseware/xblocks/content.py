"""A course as the runtime asks for it: blocks by key, and what is above them."""

from __future__ import annotations

from collections.abc import Iterator

from opaque_keys.edx.keys import UsageKey

from sandbox.content.models import CourseBlock
from sandbox.work.outline import Outline


class CourseContent:
    """The blocks of a course by key.

    Args:
        outline: The course, read once.
    """

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self._by_key = {block.usage_key: block for block in outline.blocks}
        self._by_id = {block.pk: block for block in outline.blocks}

    def block(self, usage_key: UsageKey) -> CourseBlock | None:
        """Return a block of the course, None if it has none by that key."""
        return self._by_key.get(usage_key)

    def parent(self, block: CourseBlock) -> CourseBlock | None:
        """Return the block that holds another, None for the course itself."""
        return self._by_id.get(block.parent_id)

    def above(self, usage_key: UsageKey) -> Iterator[CourseBlock]:
        """Yield the blocks that hold a block, the nearest first."""
        block = self._by_key.get(usage_key)
        while block is not None and (block := self.parent(block)) is not None:
            yield block
