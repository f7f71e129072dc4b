"""What a set-based rewrite has to do to the text of keys, derived from the keys themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from opaque_keys.edx.asides import AsideUsageKeyV1, AsideUsageKeyV2
from opaque_keys.edx.keys import CourseKey, UsageKey

_PROBE_TYPE, _PROBE_ID = "type", "probe"


@dataclass(frozen=True)
class KeyRewrite:
    """The rewrite of a learner's keys from one learning context to another.

    Attributes:
        source: the context whose rows are rewritten.
        target: the context they are rewritten to.
    """

    source: CourseKey
    target: CourseKey

    @cached_property
    def usage_prefixes(self) -> tuple[tuple[str, str], ...]:
        """Pairs of text: what a usage key of the source starts with, and what takes its place.

        One pair for blocks and one for each kind of aside. A prefix reaches to the ``@`` of ``+type@``, so that
        that of run ``R`` is none of run ``R2``'s.
        """
        return tuple(zip(_prefixes(self.source), _prefixes(self.target), strict=True))


def usage_prefix(course_key: CourseKey, block_type: str) -> str:
    """Return what the text of every key of a block of this type starts with."""
    return str(course_key.make_usage_key(_PROBE_TYPE, _PROBE_ID)).replace(
        f"@{_PROBE_TYPE}+block@{_PROBE_ID}", f"@{block_type}+block@"
    )


def _prefixes(course_key: CourseKey) -> tuple[str, ...]:
    tail = f"{_PROBE_TYPE}+block@{_PROBE_ID}"
    return tuple(str(key).partition(tail)[0] for key in _probes(course_key))


def _probes(course_key: CourseKey) -> Iterator[UsageKey]:
    block = course_key.make_usage_key(_PROBE_TYPE, _PROBE_ID)
    yield block
    # The library's aside keys get their abstract fields from a metaclass, which the type checker does not see.
    yield AsideUsageKeyV2(block, "aside")  # type: ignore[abstract]
    # Version 1 cannot hold a key with a double colon, so in such a course no row has one.
    if "::" not in str(block):
        yield AsideUsageKeyV1(block, "aside")  # type: ignore[abstract]
