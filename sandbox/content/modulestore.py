"""The content store as plugins see it: courses by key, and the signal that one was published.

The platform sends the signal in the process that publishes, which is Studio's, and robustly: what a receiver raises
is logged and goes no further.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from django.dispatch import Signal
from opaque_keys.edx.keys import CourseKey

from sandbox.content.models import CourseBlock

log = logging.getLogger(__name__)

#: Has the argument ``course_key``; the sender is the class of the store.
COURSE_PUBLISHED = Signal()


@dataclass(frozen=True)
class Course:
    """A course as far as plugins ask.

    Attributes:
        id: The course's key.
        other_course_settings: What its authors wrote into the advanced setting of that name.
    """

    id: CourseKey
    other_course_settings: dict[str, Any]


class ModuleStore:
    """Courses by key."""

    def get_course(self, course_key: CourseKey) -> Course | None:
        """Return a course, None if there is none by that key."""
        usage_key = course_key.make_usage_key("course", "course")
        row = CourseBlock.objects.filter(usage_key=usage_key, removed=False).first()
        if row is None:
            return None
        return Course(course_key, row.data.get("attributes", {}).get("other_course_settings", {}))


def modulestore() -> ModuleStore:
    """Return the store."""
    return ModuleStore()


def publish(course_key: CourseKey) -> None:
    """Tell whoever listens that a course was published."""
    for receiver, answer in COURSE_PUBLISHED.send_robust(sender=ModuleStore, course_key=course_key):
        if isinstance(answer, Exception):
            log.error("%s failed when %s was published", receiver, course_key, exc_info=answer)
