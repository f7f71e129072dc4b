"""Which blocks of a course count towards completion."""
from __future__ import annotations

from opaque_keys.edx.keys import CourseKey

from sandbox.content.models import CourseBlock

#: Blocks that only hold other blocks, or that nobody can complete.
CONTAINER_TYPES = frozenset({"course", "chapter", "sequential", "vertical", "library_content", "split_test", "wiki"})


def completable_block_count(course_key: CourseKey) -> int:
    """Return the number of blocks of a course that a learner can complete."""
    return CourseBlock.objects.filter(course_key=course_key, removed=False).exclude(block_type__in=CONTAINER_TYPES).count()
