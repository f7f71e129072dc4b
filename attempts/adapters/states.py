"""Block states of an attempt."""

from __future__ import annotations

import json
from collections.abc import Iterator

from attempts.adapters.locate import CHUNK, storage_key
from attempts.data import AttemptData, BlockState
from attempts.host.expressions import exactly
from attempts.host.models import host_model
from attempts.keys import plain_usage_key


def states(attempt: AttemptData) -> Iterator[BlockState]:
    """Yield the state of each block in an attempt, in the order in which they were first saved.

    Rows are streamed: memory does not grow with their number.
    """
    key = storage_key(attempt)
    rows = host_model("courseware.StudentModule").objects.filter(
        exactly("course_id", key), student_id=attempt.learner.id, course_id=key
    )
    columns = ("module_state_key", "module_type", "state", "grade", "max_grade", "created", "modified")
    for block_key, block_type, state, score, max_score, created, modified in (
        rows.order_by("pk").values_list(*columns).iterator(CHUNK)
    ):
        yield BlockState(
            block_key=plain_usage_key(block_key),
            block_type=block_type,
            state=json.loads(state) if state else None,
            score=score,
            max_score=max_score,
            created=created,
            modified=modified,
        )
