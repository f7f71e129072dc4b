"""What was earned before a reset, and what comes of it afterwards: certificates, passing, exams, credit."""

from __future__ import annotations

from typing import Any

from common.djangoapps.student.models import CourseEnrollment
from everything import changed, everything
from lms.djangoapps.certificates.models import GeneratedCertificate
from lms.djangoapps.certificates.tests.factories import GeneratedCertificateFactory
from lms.djangoapps.grades.models import PersistentCourseGrade, PersistentSubsectionGradeOverride
from lms.djangoapps.grades.signals.signals import COURSE_GRADE_PASSED_FIRST_TIME
from lms_course import RIGHT, WRONG, CourseCase
from openedx.core.djangoapps.credit.api import (
    get_credit_requirement_status,
    set_credit_requirement_status,
    set_credit_requirements,
)
from openedx.core.djangoapps.credit.models import CreditCourse
from openedx_events.learning.data import ExamAttemptData, UserData, UserPersonalData
from openedx_events.learning.signals import EXAM_ATTEMPT_REJECTED

from attempts import api

GRADES = {"grades_persistentcoursegrade", "grades_persistentsubsectiongrade"}


class CertificatesTest(CourseCase):
    """Section 10: a failing grade revokes a certificate."""

    def setUp(self) -> None:
        super().setUp()
        self.work(RIGHT)
        GeneratedCertificateFactory.create(
            user=self.learner,
            course_id=self.key,
            status="downloadable",
            mode="verified",
            grade="1.0",
            download_url="https://tidal.example.com/certificate",
        )

    def test_behaviour_10_a_wrong_answer_in_a_new_attempt_revokes_no_certificate(self) -> None:
        """The policy keeps it; the first answer of the new attempt fails the course, and it stays as it was."""
        self._keep()
        before = self._certificate()
        self.reset(override=["learner_passing"])
        assert self._certificate() == before
        self.answer(self.problems[0], WRONG)
        assert self.grade() == (0.0, False)
        assert PersistentCourseGrade.objects.filter(user_id=self.learner.pk, course_id=self.key).exists()
        assert self._certificate() == before
        self.undo()
        assert self._certificate() == before

    def test_behaviour_10_a_wrong_answer_in_the_attempt_that_earned_it_revokes_it(self) -> None:
        """As without us: the guard is for certificates of archived attempts."""
        self._keep()
        self.reset(override=["learner_passing"])
        self.undo()
        for problem in self.problems:
            self.answer(problem, WRONG)
        assert self.grade() == (0.0, False)
        assert self._certificate()["status"] == "notpassing"

    def test_behaviour_10_a_certificate_is_a_reason_against_a_reset(self) -> None:
        """Unless the policy or whoever asks says otherwise."""
        reasons = api.eligibility(self.learner, self.key).reasons
        assert {reason.code for reason in reasons} == {"learner_passing", "certificate_issued"}

    def _keep(self) -> None:
        api.change_policy({"certificates": "keep"}, changed_by=None, course_key=self.key)

    def _certificate(self) -> dict[str, Any]:
        return GeneratedCertificate.objects.filter(user=self.learner).values().get()


class PassingTest(CourseCase):
    def test_behaviour_2_1_a_new_attempt_passes_for_the_first_time_again(self) -> None:
        """The platform says so once for each attempt; the time of the archived one comes back with it."""
        said: list[int] = []

        def hear(user_id: int, **_: Any) -> None:
            said.append(user_id)

        COURSE_GRADE_PASSED_FIRST_TIME.connect(hear)
        self.addCleanup(COURSE_GRADE_PASSED_FIRST_TIME.disconnect, hear)
        self.work(RIGHT)
        first = self._passed_at()
        assert said == [self.learner.pk]
        before = everything()
        self.reset(override=["learner_passing"])
        self.work(RIGHT)
        assert said == [self.learner.pk] * 2
        assert self._passed_at() > first
        self.undo()
        assert self._passed_at() == first
        assert not GRADES & changed(before, everything()).keys()

    def _passed_at(self) -> Any:
        return PersistentCourseGrade.objects.get(user_id=self.learner.pk, course_id=self.key).passed_timestamp


class ExamsTest(CourseCase):
    """Section 10: a review of an exam that comes after the reset names the plain course."""

    def test_behaviour_10_a_late_review_counts_in_the_new_attempt(self) -> None:
        """It sets the exam's grade of the new attempt to zero, and nothing in the archived one."""
        self.work(RIGHT)
        before = everything()
        self.reset(override=["learner_passing"])
        self._reject(self.subsections[0])
        self.work(RIGHT)
        assert self.grade() == (0.5, True)
        assert [row.earned_all_override for row in self._overrides()] == [0.0]
        self.undo()
        assert self.grade() == (1.0, True)
        assert self._overrides() == []
        assert not GRADES & changed(before, everything()).keys()

    def test_behaviour_10_a_late_review_revokes_the_certificate_that_was_kept(self) -> None:
        """There is one for the course, and the review says that it was not earned."""
        api.change_policy({"certificates": "keep"}, changed_by=None, course_key=self.key)
        self.work(RIGHT)
        words = {"user": self.learner, "course_id": self.key, "status": "downloadable", "mode": "verified"}
        certificate = GeneratedCertificateFactory.create(**words)
        self.reset(override=["learner_passing"])
        self._reject(self.subsections[0])
        certificate.refresh_from_db()
        assert certificate.status == "unavailable"

    def _reject(self, place: Any) -> None:
        pii = UserPersonalData(username=self.learner.username, email=self.learner.email, name="")
        user = UserData(id=self.learner.pk, is_active=True, pii=pii)
        exam = ExamAttemptData(student_user=user, course_key=self.key, usage_key=place, exam_type="proctored")
        EXAM_ATTEMPT_REJECTED.send_event(exam_attempt=exam)

    def _overrides(self) -> list[PersistentSubsectionGradeOverride]:
        mine = {"grade__user_id": self.learner.pk, "grade__course_id": self.key}
        return list(PersistentSubsectionGradeOverride.objects.filter(**mine))


class CreditTest(CourseCase):
    """Section 10: a requirement for credit that was satisfied once is never lowered."""

    def test_behaviour_10_a_requirement_for_credit_is_open_again(self) -> None:
        """The platform takes the empty status, shows it, and writes the new attempt's over it."""
        CreditCourse.objects.create(course_key=self.key, enabled=True)
        grade = {"namespace": "grade", "name": "grade", "display_name": "Grade", "criteria": {"min_grade": 0.5}}
        exam = {"namespace": "exam", "name": "exam", "display_name": "Exam", "criteria": {}}
        set_credit_requirements(self.key, [grade, exam])
        CourseEnrollment.enroll(self.learner, self.key, mode="verified")
        self.work(RIGHT)
        set_credit_requirement_status(self.learner, self.key, "exam", "exam", status="failed")
        before = everything()
        assert self._statuses() == {"grade": "satisfied", "exam": "failed"}
        self.reset(override=["learner_passing"])
        assert self._statuses() == {"grade": "", "exam": ""}
        self.answer(self.problems[0], WRONG)
        assert self._statuses() == {"grade": "", "exam": ""}
        for problem in self.problems:
            self.answer(problem, RIGHT)
        assert self._statuses() == {"grade": "satisfied", "exam": ""}
        self.undo()
        assert self._statuses() == {"grade": "satisfied", "exam": "failed"}
        assert "credit_creditrequirementstatus" not in changed(before, everything())

    def _statuses(self) -> dict[str, str | None]:
        return {one["name"]: one["status"] for one in get_credit_requirement_status(self.key, self.learner.username)}
