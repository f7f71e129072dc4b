"""Block completion of an attempt."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from django.db.models import CharField, Count, F, Min, QuerySet
from django.db.models.functions import Cast
from opaque_keys.edx.keys import CourseKey, UsageKey

from attempts.adapters.locate import CHUNK, storage_block_key, storage_key
from attempts.data import AttemptData, BlockCompletion, BlockQuery, Page
from attempts.host.expressions import Exactly, exactly
from attempts.host.models import host_model
from attempts.keys import block_course_key, plain_usage_key
from attempts.paging import page_of


def completion(attempt: AttemptData) -> Iterator[BlockCompletion]:
    """Yield how far each block was completed in an attempt. Rows are streamed."""
    for row in _rows(attempt, BlockQuery()).order_by("pk").iterator(CHUNK):
        yield _completion(row)


def block_completion(attempt: AttemptData, block_key: UsageKey) -> BlockCompletion | None:
    """Return how far one block was completed in an attempt, None if nothing was recorded.

    Args:
        attempt: the attempt.
        block_key: the plain key of the block, be it of this course or of another.
    """
    if block_course_key(block_key) != attempt.course_key:
        return None
    row = _rows(attempt, BlockQuery(block_key=block_key)).first()
    return _completion(row) if row else None


def completion_page(attempt: AttemptData, query: BlockQuery, *, cursor: str | None, size: int) -> Page[BlockCompletion]:
    """Return a page of block completions: two statements.

    Raises:
        InvalidBlockKey, InvalidCursor: see there.
    """
    return page_of(_rows(attempt, query), _completion, cursor=cursor, size=size)


def completed_blocks(user_id: int, course_keys: Collection[CourseKey]) -> dict[CourseKey, int]:
    """Return how many blocks a learner has completed in the active attempts at some courses; one statement.

    Args:
        user_id: the learner's id on the host.
        course_keys: plain keys; a course in which nothing was completed is not in the result.
    """
    by_text = {str(key): key for key in course_keys}
    rows = host_model("completion.BlockCompletion").objects.filter(
        user_id=user_id, context_key__in=course_keys, completion__gte=1
    )
    # Grouped exactly: an engine that ignores case would take two courses for one.
    counted = rows.order_by().values(exact=Exactly(F("context_key")))
    counts = counted.annotate(course=Min(Cast("context_key", CharField(max_length=255))), blocks=Count("pk"))
    return {by_text[text]: blocks for text, blocks in counts.values_list("course", "blocks") if text in by_text}


def _rows(attempt: AttemptData, query: BlockQuery) -> QuerySet[Any]:
    key = storage_key(attempt)
    rows = host_model("completion.BlockCompletion").objects.filter(
        exactly("context_key", key), user_id=attempt.learner.id, context_key=key
    )
    if query.block_type is not None:
        rows = rows.filter(block_type=query.block_type)
    if query.block_key is not None:
        block_key = storage_block_key(attempt, key, query.block_key)
        rows = rows.filter(exactly("block_key", block_key), block_key=block_key)
    return rows


def _completion(row: Any) -> BlockCompletion:
    return BlockCompletion(
        block_key=plain_usage_key(row.block_key),
        block_type=row.block_type,
        completion=row.completion,
        created=row.created,
        modified=row.modified,
    )
