"""How the host's courses are laid out."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from django.utils.module_loading import import_string
from opaque_keys.edx.keys import CourseKey, UsageKey

from attempts import conf
from attempts.data import OutlineBlock

log = logging.getLogger(__name__)
_ALL = -1


def course_outline(course_key: CourseKey) -> list[OutlineBlock]:
    """Return the blocks of a course, parents before their children and these in the order of the course.

    Empty if the host has none, or cannot tell: what asks it is the site's, and whatever goes wrong there is logged.
    """
    try:
        return [
            OutlineBlock(one["key"], one["parent"], one["name"] or "", one["completable"], one["shown"])
            for one in conf.course_outline()(course_key)
        ]
    except Exception:
        log.warning("attempts: the outline of %s cannot be had", course_key, exc_info=True)
        return []


def blocks_by_platform(course_key: CourseKey) -> Iterator[dict[str, Any]]:
    """Yield the blocks of a course of the platform, as ``ATTEMPTS_COURSE_OUTLINE`` asks for them.

    The block structure is what the platform itself grades by; it is kept in a cache, or in files, and made anew from
    the course if it is not there (``openedx/core/djangoapps/content/block_structure``).
    """
    module = "openedx.core.djangoapps.content.block_structure.api"
    structure = import_string(f"{module}.get_course_in_cache")(course_key)
    seen: set[UsageKey] = set()
    waiting: list[tuple[UsageKey, UsageKey | None]] = [(structure.root_block_usage_key, None)]
    while waiting:
        key, parent = waiting.pop()
        # A block can be in two places; what a learner did there is one.
        if key in seen:
            continue
        seen.add(key)
        children = structure.get_children(key)
        waiting += [(child, key) for child in reversed(children)]
        most = structure.get_xblock_field(key, "max_count")
        yield {
            "key": key,
            "parent": parent,
            "name": structure.get_xblock_field(key, "display_name"),
            "completable": structure.get_xblock_field(key, "completion_mode", "completable") == "completable",
            "shown": None if most in (None, _ALL) else min(most, len(children)),
        }
