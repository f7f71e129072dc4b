"""The two forms that keys of archived attempts can have, and what their texts start with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import AsideUsageKey, CourseKey, UsageKey

from attempts.keys import AttemptCourseLocator, KeyRewrite, bare_course_key

_PROBE = "0"


@dataclass(frozen=True)
class KeyForm:
    """A form of keys.

    Attributes:
        probe: a course key of this form.
    """

    probe: CourseKey

    @cached_property
    def course_prefix(self) -> str:
        """What the text of every course key of this form starts with."""
        return str(self.probe).partition(_PROBE)[0]

    @cached_property
    def usage_prefixes(self) -> tuple[str, ...]:
        """What the texts of usage keys of this form start with: those of blocks, and of asides of both versions."""
        return tuple(old.partition(_PROBE)[0] for old, _new in KeyRewrite(self.probe, self.probe).usage_prefixes)

    def is_course(self, text: str) -> bool:
        """Tell whether a text is a course key of this form, as the database of a host has it: without branch."""
        try:
            key: Any = CourseKey.from_string(text)
        except InvalidKeyError:
            return False
        return type(key) is type(self.probe) and text == str(key.for_branch(None).version_agnostic())

    def course_of(self, text: str) -> str | None:
        """Return the text of the course key that a usage key of this form lies in, None if it is no such key."""
        try:
            key = UsageKey.from_string(text)
        except InvalidKeyError:
            return None
        while isinstance(key, AsideUsageKey):
            key = key.usage_key
        return str(key.context_key) if isinstance(key.context_key, type(self.probe)) else None


_ATTEMPT = AttemptCourseLocator(org=_PROBE, course=_PROBE, run=_PROBE, attempt=1)
ATTEMPT_FORM = KeyForm(_ATTEMPT)
BARE_FORM = KeyForm(bare_course_key(_ATTEMPT))
