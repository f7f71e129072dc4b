"""Keys in addresses; one that cannot be read is an address that is not there."""

from __future__ import annotations

from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey, UsageKey


class CourseKeyConverter:
    """The key of a course."""

    regex = "[^/]+"

    def to_python(self, value: str) -> CourseKey:
        """Return the key that a part of an address names."""
        try:
            return CourseKey.from_string(value)
        except InvalidKeyError as error:
            raise ValueError(value) from error

    def to_url(self, value: CourseKey) -> str:
        """Return a key as part of an address."""
        return str(value)


class UsageKeyConverter:
    """The key of a block."""

    regex = "[^/]+"

    def to_python(self, value: str) -> UsageKey:
        """Return the key that a part of an address names."""
        try:
            return UsageKey.from_string(value)
        except InvalidKeyError as error:
            raise ValueError(value) from error

    def to_url(self, value: UsageKey) -> str:
        """Return a key as part of an address."""
        return str(value)
