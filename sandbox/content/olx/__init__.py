"""Importing courses in OLX, the format that Studio exports."""

from __future__ import annotations

from pathlib import Path

from opaque_keys.edx.locator import CourseLocator

from sandbox.content.olx.course import course_key, parse_course
from sandbox.content.olx.errors import OlxError
from sandbox.content.olx.store import ImportedCourse, store_course

__all__ = ["ImportedCourse", "OlxError", "course_key", "import_course"]


def import_course(path: Path, key: CourseLocator | None = None) -> ImportedCourse:
    """Import the course at ``path``, or bring it up to date if it is there already.

    Args:
        path: A folder or ``.tar.gz`` with ``course.xml`` or ``course/course.xml`` at its top.
        key: The key to give the course instead of its own.

    Raises:
        OlxError: The course cannot be imported; nothing was written.
    """
    return store_course(parse_course(path, key))
