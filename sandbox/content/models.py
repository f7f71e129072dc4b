"""Course content: the blocks of a course and their order.

The platform keeps these in its content store (MongoDB); the sandbox has a table.
"""

from __future__ import annotations

from django.db import models
from opaque_keys.edx.django.models import CourseKeyField, UsageKeyField


class GradingPolicy(models.Model):
    """How a course's grade is computed: assignment types and grade cut-offs, as Studio exports them.

    .. no_pii:
    """

    course_key = CourseKeyField(max_length=255, unique=True)
    #: List of objects with type, min_count, drop_count and weight (``GRADER`` in ``grading_policy.json``).
    grader = models.JSONField(default=list)
    #: Letter to the lowest fraction (0.0 to 1.0) that earns it (``GRADE_CUTOFFS``).
    cutoffs = models.JSONField(default=dict)

    def __str__(self) -> str:
        return str(self.course_key)


class CourseBlock(models.Model):
    """One block of a course.

    .. no_pii:
    """

    course_key = CourseKeyField(max_length=255, db_index=True)
    usage_key = UsageKeyField(max_length=255, unique=True)
    parent = models.ForeignKey("self", null=True, related_name="children", on_delete=models.CASCADE)
    #: Position in a depth-first walk of the course, from 0.
    position = models.PositiveIntegerField()
    block_type = models.CharField(max_length=64)
    display_name = models.CharField(max_length=255, blank=True)
    graded = models.BooleanField(default=False)
    #: Assignment type of a graded subsection, "" elsewhere (``format`` in OLX).
    format = models.CharField(max_length=255, blank=True)
    #: Weight of a problem in points, null where the block has no score.
    max_score = models.FloatField(null=True)
    #: Whether the newest import of the course no longer has the block; learners' state of it may remain.
    removed = models.BooleanField(default=False)
    #: What the block's own XML holds: ``attributes``, the ``text`` inside it unless it only holds other blocks,
    #: and for problems the ``responses``, a list of response types such as ``choiceresponse``.
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["course_key", "position"], name="sandbox_block_position")]
        ordering = ("course_key", "position")

    def __str__(self) -> str:
        return str(self.usage_key)
