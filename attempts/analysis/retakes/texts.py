"""Keys of a course's attempts as texts: to parse each of a million is too slow."""

from __future__ import annotations

from functools import cache

from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey, UsageKey

from attempts.keys import attempt_course_key, usage_prefix

#: In place of a block type: no type has such a name.
_TYPE = "type"


def texts_of_attempts(course_key: CourseKey) -> tuple[str, str]:
    """Return two texts between which the keys of all attempts at a course lie, by every engine's order."""
    prefix = _prefix(course_key)
    return f"{prefix}0", f"{prefix}a"


def number_of(text: str, course_key: CourseKey, active_number: int) -> int | None:
    """Return the number of the attempt whose rows lie under the text of a key; None if it is none of this course.

    Args:
        text: the text.
        course_key: the plain key of the course.
        active_number: the number of the attempt that has the plain key.
    """
    if text == str(course_key):
        return active_number
    prefix = _prefix(course_key)
    digits = text[len(prefix) :]
    return int(digits) if text.startswith(prefix) and digits.isascii() and digits.isdigit() else None


def without_course(text: str, course: str, course_key: CourseKey) -> str | None:
    """Return what of the text of a block's key is the same in all attempts; None if it is of another course.

    Args:
        text: the text of the block's key.
        course: that of the key of the course or attempt.
        course_key: the plain key of the course.
    """
    prefix = _usage_prefix(course, course_key)
    return text[len(prefix) :] if text.startswith(prefix) else None


def plain_block(rest: str, course_key: CourseKey) -> UsageKey | None:
    """Return the plain key of a block from what :func:`without_course` has left of it; None if that is no key."""
    try:
        return UsageKey.from_string(_usage_prefix(str(course_key), course_key) + rest)
    except InvalidKeyError:
        return None


@cache
def _prefix(course_key: CourseKey) -> str:
    return str(attempt_course_key(course_key, 1)).removesuffix("1")


@cache
def _usage_prefix(course: str, course_key: CourseKey) -> str:
    number = number_of(course, course_key, 0)
    key = attempt_course_key(course_key, number) if number else course_key
    return usage_prefix(key, _TYPE).partition(f"@{_TYPE}+block@")[0]
