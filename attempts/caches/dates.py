"""What edx-when caches: the dates of a course as they are for one learner."""

from __future__ import annotations

from importlib import import_module
from itertools import product

from opaque_keys.edx.keys import CourseKey

from attempts.host.content import published_version
from attempts.host.models import is_installed


def refresh(user_id: int, course_key: CourseKey) -> None:
    """Ask edx-when for the learner's dates past its cache, which it then fills anew.

    So does the instructor dashboard after an extension: with the course's version and without.
    """
    if not is_installed("edx_when.UserDate"):
        return
    dates = import_module("edx_when.api").get_dates_for_course
    for version, only_higher in product({None, published_version(course_key)}, (False, True)):
        dates(
            course_key,
            user=user_id,
            use_cached=False,
            subsection_and_higher_only=only_higher,
            published_version=version,
        )
