"""What happens to a certificate when the course grade changes, as on the platform."""

from __future__ import annotations

from django.dispatch import receiver

from sandbox.certificates.models import GeneratedCertificate
from sandbox.grades.signals import COURSE_GRADE_NOW_FAILED

PASSED_STATUSES = ("downloadable", "generating")


@receiver(COURSE_GRADE_NOW_FAILED, dispatch_uid="new_failing_learner")
def _listen_for_failing_grade(sender, user, course_id, grade, **kwargs) -> None:
    """Take a passing certificate back; its page then says that the learner does not pass."""
    certificate = GeneratedCertificate.objects.filter(user=user, course_id=course_id).first()
    if certificate is not None and certificate.status in PASSED_STATUSES:
        certificate.status = "notpassing"
        certificate.grade = str(grade.percent)[:5]
        certificate.download_url = certificate.download_uuid = ""
        certificate.save()
