"""Certificates and failing grades: the platform's receiver, with ours before it."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from freezegun import freeze_time

from attempts import certificates
from sandbox.certificates import signals
from sandbox.certificates.models import GeneratedCertificate
from sandbox.grades.signals import COURSE_GRADE_NOW_FAILED
from tests.factories import COURSE, LOOKALIKE, CertificateFactory, CourseFactory, EnrolmentFactory, PolicyFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_clock")]


@pytest.fixture
def policy(db: None) -> Any:
    """A policy under which certificates do not stop a switch."""
    return PolicyFactory(certificates="keep")


def fail(learner: Any, course_key: Any = COURSE) -> str:
    """Let a failing course grade be stored; return what the certificate's status is then."""
    grade = SimpleNamespace(percent=0.1)
    COURSE_GRADE_NOW_FAILED.send(sender=None, user=learner, course_id=course_key, grade=grade)
    return GeneratedCertificate.objects.get(user=learner, course_id=course_key).status


def test_behaviour_10_the_first_failing_grade_of_a_new_attempt_revokes_nothing(learner: Any, reset: Any) -> None:
    """It was earned in attempt 1."""
    certificate = CertificateFactory(user=learner, course_id=COURSE)
    before = GeneratedCertificate.objects.filter(pk=certificate.pk).values().get()
    reset(learner)
    assert fail(learner) == "downloadable"
    assert GeneratedCertificate.objects.filter(pk=certificate.pk).values().get() == before


def test_a_learner_never_reset_is_as_on_the_bare_platform(learner: Any) -> None:
    """A failing grade takes the certificate back."""
    CertificateFactory(user=learner, course_id=COURSE)
    assert fail(learner) == "notpassing"


def test_only_the_course_that_was_reset_is_guarded(learner: Any, reset: Any) -> None:
    """A certificate of another course is not that of an archived attempt."""
    EnrolmentFactory(user=learner, course=CourseFactory(id=LOOKALIKE))
    CertificateFactory(user=learner, course_id=LOOKALIKE)
    reset(learner)
    assert fail(learner, LOOKALIKE) == "notpassing"


def test_undo_leaves_it_as_it_was_and_its_own_attempt_can_lose_it(learner: Any, reset: Any, undo: Any) -> None:
    """Back in the attempt in which it was earned, a failing grade means what it always did."""
    CertificateFactory(user=learner, course_id=COURSE)
    reset(learner)
    undo(learner)
    assert GeneratedCertificate.objects.get(user=learner).status == "downloadable"
    assert fail(learner) == "notpassing"


def test_a_certificate_of_the_new_attempt_can_be_revoked(learner: Any, reset: Any) -> None:
    """Earned after the reset, by the learner's work in the active attempt."""
    reset(learner)
    with freeze_time(timezone.now() + timedelta(hours=1)):
        CertificateFactory(user=learner, course_id=COURSE)
    assert fail(learner) == "notpassing"


def test_one_earned_later_is_safe_while_an_older_attempt_is_active(learner: Any, reset: Any, undo: Any) -> None:
    """It belongs to attempt 2, which undo archived."""
    reset(learner)
    with freeze_time(timezone.now() + timedelta(hours=1)):
        CertificateFactory(user=learner, course_id=COURSE)
    with freeze_time(timezone.now() + timedelta(hours=2)):
        undo(learner)
        assert fail(learner) == "downloadable"


def test_the_guard_takes_the_receiver_s_place_once(learner: Any) -> None:
    """Neither doubled when repeated, nor doubled by the platform's own connecting."""

    def receivers() -> list[Any]:
        return [entry for entry in COURSE_GRADE_NOW_FAILED.receivers if entry[0][0] == certificates.RECEIVER_UID]

    assert len(receivers()) == 1
    assert certificates.guard_earned_certificates()
    COURSE_GRADE_NOW_FAILED.connect(signals._listen_for_failing_grade, dispatch_uid=certificates.RECEIVER_UID)
    assert len(receivers()) == 1


def test_a_host_that_revokes_nothing_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its certificates work otherwise, or not at all."""
    monkeypatch.setattr(certificates, "RECEIVER", "nowhere.at_all")
    assert not certificates.guard_earned_certificates()
