"""Under which key an attempt's rows lie at this moment."""

from __future__ import annotations

from opaque_keys.edx.keys import CourseKey, UsageKey

from attempts.data import AttemptData
from attempts.exceptions import InvalidBlockKey
from attempts.keys import AttemptCourseLocator, attempt_course_key, attempt_usage_key, block_course_key
from attempts.models import LearnerCourse
from attempts.restoration import refuse_while_restored

#: Rows fetched from the database at a time when streaming.
CHUNK = 2000


def is_active(attempt: AttemptData, *, lock: bool = False) -> bool:
    """Tell whether an attempt is the active one now; one statement.

    The value object may be older than the latest switch, so the identity row is asked.

    Args:
        attempt: the attempt.
        lock: keep it so for the rest of the transaction, unless the learner was never reset.
    """
    rows = LearnerCourse.objects.filter(user_id=attempt.learner.id, course_key=attempt.course_key)
    rows = rows.select_for_update() if lock else rows
    return attempt.number == (rows.values_list("active_number", flat=True).first() or 1)


def storage_key(attempt: AttemptData) -> CourseKey:
    """Return the key under which the host's tables hold an attempt now; one statement, two for an archived one.

    Raises:
        KeysRestored: it is archived, and its rows have keys for a host without this package.
    """
    if is_active(attempt):
        return attempt.course_key
    refuse_while_restored()
    return attempt_course_key(attempt.course_key, attempt.number)


def storage_block_key(attempt: AttemptData, key: CourseKey, block_key: UsageKey) -> UsageKey:
    """Return the key under which a block of an attempt lies now.

    Args:
        attempt: the attempt.
        key: what :func:`storage_key` says of it.
        block_key: the plain key of the block.

    Raises:
        InvalidBlockKey: the block is none of the attempt's course.
    """
    if block_course_key(block_key) != attempt.course_key:
        raise InvalidBlockKey(block_key, attempt.course_key)
    return attempt_usage_key(block_key, key) if isinstance(key, AttemptCourseLocator) else block_key
