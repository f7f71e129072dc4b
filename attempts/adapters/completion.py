"""Block completion of an attempt."""

from __future__ import annotations

from collections.abc import Iterator

from attempts.adapters.locate import CHUNK, storage_key
from attempts.data import AttemptData, BlockCompletion
from attempts.host.expressions import exactly
from attempts.host.models import host_model
from attempts.keys import plain_usage_key


def completion(attempt: AttemptData) -> Iterator[BlockCompletion]:
    """Yield how far each block was completed in an attempt. Rows are streamed."""
    key = storage_key(attempt)
    rows = host_model("completion.BlockCompletion").objects.filter(
        exactly("context_key", key), user_id=attempt.learner.id, context_key=key
    )
    columns = ("block_key", "block_type", "completion", "modified")
    for block_key, block_type, done, modified in rows.order_by("pk").values_list(*columns).iterator(CHUNK):
        yield BlockCompletion(
            block_key=plain_usage_key(block_key), block_type=block_type, completion=done, modified=modified
        )
