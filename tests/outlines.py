"""Courses with content, made block by block."""

from __future__ import annotations

from typing import Any

from opaque_keys.edx.keys import CourseKey, UsageKey

from sandbox.content.models import CourseBlock
from tests.factories import COURSE


class Content:
    """The content of a course. Blocks are added parents first, in the order of the course."""

    def __init__(self, course_key: CourseKey = COURSE) -> None:
        self.course_key = course_key
        self.rows: dict[UsageKey, CourseBlock] = {}
        self.root = self.add(None, "course", "course")

    def add(self, parent: UsageKey | None, block_type: str, block_id: str, name: str = "", **attributes: Any) -> Any:
        """Add a block, and return its key."""
        key = self.course_key.make_usage_key(block_type, block_id)
        self.rows[key] = CourseBlock.objects.create(
            course_key=self.course_key,
            usage_key=key,
            parent=self.rows[parent] if parent else None,
            position=len(self.rows),
            block_type=block_type,
            display_name=name,
            data={"attributes": attributes},
        )
        return key

    def unit(self, name: str = "Unit", *blocks: tuple[str, str, str], section: str = "Section") -> list[Any]:
        """Add a section with a subsection with a unit with blocks (type, id, name); return all their keys."""
        number = len(self.rows)
        keys = [self.add(self.root, "chapter", f"c{number}", section)]
        keys.append(self.add(keys[0], "sequential", f"s{number}", "Subsection"))
        keys.append(self.add(keys[1], "vertical", f"v{number}", name))
        return [*keys, *(self.add(keys[2], *block) for block in blocks)]
