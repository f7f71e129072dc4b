"""From plain keys to those of an attempt and back."""

from __future__ import annotations

from ccx_keys.locator import CCXLocator
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import AsideUsageKey, CourseKey, LearningContextKey, UsageKey
from opaque_keys.edx.locator import CourseLocator

from attempts.exceptions import DeprecatedCourseKey, InvalidCourseKey
from attempts.keys.locators import AttemptBlockUsageLocator, AttemptCourseLocator


def checked_course_key(course_key: CourseKey | str) -> CourseLocator:
    """Return the plain key of a course that can have attempts, without branch and version.

    Args:
        course_key: a ``course-v1:`` or ``ccx-v1:`` key, parsed or as text.

    Raises:
        DeprecatedCourseKey: the key is of the old form ``Org/Course/Run``.
        InvalidCourseKey: the text is no key, or the key is not that of a course (a library's, an attempt's).
    """
    if isinstance(course_key, str):
        try:
            course_key = CourseKey.from_string(course_key)
        except InvalidKeyError as error:
            raise InvalidCourseKey(course_key) from error
    if course_key.deprecated:
        raise DeprecatedCourseKey(course_key)
    if not isinstance(course_key, CourseLocator) or type(course_key) not in (CourseLocator, CCXLocator):
        raise InvalidCourseKey(course_key)
    # A CCX key takes the digits of any script, but the rows of one CCX carry one text.
    ccx = str(getattr(course_key, "ccx", "0"))
    if not (course_key.org and course_key.run and ccx.isascii() and ccx.isdigit()):
        raise InvalidCourseKey(course_key)
    return course_key.for_branch(None).version_agnostic()


def attempt_course_key(course_key: CourseKey, number: int) -> AttemptCourseLocator:
    """Return the key of the archived attempt ``number`` (from 1) at a course.

    Raises:
        DeprecatedCourseKey, InvalidCourseKey: see :func:`checked_course_key`.
    """
    plain = checked_course_key(course_key)
    ccx = getattr(plain, "ccx", None)
    return AttemptCourseLocator(
        org=plain.org,
        course=plain.course,
        run=plain.run,
        ccx=None if ccx is None else str(ccx),
        attempt=number,
    )


def plain_course_key(course_key: CourseKey) -> CourseKey:
    """Return the key of the course itself, for the key of an attempt or a plain one."""
    return course_key.plain if isinstance(course_key, AttemptCourseLocator) else course_key


def attempt_usage_key(usage_key: UsageKey, attempt_key: AttemptCourseLocator) -> UsageKey:
    """Return the key of a block, or of an aside of a block, in an archived attempt.

    A block of another course or of a library has no counterpart in the attempt: its key is returned as it is.
    """
    if isinstance(usage_key, AsideUsageKey):
        return usage_key.replace(usage_key=attempt_usage_key(usage_key.usage_key, attempt_key))
    if block_course_key(usage_key) != attempt_key.plain:
        return usage_key
    return attempt_key.make_usage_key(usage_key.block_type, usage_key.block_id)


def block_course_key(usage_key: UsageKey) -> LearningContextKey:
    """Return the course or library that a block, or an aside of a block, lies in, without branch and version."""
    context_key = usage_key.usage_key.context_key if isinstance(usage_key, AsideUsageKey) else usage_key.context_key
    if isinstance(context_key, CourseLocator):
        return context_key.for_branch(None).version_agnostic()
    return context_key


def plain_usage_key(usage_key: UsageKey) -> UsageKey:
    """Return the key of a block, or of an aside of a block, in the course itself."""
    if isinstance(usage_key, AsideUsageKey):
        return usage_key.replace(usage_key=plain_usage_key(usage_key.usage_key))
    return usage_key.plain if isinstance(usage_key, AttemptBlockUsageLocator) else usage_key
