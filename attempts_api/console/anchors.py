"""What parts of pages are called in their addresses."""

from __future__ import annotations

from hashlib import sha256

from opaque_keys.edx.keys import CourseKey


def course_anchor(course_key: CourseKey) -> str:
    """Return what the part of a page that is about a course is called; keys have signs that an id may not have."""
    return f"course-{sha256(str(course_key).encode()).hexdigest()[:12]}"
