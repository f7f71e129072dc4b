"""The shared mark of the latest switch, set back."""

from __future__ import annotations

from datetime import timedelta

from django.core.cache import caches
from django.db import connection
from django.utils import timezone

from attempts import conf
from attempts.fence import marks
from attempts.models import AttemptOperation


def nothing_switched_lately() -> None:
    """Let everything that was switched have been switched yesterday, and the cache know it."""
    yesterday = timezone.now() - timedelta(days=1)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {AttemptOperation._meta.db_table} SET completed_at = %s WHERE completed_at IS NOT NULL",
            [connection.ops.adapt_datetimefield_value(yesterday)],
        )
    caches[conf.fence_cache()].delete(marks._KEY)
    if marks.switched_meanwhile():
        raise AssertionError("the fence still believes that somebody was switched lately")
