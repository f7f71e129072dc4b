"""The blocks of a course as learners walk through them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from opaque_keys.edx.keys import CourseKey

from sandbox.content.models import CourseBlock


@dataclass(frozen=True)
class Outline:
    """A course's blocks, read once.

    Attributes:
        course_key: The course's plain key.
        blocks: All blocks in course order, the course itself first.
        children: Id of a block to the blocks directly below it, in order.
    """

    course_key: CourseKey
    blocks: tuple[CourseBlock, ...]
    children: dict[int, list[CourseBlock]]

    @property
    def course(self) -> CourseBlock:
        """The course's own block."""
        return self.blocks[0]

    @property
    def subsections(self) -> list[CourseBlock]:
        """The sequentials, in order."""
        return [block for block in self.blocks if block.block_type == "sequential"]

    def below(self, block: CourseBlock) -> list[CourseBlock]:
        """Return the blocks directly below ``block``, in order."""
        return self.children.get(block.pk, [])


def load_outline(course_key: CourseKey) -> Outline:
    """Read a course's blocks, those that the newest import removed left out.

    Args:
        course_key: Plain key of a course that was imported.

    Raises:
        ValueError: There is no such course.
    """
    blocks = tuple(CourseBlock.objects.filter(course_key=course_key, removed=False).order_by("position"))
    if not blocks:
        raise ValueError(f"there is no course {course_key}; import it with manage.py load_course")
    children: dict[int, list[CourseBlock]] = defaultdict(list)
    for block in blocks[1:]:
        children[block.parent_id].append(block)
    return Outline(course_key, blocks, dict(children))


def attribute(block: CourseBlock, name: str, default: str = "") -> str:
    """Return a block's attribute as text, ``default`` if it has none."""
    value = block.data.get("attributes", {}).get(name)
    return default if value is None else str(value)
