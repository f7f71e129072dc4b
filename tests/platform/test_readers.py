"""Pages, reports and commands of the platform that read a course or a whole table, with an archived attempt in it."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from common.djangoapps.student.models import CourseEnrollment
from common.djangoapps.student.tests.factories import AdminFactory, SuperuserFactory
from django.apps import apps
from django.contrib.admin import site
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from edx_toggles.toggles.testutils import override_waffle_flag
from everything import changed, everything
from lms.djangoapps.certificates.tests.factories import GeneratedCertificateFactory
from lms.djangoapps.courseware.user_state_client import DjangoXBlockUserStateClient
from lms.djangoapps.grades.config.waffle import WRITABLE_GRADEBOOK
from lms.djangoapps.grades.models import PersistentCourseGrade
from lms.djangoapps.instructor_analytics.basic import list_problem_responses
from lms.djangoapps.program_enrollments.management.commands.send_program_course_nudge_email import (
    Command as NudgeCommand,
)
from lms_course import PASSWORD, RIGHT, WRONG, CourseCase
from openedx.features.survey_report.queries import get_generated_certificates
from xmodule.modulestore.exceptions import ItemNotFoundError

from attempts.keys import attempt_course_key

DAY = timedelta(days=1)
CREDENTIALS_TASKS = "openedx.core.djangoapps.credentials.tasks.v1.tasks"
GRADES = {"grades_persistentcoursegrade", "grades_persistentsubsectiongrade"}


class ReadersTest(CourseCase):
    def setUp(self) -> None:
        super().setUp()
        self.work(RIGHT)
        self.reset(override=["learner_passing"])
        self.archived = attempt_course_key(self.key, 1)

    # -- section 1.7: readers of states without a course, and Django admin -------------------------------------------

    def test_behaviour_1_7_all_states_of_a_block(self) -> None:
        """The platform's client and its reports of answers have those of active attempts."""
        client = DjangoXBlockUserStateClient(self.learner)
        assert list(client.iter_all_for_block(self.problems[0])) == []
        assert list_problem_responses(self.key, str(self.problems[0])) == []
        assert list(client.iter_all_for_course(self.key)) == []
        self.answer(self.problems[0], WRONG)
        assert [item.state["attempts"] for item in client.iter_all_for_block(self.problems[0])] == [1]
        assert [one["username"] for one in list_problem_responses(self.key, str(self.problems[0]))] == ["learner"]
        assert {item.block_key for item in client.iter_all_for_course(self.key)} == {self.problems[0]}

    def test_behaviour_1_7_django_admin(self) -> None:
        """Its lists and forms of every table that has archived rows can be opened."""
        browser = self._staff(SuperuserFactory, is_staff=True)
        shown = set()
        for model in self._models_with_archived_rows():
            if model not in site._registry:
                continue
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
            row = model._base_manager.latest("pk")
            assert browser.get(reverse(f"{name}_changelist")).status_code == 200, name
            assert browser.get(reverse(f"{name}_change", args=[row.pk])).status_code == 200, name
            shown.add(model._meta.db_table)
        assert {"courseware_studentmodule", "submissions_studentitem"} <= shown

    # -- section 1.8: an archived attempt is no course ---------------------------------------------------------------

    def test_behaviour_1_8_the_content_store_knows_no_attempt(self) -> None:
        """Nothing is served under the key of an attempt, least of all the course that it is one of."""
        assert self.store.get_course(self.archived) is None
        assert not self.store.has_course(self.archived)
        with pytest.raises(ItemNotFoundError):
            self.store.get_item(self.problems[0].map_into_course(self.archived))

    def test_behaviour_1_8_addresses_with_the_key_of_an_attempt(self) -> None:
        """They find no course, for the learner as for staff."""
        block = self.problems[0].map_into_course(self.archived)
        pages = [
            reverse("courseware", args=[str(self.archived)]),
            reverse("progress", args=[str(self.archived)]),
            reverse("course-home:outline-tab", args=[str(self.archived)]),
            reverse("course-home:progress-tab", args=[str(self.archived)]),
            reverse("instructor_dashboard", args=[str(self.archived)]),
            reverse("jump_to", args=[str(self.archived), str(block)]),
            reverse("xblock_handler", args=[str(self.archived), str(block), "xmodule_handler", "problem_get"]),
            f"/api/grades/v1/courses/{self.archived}/",
            f"/api/courses/v1/courses/{self.archived}",
        ]
        for browser in (self.browser, self._staff(AdminFactory)):
            answers = {page: browser.get(page).status_code for page in pages}
            assert {page: code for page, code in answers.items() if code not in (302, 403, 404)} == {}

    # -- section 11: who enumerates a course -------------------------------------------------------------------------

    def test_behaviour_11_gradebook_and_grades_api(self) -> None:
        """Each learner is there once, with the active attempt."""
        browser = self._staff(AdminFactory)
        for page in (f"/api/grades/v1/gradebook/{self.key}/", f"/api/grades/v1/courses/{self.key}/"):
            with override_waffle_flag(WRITABLE_GRADEBOOK, active=True):
                found = browser.get(page)
            assert found.status_code == 200, found.content
            rows = [row for row in found.json()["results"] if row["username"] == "learner"]
            assert [row["percent"] for row in rows] == [0.0], page

    def test_behaviour_11_compute_grades(self) -> None:
        """The command computes the active attempt and leaves the archived one alone."""
        before = everything()
        call_command("compute_grades", courses=[str(self.key)])
        assert not GRADES & changed(before, everything()).keys()
        self.undo()
        assert self.grade() == (1.0, True)

    def test_behaviour_11_failed_learners(self) -> None:
        """The command that tells of them asks by course: the archived attempt is in no list."""
        grades = PersistentCourseGrade.objects.filter(course_id=self.key, passed_timestamp__isnull=True)
        assert not grades.exists()
        call_command("send_segment_events_for_failed_learners", dry_run=True)

    def test_behaviour_11_notify_credentials(self) -> None:
        """Archived grades are read, and none is sent: the key of an attempt belongs to no program."""
        CourseEnrollment.enroll(self.learner, self.key, mode="verified")
        words = {"user": self.learner, "course_id": self.key, "status": "downloadable", "mode": "verified"}
        GeneratedCertificateFactory.create(**words)
        span = {"start_date": timezone.now() - DAY, "end_date": timezone.now() + DAY}
        with ExitStack() as stack:
            for name in ("is_credentials_enabled", "is_learner_records_enabled_for_org", "is_course_run_in_a_program"):
                stack.enter_context(mock.patch(f"{CREDENTIALS_TASKS}.{name}", return_value=True))
            send = stack.enter_context(mock.patch(f"{CREDENTIALS_TASKS}.send_grade_to_credentials.delay"))
            call_command("notify_credentials", **span)
            assert send.mock_calls == []
            self.answer(self.problems[0], RIGHT)
            send.reset_mock()
            call_command("notify_credentials", **span)
        assert [call.args[1] for call in send.call_args_list] == [str(self.key)]

    def test_behaviour_11_courses_passed_yesterday(self) -> None:
        """The mail about the next course of a program looks for one with the attempt in it; there is none."""
        PersistentCourseGrade.objects.update(passed_timestamp=timezone.now() - DAY)
        found = NudgeCommand().get_passed_course_to_users_maps()
        assert found == {str(self.archived): [self.learner]}
        with mock.patch(f"{NudgeCommand.__module__}.segment.track") as track:
            call_command("send_program_course_nudge_email")
        assert track.mock_calls == []

    def test_behaviour_11_counts_over_all_rows(self) -> None:
        """The survey of a site counts a learner who passed twice as two certificates, as the documentation says."""
        assert get_generated_certificates() == 1
        self.work(RIGHT)
        assert get_generated_certificates() == 2

    def test_behaviour_11_mobile_apps(self) -> None:
        """The learner is enrolled in the course once, and was active in it as the archived rows say."""
        self.allow_milestones()
        for page in (
            f"/api/mobile/v1/users/{self.learner.username}/course_enrollments/",
            f"/api/mobile/v1/users/{self.learner.username}/enrollments_status/",
            f"/api/mobile/v1/users/{self.learner.username}/course_status_info/{self.key}",
        ):
            found = self.browser.get(page)
            assert found.status_code == 200, (page, found.content)
            assert "attempt-v1" not in found.content.decode(), page

    def _staff(self, factory: Any, **words: Any) -> Client:
        return self.signed_in(factory.create(password=PASSWORD, **words))

    def _models_with_archived_rows(self) -> list[Any]:
        tables = {
            table
            for table, rows in everything().items()
            if any(str(value).startswith("attempt-") for row in rows.values() for value in row.values())
        }
        return [model for model in apps.get_models() if model._meta.db_table in tables]
