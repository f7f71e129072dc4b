"""What the host says a learner has achieved under a course key, plain or an attempt's."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from opaque_keys.edx.keys import CourseKey

from attempts.host.expressions import exactly
from attempts.host.models import host_model, is_installed
from attempts.prepared import PreparedQuery

#: Certificate statuses that stand for an earned certificate: ``CertificateStatuses.PASSED_STATUSES`` of the platform's
#: ``certificates/data.py``.
EARNED_STATUSES = ("downloadable", "generating")


@dataclass(frozen=True)
class CourseResult:
    """A stored course grade: 0.0 to 1.0, and its letter, which is empty if failing."""

    percent_grade: float
    letter_grade: str

    @property
    def passed(self) -> bool:
        """Whether the grade is passing: the platform gives a letter to passing grades only."""
        return bool(self.letter_grade)


def course_results(user_id: int, course_keys: Collection[CourseKey]) -> dict[CourseKey, CourseResult]:
    """Return the stored course grades under some keys, where there is one; one statement."""
    found = _grades(user_id, tuple(course_keys))
    # The host's column may not tell case apart; keys do.
    return {key: CourseResult(percent, letter) for key, percent, letter in found if key in course_keys}


def completed_block_count(user_id: int, course_key: CourseKey) -> int:
    """Return how many blocks the learner has completed."""
    return _completed.first(user_id, course_key) or 0


def earned_certificates(user_id: int, course_keys: Collection[CourseKey]) -> dict[CourseKey, str]:
    """Return the status of the learner's certificate in each of some courses, where it is an earned one."""
    if not is_installed("certificates.GeneratedCertificate"):
        return {}
    return {key: status for key, status in _certificates(user_id, tuple(course_keys)) if key in course_keys}


@PreparedQuery
def _grades(user_id: int, course_keys: tuple[CourseKey, ...]) -> QuerySet:
    rows = host_model("grades.PersistentCourseGrade").objects.filter(user_id=user_id, course_id__in=course_keys)
    return rows.values_list("course_id", "percent_grade", "letter_grade")


@PreparedQuery
def _completed(user_id: int, course_key: CourseKey) -> QuerySet:
    model = host_model("completion.BlockCompletion")
    rows = model.objects.filter(exactly("context_key", course_key), user_id=user_id, completion__gte=1.0)
    return rows.order_by().values("user_id").annotate(rows=Count("pk")).values_list("rows", flat=True)


@PreparedQuery
def _certificates(user_id: int, course_keys: tuple[CourseKey, ...]) -> QuerySet:
    rows = host_model("certificates.GeneratedCertificate").objects.filter(
        user_id=user_id, course_id__in=course_keys, status__in=EARNED_STATUSES
    )
    return rows.values_list("course_id", "status")
