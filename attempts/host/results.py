"""What the host says a learner has achieved under a course key, plain or an attempt's."""

from __future__ import annotations

GRADES = "grades.PersistentCourseGrade"
CERTIFICATES = "certificates.GeneratedCertificate"
#: Certificate statuses that stand for an earned certificate: ``CertificateStatuses.PASSED_STATUSES`` of the platform's
#: ``certificates/data.py``.
EARNED_STATUSES = ("downloadable", "generating")
