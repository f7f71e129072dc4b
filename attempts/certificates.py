"""Certificates that were earned in an archived attempt: work in a new one does not revoke them.

The platform revokes a passing certificate as soon as a failing course grade is stored, which the first graded answer of
a new attempt brings about (``lms/djangoapps/certificates/signals.py``: ``_listen_for_failing_grade``).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.module_loading import import_string
from opaque_keys.edx.keys import CourseKey

from attempts.host.models import host_model, is_installed
from attempts.host.results import EARNED_STATUSES
from attempts.models import AttemptOperation, LearnerCourse, OperationStatus

log = logging.getLogger(__name__)

#: What the platform calls its receiver; ours takes the name over, so that the platform's cannot be connected beside it.
RECEIVER_UID = "new_failing_learner"
SIGNAL = "openedx.core.djangoapps.signals.signals.COURSE_GRADE_NOW_FAILED"
RECEIVER = "lms.djangoapps.certificates.signals._listen_for_failing_grade"
_CERTIFICATE = "certificates.GeneratedCertificate"
_HISTORY = "certificates.HistoricalGeneratedCertificate"


def guard_earned_certificates() -> bool:
    """Put a guard before the platform's receiver of failing grades; return whether the host has one.

    Harmless when repeated.
    """
    try:
        signal, revoke = import_string(SIGNAL), import_string(RECEIVER)
    except ImportError:
        log.info("attempts: the host does not revoke certificates on failing grades: there is no %s", RECEIVER)
        return False
    signal.disconnect(dispatch_uid=RECEIVER_UID)
    signal.connect(_Guard(revoke), dispatch_uid=RECEIVER_UID, weak=False)
    return True


class _Guard:
    """The platform's receiver, called for certificates of the active attempt only."""

    def __init__(self, revoke: Callable[..., Any]) -> None:
        self._revoke = revoke

    def __call__(self, sender: Any, user: Any, course_id: CourseKey, **kwargs: Any) -> Any:
        """Pass a failing grade on, unless the certificate was earned in another attempt than the active one."""
        if earned_in_other_attempt(user.pk, course_id):
            log.info(
                "attempts: a failing grade of user %s in %s leaves the certificate of an earlier attempt as it is",
                user.pk,
                course_id,
            )
            return None
        return self._revoke(sender=sender, user=user, course_id=course_id, **kwargs)


def earned_in_other_attempt(user_id: int, course_key: CourseKey) -> bool:
    """Tell whether a learner has an earned certificate and earned it in another attempt than the active one.

    A statement for a learner never reset, four at most for others.
    """
    identity = LearnerCourse.objects.filter(user_id=user_id, course_key=course_key).first()
    if identity is None or not is_installed(_CERTIFICATE):
        return False
    certificates = host_model(_CERTIFICATE).objects.filter(
        user_id=user_id, course_id=course_key, status__in=EARNED_STATUSES
    )
    certificate = certificates.values("pk", "created_date").first()
    if certificate is None:
        return False
    earned_at = _earned_at(certificate["pk"]) or certificate["created_date"]
    return _active_at(user_id, course_key, earned_at) != identity.active_number


def _earned_at(certificate_id: int) -> datetime | None:
    """Return since when a certificate has been an earned one, by the host's history; None without one."""
    if not is_installed(_HISTORY):
        return None
    earned_at = None
    rows = host_model(_HISTORY).objects.filter(id=certificate_id).order_by("-history_date", "-history_id")
    for status, at in rows.values_list("status", "history_date").iterator(100):
        if status in EARNED_STATUSES:
            earned_at = at
        elif status != "error":
            return earned_at
    # It was an earned one as long as the history goes back, which may be younger than it.
    return None


def _active_at(user_id: int, course_key: CourseKey, moment: datetime) -> int:
    """Return the number of the attempt that was active at some moment."""
    before = AttemptOperation.objects.filter(
        learner_id=user_id, course_key=course_key, status=OperationStatus.COMPLETE, completed_at__lte=moment
    )
    return before.order_by("-pk").values_list("to_attempt__number", flat=True).first() or 1
