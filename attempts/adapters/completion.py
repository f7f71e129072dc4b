"""Block completion of an attempt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from attempts.adapters.locate import CHUNK, storage_block_key, storage_key
from attempts.data import AttemptData, BlockCompletion, BlockQuery, Page
from attempts.host.expressions import exactly
from attempts.host.models import host_model
from attempts.keys import plain_usage_key
from attempts.paging import page_of


def completion(attempt: AttemptData) -> Iterator[BlockCompletion]:
    """Yield how far each block was completed in an attempt. Rows are streamed."""
    for row in _rows(attempt, BlockQuery()).order_by("pk").iterator(CHUNK):
        yield _completion(row)


def completion_page(attempt: AttemptData, query: BlockQuery, *, cursor: str | None, size: int) -> Page[BlockCompletion]:
    """Return a page of block completions: two statements.

    Raises:
        InvalidBlockKey, InvalidCursor: see there.
    """
    return page_of(_rows(attempt, query), _completion, cursor=cursor, size=size)


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
