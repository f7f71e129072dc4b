"""The shared mark of the latest switch, set back."""

from __future__ import annotations

from datetime import timedelta

from django.core.cache import caches
from django.db import connection
from django.utils import timezone

from attempts import conf
from attempts.fence import marks
from attempts.models import AttemptOperation, LearnerCourse


def nothing_switched_lately() -> None:
    """Let everything that was switched have been switched yesterday, and the cache know it."""
    yesterday = timezone.now() - timedelta(days=1)
    with connection.cursor() as cursor:
        # The second is asked where somebody else has marked a switch in the cache that all share.
        for model, column in ((AttemptOperation, "completed_at"), (LearnerCourse, "switched_at")):
            cursor.execute(
                f"UPDATE {model._meta.db_table} SET {column} = %s WHERE {column} IS NOT NULL",
                [connection.ops.adapt_datetimefield_value(yesterday)],
            )
    caches[conf.fence_cache()].delete(marks._KEY)
    if marks.switched_meanwhile():
        raise AssertionError("the fence still believes that somebody was switched lately")
