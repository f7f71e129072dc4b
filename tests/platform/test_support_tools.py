"""The address of the platform's Course Reset, taken over in an LMS."""

from __future__ import annotations

from common.djangoapps.student.tests.factories import AdminFactory
from django.test import Client, override_settings
from django.urls import reverse
from lms.djangoapps.support.models import CourseResetAudit, CourseResetCourseOptIn
from lms_course import PASSWORD, RIGHT, CourseCase

from attempts import api


class SupportToolsTest(CourseCase):
    """Section 5.2: a plugin's own addresses come after the platform's."""

    def setUp(self) -> None:
        super().setUp()
        self.work(RIGHT)
        api.change_policy({"require_not_passing": False}, changed_by=None, course_key=self.key)
        self.address = reverse("support:course_reset", args=[self.learner.username])
        CourseResetCourseOptIn.objects.create(course_id=self.key, active=True)

    @override_settings(ATTEMPTS_REPLACE_COURSE_RESET=True)
    def test_behaviour_5_2_the_address_is_ours_if_a_setting_says_so(self) -> None:
        """Support staff reset by it, as the platform's page does; the learner's work is archived."""
        support = self._support()
        [course] = support.get(self.address).json()
        assert (course["course_id"], course["can_reset"]) == (str(self.key), True)
        with self.captureOnCommitCallbacks(execute=True):
            answer = support.post(self.address, {"course_id": str(self.key), "comment": "asked by mail"})
        assert answer.status_code == 201, answer.content
        assert not CourseResetAudit.objects.exists()
        assert self.grade() == (0.0, False)
        self.undo()
        assert self.grade() == (1.0, True)
        assert self.signed_in(self.learner).get(self.address).status_code == 403

    @override_settings(ATTEMPTS_REPLACE_COURSE_RESET=False)
    def test_behaviour_5_2_the_address_is_the_platforms_otherwise(self) -> None:
        """It says what it has always said of a learner who passes."""
        [course] = self._support().get(self.address).json()
        assert course["status"] == "Learner Has Passing Grade"

    def _support(self) -> Client:
        return self.signed_in(AdminFactory.create(password=PASSWORD))
