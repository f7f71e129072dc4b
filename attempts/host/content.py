"""The host's course content, of which attempts needs one fact: which version is published."""

from __future__ import annotations

from django.utils.module_loading import import_string
from opaque_keys.edx.keys import CourseKey


def published_version(course_key: CourseKey) -> str | None:
    """Return the version of a course that is published, None if there is no such course or the host has no versions.

    Parts of the platform put it into the keys of caches.
    """
    try:
        modulestore = import_string("xmodule.modulestore.django.modulestore")
    except ImportError:
        return None
    course = modulestore().get_course(course_key)
    version = getattr(course, "course_version", None)
    return str(version) if version else None
