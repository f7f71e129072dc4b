"""Histories in which attempts could be mixed up: policies that change, stores that come and go, writes in between."""

from __future__ import annotations

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone
from freezegun import freeze_time

from attempts import api
from attempts.exceptions import NotEligible
from attempts.host.courses import enrolments
from attempts.models import KeptValues
from attempts.standings import standings_of
from attempts.stores.platform import PLATFORM_STORES
from sandbox.certificates.models import GeneratedCertificate
from sandbox.course_overviews.models import CourseOverview
from sandbox.grades.signals import COURSE_GRADE_NOW_FAILED
from sandbox.schedules.models import Schedule
from sandbox.user_api.models import UserCourseTag
from tests.attempts.stores import rows
from tests.factories import COURSE, CertificateFactory, StateFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_clock")]

WORK = ["worked_since", "learner_passing"]


def groups(learner: Any) -> dict[str, str]:
    return dict(UserCourseTag.objects.filter(user=learner, course_id=COURSE).values_list("key", "value"))


def draw(learner: Any, value: str) -> None:
    UserCourseTag.objects.create(
        user=learner, course_id=COURSE, key="xblock.partition_service.partition_0", value=value
    )


def say(policy: Any, **values: Any) -> None:
    for name, value in values.items():
        setattr(policy, name, value)
    policy.save()


def test_a1_keep_then_redraw_attempt_1_keeps_its_group(learner: Any, policy: Any, reset: Any, activate: Any) -> None:
    """1 and 2 are in group A (kept); 3 draws B. Back in 1 the learner must be in A."""
    draw(learner, "A")
    reset(learner)
    assert groups(learner) == {"xblock.partition_service.partition_0": "A"}
    say(policy, experiments="redraw")
    reset(learner)
    assert groups(learner) == {}
    draw(learner, "B")
    activate(learner, 1)
    assert list(groups(learner).values()) == ["A"]


def test_a2_redraw_then_keep_attempt_2_keeps_its_group(learner: Any, policy: Any, reset: Any, activate: Any) -> None:
    """1 in A; 2 redraws B; 3 keeps B. To 1 (A), then to 2: must be B."""
    say(policy, experiments="redraw")
    draw(learner, "A")
    reset(learner)
    draw(learner, "B")
    say(policy, experiments="keep")
    reset(learner)
    assert list(groups(learner).values()) == ["B"]
    activate(learner, 1)
    assert list(groups(learner).values()) == ["A"]
    activate(learner, 2)
    assert list(groups(learner).values()) == ["B"]


def test_a3_a_group_first_drawn_in_attempt_2_does_not_become_attempt_1_s(
    learner: Any, policy: Any, reset: Any, undo: Any
) -> None:
    """redraw all along; attempt 1 had no group; undo must bring back 'no group'."""
    say(policy, experiments="redraw")
    reset(learner)
    draw(learner, "B")
    undo(learner)
    assert groups(learner) == {}


def fail(learner: Any) -> str:
    COURSE_GRADE_NOW_FAILED.send(sender=None, user=learner, course_id=COURSE, grade=SimpleNamespace(percent=0.1))
    return GeneratedCertificate.objects.get(user=learner, course_id=COURSE).status


def old_certificate(learner: Any, when: Any) -> None:
    """A certificate from before the platform kept a history of them: its row has none."""
    with freeze_time(when):
        GeneratedCertificate.objects.bulk_create(
            [GeneratedCertificate(user=learner, course_id=COURSE, status="downloadable", mode="honor")]
        )
    assert not GeneratedCertificate.history.exists()


def test_b1_certificate_older_than_its_history_survives_a_save_in_attempt_2(
    learner: Any, policy: Any, reset: Any
) -> None:
    """Behaviour 10."""
    say(policy, certificates="keep")
    old_certificate(learner, timezone.now() - timedelta(days=2000))
    reset(learner)
    certificate = GeneratedCertificate.objects.get(user=learner)
    certificate.name = "Her verified name"
    with freeze_time(timezone.now() + timedelta(minutes=1)):
        certificate.save()
    assert fail(learner) == "downloadable"


def test_b2_regenerated_through_a_passing_status_is_the_earlier_one_s(learner: Any, policy: Any, reset: Any) -> None:
    """control: generating -> downloadable in attempt 2 stays attempt 1's."""
    say(policy, certificates="keep")
    certificate = CertificateFactory(user=learner, course_id=COURSE)
    reset(learner)
    for minutes, status in ((1, "generating"), (2, "downloadable")):
        with freeze_time(timezone.now() + timedelta(minutes=minutes)):
            certificate.status = status
            certificate.save()
    assert fail(learner) == "downloadable"


def test_b3_regeneration_that_met_an_error(learner: Any, policy: Any, reset: Any) -> None:
    """Staff regenerate in attempt 2; it errs once, then works: still the certificate earned in attempt 1."""
    say(policy, certificates="keep")
    certificate = CertificateFactory(user=learner, course_id=COURSE)
    reset(learner)
    for minutes, status in ((1, "error"), (2, "downloadable")):
        with freeze_time(timezone.now() + timedelta(minutes=minutes)):
            certificate.status = status
            certificate.save()
    assert fail(learner) == "downloadable"


def codes(call: Any) -> list[str]:
    try:
        call()
    except NotEligible as error:
        return [reason.code for reason in error.reasons]
    return []


def test_c1_team_work_of_an_archived_attempt_does_not_stand_against_the_next(learner: Any, reset: Any) -> None:
    rows.team_submission(learner, COURSE, 0)
    reset(learner, override=["team_work"])
    assert codes(lambda: api.request_reset(learner, COURSE, requested_by=None)) == []


def test_c2_undo_of_an_overridden_reset_needs_no_second_override(learner: Any, reset: Any) -> None:
    """Nothing was done in attempt 2: to go back to where the sitting belongs is right."""
    rows.exam_sitting(learner, COURSE, 0)
    reset(learner, override=["exam_sitting"])
    assert codes(lambda: api.request_undo(learner, COURSE, requested_by=None)) == []


def test_c3_a_practice_exam_is_no_sitting(learner: Any) -> None:
    found = rows.exam_sitting(learner, COURSE, 0)
    found.is_sample_attempt = True
    found.save()
    assert codes(lambda: api.request_reset(learner, COURSE, requested_by=None)) == []


def test_d_the_list_of_courses_says_what_the_request_says_of_a_draft(learner: Any) -> None:
    StateFactory(
        student=learner,
        course_id=COURSE,
        module_type="openassessment",
        module_state_key=COURSE.make_usage_key("openassessment", "ora"),
        state=json.dumps({"saved_files_descriptions": json.dumps(["a file"])}),
    )
    refused = codes(lambda: api.request_reset(learner, COURSE, requested_by=None))
    [standing] = standings_of(learner, enrolments(learner.pk))
    assert [reason.code for reason in standing.eligibility.reasons] == refused


def test_q_a_stale_entry_of_the_ledger_does_not_count(
    learner: Any, settings: Any, reset: Any, undo: Any, activate: Any
) -> None:
    """1 archived with the store, restored, changed, archived again without the store, restored with it."""
    CourseOverview.objects.filter(id=COURSE).update(self_paced=True)
    schedule = rows.schedule(learner, COURSE, 0)
    reset(learner)
    undo(learner)
    shifted = schedule.start_date + timedelta(days=30)
    Schedule.objects.filter(pk=schedule.pk).update(start_date=shifted)  # "Shift due dates" in attempt 1
    settings.ATTEMPTS_STORES = ["tests.attempts.test_histories.STORES_WITHOUT"]
    activate(learner, 2)
    settings.ATTEMPTS_STORES = ["attempts.stores.platform.PLATFORM_STORES"]
    activate(learner, 1)
    assert Schedule.objects.get(pk=schedule.pk).start_date == shifted


STORES_WITHOUT = tuple(store for store in PLATFORM_STORES if getattr(store, "model", "") != "schedules.Schedule")


def test_l_schedule_through_1_2_3_activate_1_undo_redo(learner: Any, reset: Any, undo: Any, activate: Any) -> None:
    CourseOverview.objects.filter(id=COURSE).update(self_paced=True)
    schedule = rows.schedule(learner, COURSE, 0)
    start = lambda: Schedule.objects.get(pk=schedule.pk).start_date  # noqa: E731
    first = start()
    reset(learner)
    second = start()
    reset(learner)
    third = start()
    assert len({first, second, third}) == 3
    activate(learner, 1)
    assert start() == first
    undo(learner)
    assert start() == third
    undo(learner)
    assert start() == first
    activate(learner, 2)
    assert start() == second
    activate(learner, 3)
    assert start() == third
    assert KeptValues.objects.exists()


class Sly:
    name, delay, immediate = "sly", float("inf"), False

    def run(self, operation: Any) -> None: ...


SLY = Sly()


def test_f_a_follow_up_with_a_silly_delay_does_not_fail_the_switch(learner: Any, settings: Any, reset: Any) -> None:
    settings.ATTEMPTS_FOLLOW_UPS = ["tests.attempts.test_histories.SLY"]
    assert reset(learner).status == "complete"


def test_v_a_row_that_the_platform_made_in_the_new_attempt_is_taken_back_by_undo(
    learner: Any, reset: Any, undo: Any, activate: Any
) -> None:
    """control"""
    UserMilestone = apps.get_model("milestones.UserMilestone")
    reset(learner)
    made = rows.milestone(learner, COURSE, 0)
    undo(learner)
    assert not UserMilestone._base_manager.get(pk=made.pk).active
    activate(learner, 2)
    assert UserMilestone._base_manager.get(pk=made.pk).active


@pytest.mark.parametrize("answer", [{"file_keys": ["", "a/b/c/1"]}, {"file_keys": ["a/b/c"]}, {"file_key": "a/b/c"}])
def test_u_an_answer_whose_first_file_was_taken_out_has_files(learner: Any, answer: Any) -> None:
    found = rows.submission(learner, COURSE, 0)
    found.answer = answer
    found.save()
    assert codes(lambda: api.request_reset(learner, COURSE, requested_by=None)) == ["files_uploaded"]


def test_u2_an_answer_written_without_blanks(learner: Any) -> None:
    from django.db import connection

    found = rows.submission(learner, COURSE, 0)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE submissions_submission SET raw_answer = %s WHERE id = %s", ['{"file_keys":["a/b/c"]}', found.pk]
        )
    assert codes(lambda: api.request_reset(learner, COURSE, requested_by=None)) == ["files_uploaded"]


def test_r_credit_of_a_renamed_learner_comes_back(learner: Any, reset: Any, undo: Any) -> None:
    found = rows.credit_status(learner, COURSE, 0)
    reset(learner)
    type(found)._base_manager.filter(pk=found.pk).update(username="retired__user_1")
    learner.username = "retired__user_1"
    learner.save()
    undo(learner)
    assert type(found)._base_manager.get(pk=found.pk).status == "satisfied"


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Any) -> None:
    """While the site's own filter is asked at execution (after the survey), somebody else commits something."""
    from attempts.operations import execution

    def veto(**_words: Any) -> None:
        act()

    monkeypatch.setattr(execution, "veto", veto)
    monkeypatch.setattr(execution, "site_has_steps", lambda: True)


def test_w1_a_gate_opened_while_the_site_is_asked(learner: Any, reset: Any, undo: Any, monkeypatch: Any) -> None:
    UserMilestone = apps.get_model("milestones.UserMilestone")
    meanwhile(monkeypatch, lambda: rows.milestone(learner, COURSE, 0))
    reset(learner)
    in_new = UserMilestone._base_manager.get(user_id=learner.pk).active
    monkeypatch.undo()
    undo(learner)
    in_old = UserMilestone._base_manager.get(user_id=learner.pk).active
    assert (in_new, in_old) == (False, True)


def test_w2_a_file_uploaded_while_the_site_is_asked_is_not_archived(learner: Any, reset: Any, monkeypatch: Any) -> None:
    def upload() -> None:
        StateFactory(
            student=learner,
            course_id=COURSE,
            module_type="openassessment",
            module_state_key=COURSE.make_usage_key("openassessment", "ora"),
            state=json.dumps({"saved_files_descriptions": json.dumps(["a file"])}),
        )

    meanwhile(monkeypatch, upload)
    operation = reset(learner)
    assert (operation.status, operation.error_code) == ("failed", "files_uploaded")


def test_c5_a_review_of_a_sitting_that_staff_have_removed(learner: Any) -> None:
    """edx-proctoring deletes the sitting, keeps the review and marks it: is_attempt_active = False."""
    found = rows.exam_review(learner, COURSE, 0)
    type(found)._base_manager.filter(pk=found.pk).update(is_attempt_active=False)
    assert codes(lambda: api.request_reset(learner, COURSE, requested_by=None)) == []


def test_x_dates_put_aside_survive_a_pair_of_switches_with_the_store_away(
    learner: Any, settings: Any, reset: Any, undo: Any, activate: Any
) -> None:
    """As Q, for dates: an extension that was taken back in attempt 1 comes into force again."""
    UserDate = apps.get_model("edx_when.UserDate")
    rows.user_date(learner, COURSE, 0)
    reset(learner)
    undo(learner)
    rows.user_date(learner, COURSE, 0, abs_date=None)  # taken back
    settings.ATTEMPTS_STORES = ["tests.attempts.test_histories.STORES_WITHOUT_DATES"]
    activate(learner, 2)
    settings.ATTEMPTS_STORES = ["attempts.stores.platform.PLATFORM_STORES"]
    activate(learner, 1)
    assert UserDate.objects.filter(user=learner).order_by("modified").last().abs_date is None


STORES_WITHOUT_DATES = tuple(store for store in PLATFORM_STORES if getattr(store, "model", "") != "edx_when.UserDate")
