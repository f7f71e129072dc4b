"""What the host says a learner has achieved under a course key, plain or an attempt's."""

from __future__ import annotations

from dataclasses import dataclass

from opaque_keys.edx.keys import CourseKey

from attempts.host.expressions import exactly
from attempts.host.models import host_model, is_installed

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


def course_result(user_id: int, course_key: CourseKey) -> CourseResult | None:
    """Return the stored course grade, None if there is none."""
    row = (
        host_model("grades.PersistentCourseGrade")
        .objects.filter(exactly("course_id", course_key), user_id=user_id, course_id=course_key)
        .values_list("percent_grade", "letter_grade")
        .first()
    )
    return CourseResult(*row) if row else None


def completed_block_count(user_id: int, course_key: CourseKey) -> int:
    """Return how many blocks the learner has completed."""
    model = host_model("completion.BlockCompletion")
    rows = model.objects.filter(exactly("context_key", course_key), user_id=user_id, context_key=course_key)
    return rows.filter(completion__gte=1.0).count()


def earned_certificate(user_id: int, course_key: CourseKey) -> str | None:
    """Return the status of the learner's certificate if it is an earned one, else None."""
    if not is_installed("certificates.GeneratedCertificate"):
        return None
    rows = host_model("certificates.GeneratedCertificate").objects.filter(
        exactly("course_id", course_key), user_id=user_id, course_id=course_key, status__in=EARNED_STATUSES
    )
    return rows.values_list("status", flat=True).first()
