"""How a course is laid out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from opaque_keys.edx.keys import CourseKey

from sandbox.content.completable import CONTAINER_TYPES, DRAWING_TYPES, draw_size
from sandbox.content.models import CourseBlock


def course_blocks(course_key: CourseKey) -> Iterator[dict[str, Any]]:
    """Yield the blocks of a course, parents before their children and these in their order; one statement.

    Each as ``key``, ``parent`` (key; None for the course itself), ``name``, ``completable`` and ``shown`` (how many of
    its children a learner gets to see, None for all).
    """
    rows = list(CourseBlock.objects.filter(course_key=course_key, removed=False).order_by("position"))
    keys = {row.pk: row.usage_key for row in rows}
    children = Counter(row.parent_id for row in rows)
    for row in rows:
        most = row.data.get("attributes", {}).get("max_count")
        yield {
            "key": row.usage_key,
            "parent": keys.get(row.parent_id),
            "name": row.display_name,
            "completable": row.block_type not in CONTAINER_TYPES,
            "shown": draw_size(most, children[row.pk]) if row.block_type in DRAWING_TYPES else None,
        }
