"""Which blocks of a course count towards completion."""

from __future__ import annotations

from django.db.models import Count, Q
from opaque_keys.edx.keys import CourseKey

from sandbox.content.models import CourseBlock
from sandbox.content.olx.structure import PARENT_TYPES

#: Blocks that only hold other blocks, or that nobody can complete.
CONTAINER_TYPES = PARENT_TYPES | {"wiki", "discussion"}
#: Blocks that show each learner some of their children only.
DRAWING_TYPES = frozenset({"library_content", "itembank"})


def draw_size(max_count: object, children: int) -> int:
    """Return how many of its children a drawing block shows to a learner.

    Args:
        max_count: The block's ``max_count`` attribute; -1 stands for all, absent or unreadable for 1.
        children: How many children it has.
    """
    try:
        count = int(str(max_count))
    except ValueError:
        count = 1
    return children if count < 0 else min(count, children)


def completable_block_count(course_key: CourseKey) -> int:
    """Return the number of blocks of a course that one learner can complete."""
    blocks = CourseBlock.objects.filter(course_key=course_key, removed=False)
    completable = blocks.exclude(block_type__in=CONTAINER_TYPES).count()
    draws = blocks.filter(block_type__in=DRAWING_TYPES).annotate(
        size=Count("children", filter=Q(children__removed=False))
    )
    hidden = sum(draw.size - draw_size(draw.data["attributes"].get("max_count"), draw.size) for draw in draws)
    return completable - hidden
