"""What the host says a learner has achieved under a course key, plain or an attempt's."""

from __future__ import annotations

from dataclasses import dataclass

GRADES = "grades.PersistentCourseGrade"
CERTIFICATES = "certificates.GeneratedCertificate"
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
