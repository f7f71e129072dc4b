"""Keys of archived attempts, and the way between them and plain keys."""

from attempts.keys.bare import bare_course_key
from attempts.keys.conversion import (
    attempt_course_key,
    attempt_usage_key,
    block_course_key,
    checked_course_key,
    plain_course_key,
    plain_usage_key,
)
from attempts.keys.locators import AttemptBlockUsageLocator, AttemptCourseLocator
from attempts.keys.rewriting import KeyRewrite, usage_prefix

__all__ = [
    "AttemptBlockUsageLocator",
    "AttemptCourseLocator",
    "KeyRewrite",
    "attempt_course_key",
    "attempt_usage_key",
    "bare_course_key",
    "block_course_key",
    "checked_course_key",
    "plain_course_key",
    "plain_usage_key",
    "usage_prefix",
]
