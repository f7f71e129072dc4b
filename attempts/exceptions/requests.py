"""Wrong requests: the caller's words are wrong, whatever the state of the learner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attempts.exceptions.base import BadRequest, gettext_noop


class InvalidCourseKey(BadRequest):
    """The text or key is not that of a course that can have attempts."""

    code = "invalid_course_key"

    def __init__(self, course_key: Any) -> None:
        super().__init__(
            gettext_noop(
                "'%(course_key)s' is not the key of a course. Give a plain key, such as course-v1:Org+Course+Run."
            ),
            course_key=course_key,
        )


class DeprecatedCourseKey(BadRequest):
    """The course has a key of the old form, whose block keys do not name the run."""

    code = "deprecated_course_key"

    def __init__(self, course_key: Any) -> None:
        super().__init__(
            gettext_noop(
                "'%(course_key)s' is a deprecated course key. Its blocks do not name the run, so attempts of it cannot "
                "be told apart; only course-v1: and ccx-v1: courses can have attempts."
            ),
            course_key=course_key,
        )


class CommentTooLong(BadRequest):
    """The comment does not fit its column."""

    code = "comment_too_long"

    def __init__(self, length: int, limit: int) -> None:
        super().__init__(
            gettext_noop("The comment has %(length)s characters; at most %(limit)s are kept. Shorten it."),
            length=length,
            limit=limit,
        )


class InvalidIdempotencyKey(BadRequest):
    """The idempotency key is empty or does not fit its column."""

    code = "invalid_idempotency_key"

    def __init__(self, limit: int) -> None:
        super().__init__(
            gettext_noop("An idempotency key has 1 to %(limit)s characters, and no blanks at its ends."), limit=limit
        )


class UnknownOverride(BadRequest):
    """A reason to be overridden does not exist or must not be."""

    code = "unknown_override"

    def __init__(self, codes: Sequence[str], allowed: Sequence[str]) -> None:
        super().__init__(
            gettext_noop("Cannot override %(codes)s. What can be overridden: %(allowed)s."),
            codes=", ".join(sorted(codes)),
            allowed=", ".join(sorted(allowed)),
        )


class InvalidPolicy(BadRequest):
    """A policy cannot be what somebody wants it to be."""

    code = "invalid_policy"


class InvalidCursor(BadRequest):
    """A cursor that was not given with a page of this list in this order."""

    code = "invalid_cursor"

    def __init__(self) -> None:
        super().__init__(gettext_noop("This cursor is none of this list in this order. Begin again without one."))


class InvalidBlockKey(BadRequest):
    """The text or key is not that of a block of the course."""

    code = "invalid_block_key"

    def __init__(self, block_key: Any, course_key: Any) -> None:
        super().__init__(
            gettext_noop("'%(block_key)s' is not the plain key of a block of %(course_key)s."),
            block_key=block_key,
            course_key=course_key,
        )


class NotComparable(BadRequest):
    """Two attempts that are not two of one learner at one course."""

    code = "not_comparable"

    def __init__(self, first: Any, second: Any) -> None:
        super().__init__(
            gettext_noop(
                "%(first)s and %(second)s are not two attempts of one learner at one course. Name two that are."
            ),
            first=first,
            second=second,
        )
