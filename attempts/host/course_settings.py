"""What a course's authors wrote into its settings, in the host's content store."""

from __future__ import annotations

from typing import Any

from django.utils.module_loading import import_string
from opaque_keys.edx.keys import CourseKey

from attempts.exceptions import CourseNotFound

_STORE = "xmodule.modulestore.django.modulestore"


def other_course_settings(course_key: CourseKey) -> Any:
    """Return the advanced setting ``other_course_settings`` of a course.

    Whatever the authors wrote is returned as it is; nothing says that it has any form.

    Raises:
        CourseNotFound: there is no such course.
    """
    course = import_string(_STORE)().get_course(course_key)
    if course is None:
        raise CourseNotFound(course_key)
    return course.other_course_settings
