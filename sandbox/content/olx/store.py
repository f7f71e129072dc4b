"""Writing a parsed course into the sandbox's tables, in place and without deleting anything."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from django.db import connection, transaction
from opaque_keys.edx.locator import CourseLocator

from sandbox.content.models import CourseBlock, GradingPolicy
from sandbox.content.olx.parsed import ParsedBlock, ParsedCourse
from sandbox.course_overviews.models import CourseOverview

#: Columns of a block that a new import of the course may change.
_UPDATED = ["parent", "position", "block_type", "display_name", "graded", "format", "max_score", "removed", "data"]
_BATCH = 200


@dataclass(frozen=True)
class ImportedCourse:
    """What an import did.

    Attributes:
        key: The course's key.
        display_name: Its title.
        blocks: Number of blocks by type.
        created: Blocks that were not there before, or had been removed.
        updated: Blocks that were there.
        removed: Blocks that were there and are not in the course any more.
    """

    key: CourseLocator
    display_name: str
    blocks: Counter[str]
    created: int
    updated: int
    removed: int


@transaction.atomic
def store_course(course: ParsedCourse) -> ImportedCourse:
    """Write a course: all of it, or nothing."""
    _store_overview(course)
    GradingPolicy.objects.update_or_create(
        course_key=course.key, defaults={"grader": course.policy.grader, "cutoffs": course.policy.cutoffs}
    )
    present = set(CourseBlock.objects.filter(course_key=course.key, removed=False).values_list("usage_key", flat=True))
    keys = {block.usage_key for block in course.blocks}
    _store_blocks(course)
    gone = present - keys
    for chunk in _chunks(sorted(gone, key=str)):
        CourseBlock.objects.filter(usage_key__in=chunk).update(removed=True)
    return ImportedCourse(
        key=course.key,
        display_name=course.display_name,
        blocks=Counter(key.block_type for key in keys),
        created=len(keys - present),
        updated=len(keys & present),
        removed=len(gone),
    )


def _store_overview(course: ParsedCourse) -> None:
    passing = [cut for cut in course.policy.cutoffs.values() if cut > 0]
    CourseOverview.objects.update_or_create(
        id=course.key,
        defaults={
            "_location": course.blocks[0].usage_key,
            "org": course.key.org,
            "display_name": course.display_name,
            "display_number_with_default": course.key.course,
            "display_org_with_default": course.key.org,
            "start": course.start,
            "end": course.end,
            "self_paced": course.self_paced,
            "language": course.language or None,
            "lowest_passing_grade": Decimal(str(min(passing))).quantize(Decimal("0.01")) if passing else None,
        },
    )


def _store_blocks(course: ParsedCourse) -> None:
    """Insert or update the blocks level by level, so that each finds its parent's id."""
    # MySQL and MariaDB find the clashing row by themselves and take no target.
    target = ["usage_key"] if connection.features.supports_update_conflicts_with_target else None
    ids: dict[int, int] = {}
    numbered = sorted(enumerate(course.blocks), key=lambda pair: pair[1].depth)
    for _, level in groupby(numbered, key=lambda pair: pair[1].depth):
        blocks = list(level)
        CourseBlock.objects.bulk_create(
            [_row(course, position, block, ids) for position, block in blocks],
            update_conflicts=True,
            unique_fields=target,
            update_fields=_UPDATED,
            batch_size=_BATCH,
        )
        positions = {block.usage_key: position for position, block in blocks}
        for chunk in _chunks(list(positions)):
            stored = CourseBlock.objects.filter(usage_key__in=chunk).values_list("usage_key", "id")
            ids.update({positions[usage_key]: pk for usage_key, pk in stored})


def _row(course: ParsedCourse, position: int, block: ParsedBlock, ids: dict[int, int]) -> CourseBlock:
    return CourseBlock(
        course_key=course.key,
        usage_key=block.usage_key,
        parent_id=None if block.parent is None else ids[block.parent],
        position=position,
        block_type=block.usage_key.block_type,
        display_name=block.display_name,
        graded=block.graded,
        format=block.format,
        max_score=block.max_score,
        data=block.data,
    )


def _chunks(items: list) -> list[list]:
    return [items[start : start + _BATCH] for start in range(0, len(items), _BATCH)]
