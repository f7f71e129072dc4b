"""What edx-when caches: the dates of a course as they are for one learner."""

from __future__ import annotations

from importlib import import_module
from itertools import product

from django.db.models import QuerySet
from opaque_keys.edx.keys import CourseKey

from attempts.host.content import published_version
from attempts.host.models import host_model, is_installed
from attempts.prepared import PreparedQuery

_EXTENSIONS = "edx_when.UserDate"


def refresh(user_id: int, course_key: CourseKey) -> None:
    """Ask edx-when for the learner's dates past its cache, which it then fills anew.

    So does the instructor dashboard after an extension: with the course's version and without. Without an extension,
    past or present, a learner's dates depend on the schedule alone, whose start is in the cache's key.
    """
    if not is_installed(_EXTENSIONS):
        return
    if not _some_extension(user_id, course_key):
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


@PreparedQuery
def _some_extension(user_id: int, course_key: CourseKey) -> QuerySet:
    extensions = host_model(_EXTENSIONS).objects.filter(user_id=user_id, content_date__course_id=course_key)
    return extensions.order_by().values_list("pk")[:1]
