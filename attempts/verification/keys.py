"""Whether the keys of a row say the same thing about the attempt the row belongs to."""

from __future__ import annotations

from collections.abc import Collection

from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import AsideUsageKey, CourseKey, UsageKey

from attempts.keys import AttemptBlockUsageLocator, AttemptCourseLocator


def objection_to_course_text(text: str, course_key: CourseKey, archived: Collection[int]) -> str | None:
    """Say what is wrong with the course column of a row, None if nothing is.

    Args:
        text: the column's text.
        course_key: the plain key of the course.
        archived: numbers of the learner's archived attempts.
    """
    if text == str(course_key):
        return None
    try:
        key = CourseKey.from_string(text)
    except InvalidKeyError:
        return f"'{text}' is not a key"
    if not isinstance(key, AttemptCourseLocator) or key.plain != course_key:
        return f"'{text}' is not a key of this course"
    if key.attempt not in archived:
        return f"'{text}' names attempt {key.attempt}, which is not an archived attempt of this learner"
    return None


def objection_to_usage_text(text: str, course_text: str, *, parsed: bool) -> str | None:
    """Say what is wrong with a usage key beside the course column's text, None if nothing is.

    A plain key of another course or a library may stand in any attempt; a key of an attempt only in its own.

    Args:
        text: the usage column's text.
        course_text: the course column's text.
        parsed: whether the host parses the column, so that a text that is no key is an error for its readers.
    """
    try:
        key = _block_key(UsageKey.from_string(text))
    except InvalidKeyError:
        # Under the plain key it is the host's own old data, which no switch has touched.
        return f"'{text}' is not a key" if parsed and attempt_key_or_none(course_text) else None
    if isinstance(key, AttemptBlockUsageLocator):
        if str(key.course_key) != course_text:
            return f"'{text}' belongs to {key.course_key}, but the row to {course_text}"
        return None
    course_key = attempt_key_or_none(course_text)
    if course_key and key.context_key == course_key.plain:
        return f"'{text}' is a plain key in the archived attempt {course_text}"
    return None


def attempt_key_or_none(text: str) -> AttemptCourseLocator | None:
    """Return the course key of an attempt that ``text`` is, None if it is none."""
    try:
        key = CourseKey.from_string(text)
    except InvalidKeyError:
        return None
    return key if isinstance(key, AttemptCourseLocator) else None


def _block_key(key: UsageKey) -> UsageKey:
    while isinstance(key, AsideUsageKey):
        key = key.usage_key
    return key
