"""An account is retired by the step of the platform's pipeline that tells plugins."""

from __future__ import annotations

import pytest
from common.djangoapps.student.tests.factories import UserFactory
from django.test import TestCase
from django.urls import reverse
from opaque_keys.edx.keys import CourseKey
from openedx.core.djangoapps.user_api.models import RetirementState, UserRetirementStatus
from rest_framework.test import APIClient

from attempts.models import AttemptOperation

COURSE = CourseKey.from_string("course-v1:Tidal+T1+2026")


class RetirementTest(TestCase):
    def setUp(self) -> None:
        # Those that a site adds of its own are the ones in which a step may be carried out.
        for order, name in enumerate(["PENDING", "RETIRING_LMS", "COMPLETE"]):
            required = name != "RETIRING_LMS"
            RetirementState.objects.create(state_name=name, state_execution_order=order, required=required)
        self.learner, self.staff = UserFactory.create(username="amira"), UserFactory.create(username="sam")
        words = {"kind": "reset", "course_key": COURSE, "status": "failed", "in_flight": None}
        AttemptOperation.objects.create(learner=self.learner, requested_by=self.staff, comment="Amira was ill", **words)
        AttemptOperation.objects.create(learner=self.staff, requested_by=self.staff, comment="Sam was ill", **words)
        retirement = UserRetirementStatus.create_retirement(self.learner)
        retirement.current_state = retirement.last_state = RetirementState.objects.get(state_name="RETIRING_LMS")
        retirement.save()
        self.pipeline = APIClient()
        self.pipeline.force_authenticate(UserFactory.create(is_superuser=True))

    def step(self) -> int:
        address = reverse("accounts_retire_misc")
        return self.pipeline.post(address, {"username": "amira"}, format="json").status_code

    def comments(self) -> list[str]:
        return list(AttemptOperation.objects.order_by("pk").values_list("comment", flat=True))

    def test_the_step_blanks_what_was_written_about_her_and_can_be_repeated(self) -> None:
        for _time in range(2):
            assert self.step() == 204
            assert self.comments() == ["", "Sam was ill"]

    def test_what_goes_wrong_fails_the_step(self) -> None:
        with pytest.MonkeyPatch.context() as broken:
            broken.setattr("attempts.api.retire", lambda _user: 1 / 0)
            assert self.step() == 500
        assert self.comments() == ["Amira was ill", "Sam was ill"]
        assert self.step() == 204
