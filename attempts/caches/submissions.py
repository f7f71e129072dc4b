"""What edx-submissions caches: students' items, with their keys, and submissions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attempts.host.models import host_model, is_installed


def keys(anonymous_ids: tuple[str, ...]) -> Iterator[str]:
    """Yield the cache keys of a learner's items and submissions in all attempts of a course; two statements.

    ``submissions/api.py`` and ``Submission.get_cache_key`` make them. Lists of the best submissions of a block are
    another learner's too, and last five minutes.
    """
    if not is_installed("submissions.Submission") or not anonymous_ids:
        return
    items = host_model("submissions.StudentItem")._base_manager.filter(student_id__in=anonymous_ids)
    submissions: Any = host_model("submissions.Submission")
    for pk in items.values_list("pk", flat=True):
        yield f"submissions.student_item.{pk}"
    of_learner = submissions._base_manager.filter(student_item__student_id__in=anonymous_ids)
    for uuid in of_learner.values_list("uuid", flat=True):
        yield submissions.get_cache_key(uuid)
