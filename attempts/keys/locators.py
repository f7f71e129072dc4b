"""The key types of an archived attempt: a learning context of its own, and the blocks in it.

======================  =====================================================================
plain                   archived attempt 1
======================  =====================================================================
``course-v1:O+C+R``     ``attempt-v1:O+C+R+attempt@1``
``block-v1:O+C+R+…``    ``attempt-block-v1:O+C+R+attempt@1+type@problem+block@abc``
``ccx-v1:O+C+R+ccx@7``  ``attempt-v1:O+C+R+ccx@7+attempt@1``
======================  =====================================================================

They are registered by the entry points ``context_key`` and ``usage_key``.
"""

from __future__ import annotations

import re
from typing import Any, Self

from ccx_keys.locator import CCXLocator
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import AssetKey, CourseKey, UsageKey
from opaque_keys.edx.locator import BlockUsageLocator, CourseLocator

#: The largest attempt number a key can carry; nine digits, so that the length of a key is bounded.
MAX_ATTEMPT_NUMBER = 999_999_999

_ID = CourseLocator.ALLOWED_ID_CHARS
_COURSE_RE = rf"""
    (?P<org>{_ID}+)\+(?P<course>{_ID}+)\+(?P<run>{_ID}+)
    (\+branch@(?P<branch>{_ID}+))?
    (\+version@(?P<version_guid>[a-f0-9]+))?
    (\+ccx@(?P<ccx>[0-9]+))?
    \+attempt@(?P<attempt>[1-9][0-9]{{0,8}})
"""
_BLOCK_RE = rf"\+type@(?P<block_type>{_ID}+)\+block@(?P<block_id>{BlockUsageLocator.BLOCK_ALLOWED_ID_CHARS}+)"


class AttemptCourseLocator(CourseLocator):
    """The course key of an archived attempt.

    It is a ``CourseKey``, so that every key column takes it, with ``is_course`` false, so that the platform's
    signal handlers and commands step over rows that carry it.

    Args:
        attempt: the attempt's number, from 1.
        ccx: the number of the CCX as text, or None if the course is not one.

    Raises:
        InvalidKeyError: a part is missing or malformed.
    """

    CANONICAL_NAMESPACE = "attempt-v1"
    # The library types its own five fields exactly; CCX keys extend them in the same way.
    KEY_FIELDS: tuple[str, ...] = (*CourseLocator.KEY_FIELDS, "ccx", "attempt")  # type: ignore[assignment]
    __slots__ = ("attempt", "ccx")
    CHECKED_INIT = False
    URL_RE = re.compile(rf"\A{_COURSE_RE}\Z", re.VERBOSE)

    is_course = False
    attempt: int
    ccx: str | None

    def __init__(self, *, attempt: int, ccx: str | None = None, **kwargs: Any) -> None:
        if kwargs.get("deprecated"):
            raise InvalidKeyError(type(self), "an attempt's key has no deprecated form")
        if isinstance(attempt, bool) or not isinstance(attempt, int) or not 1 <= attempt <= MAX_ATTEMPT_NUMBER:
            raise InvalidKeyError(type(self), f"attempt must be a number from 1 to {MAX_ATTEMPT_NUMBER}: {attempt!r}")
        if ccx is not None and not re.fullmatch(r"[0-9]+", ccx):
            raise InvalidKeyError(type(self), f"ccx must be digits: {ccx!r}")
        super().__init__(attempt=attempt, ccx=ccx, **kwargs)
        if not (self.org and self.course and self.run):
            raise InvalidKeyError(type(self), "org, course and run must be set")

    @classmethod
    def _from_string(cls, serialized: str) -> Self:
        return cls(**cls._parse(serialized))

    @classmethod
    def _parse(cls, serialized: str) -> dict[str, Any]:
        parts: dict[str, Any] = dict(cls.parse_url(serialized))
        return {**parts, "attempt": int(parts["attempt"])}

    def _to_string(self) -> str:
        ccx = f"+ccx@{self.ccx}" if self.ccx is not None else ""
        return f"{super()._to_string()}{ccx}+attempt@{self.attempt}"

    @property
    def plain(self) -> CourseKey:
        """The key of the course this is an attempt of."""
        parts = {name: getattr(self, name) for name in CourseLocator.KEY_FIELDS}
        return CourseLocator(**parts) if self.ccx is None else CCXLocator(ccx=self.ccx, **parts)

    def make_usage_key(self, block_type: str, block_id: str) -> AttemptBlockUsageLocator:
        """Return the key of a block in this attempt."""
        return AttemptBlockUsageLocator(self, block_type, block_id)

    def make_asset_key(self, asset_type: str, path: str) -> AssetKey:
        """Return the key of an asset of the course: assets are content and belong to no attempt."""
        return self.plain.make_asset_key(asset_type, path)


class AttemptBlockUsageLocator(BlockUsageLocator):
    """The key of a block in an archived attempt.

    Raises:
        InvalidKeyError: ``course_key`` is not an attempt's, or the block's type or id is missing or malformed.
    """

    CANONICAL_NAMESPACE = "attempt-block-v1"
    URL_RE = re.compile(rf"\A{_COURSE_RE}{_BLOCK_RE}\Z", re.VERBOSE)

    course_key: AttemptCourseLocator

    def __init__(self, course_key: AttemptCourseLocator, block_type: str, block_id: str, **kwargs: Any) -> None:
        if not isinstance(course_key, AttemptCourseLocator):
            raise InvalidKeyError(type(self), f"not the course key of an attempt: {course_key}")
        super().__init__(course_key, block_type, block_id, **kwargs)

    @classmethod
    def _from_string(cls, serialized: str) -> Self:
        parts: dict[str, Any] = dict(cls.parse_url(serialized))
        block_type, block_id = parts.pop("block_type"), parts.pop("block_id")
        return cls(AttemptCourseLocator(**{**parts, "attempt": int(parts["attempt"])}), block_type, block_id)

    @property
    def attempt(self) -> int:
        """The number of the attempt."""
        return self.course_key.attempt

    @property
    def plain(self) -> UsageKey:
        """The key of the block in the course itself."""
        return self.course_key.plain.make_usage_key(self.block_type, self.block_id)

    # Both give a key of another class where the target course has one, which the library's types do not foresee.
    def replace(self, **kwargs: Any) -> UsageKey:  # type: ignore[override]
        """Return this key with parts replaced; with a ``course_key`` of another kind, a key of that kind."""
        course_parts = {name: kwargs.pop(name) for name in AttemptCourseLocator.KEY_FIELDS if name in kwargs}
        course_key = kwargs.pop("course_key", self.course_key)
        if course_parts:
            course_key = course_key.replace(**course_parts)
        if not isinstance(course_key, AttemptCourseLocator):
            block = super().replace(**kwargs)
            return course_key.make_usage_key(block.block_type, block.block_id)
        return super().replace(course_key=course_key, **kwargs)

    def map_into_course(self, course_key: CourseKey) -> UsageKey:  # type: ignore[override]
        """Return the key of the same block in another course or attempt, of the kind that course has."""
        return self.replace(course_key=course_key)
