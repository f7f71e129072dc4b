"""Policies: which is in force, and every reason they give."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from attempts import api, exceptions
from attempts.data import OperationData
from attempts.models import AttemptOperation, ResetPolicy
from sandbox.course_overviews.models import CourseOverview
from sandbox.student.models import CourseEnrollment
from tests.factories import (
    COURSE,
    CertificateFactory,
    CourseFactory,
    CourseGradeFactory,
    PolicyFactory,
    StateFactory,
    UserFactory,
    enrolled,
)

pytestmark = pytest.mark.django_db
LATER, EARLIER = timedelta(days=1), timedelta(days=-1)


def codes(who: Any, **words: Any) -> list[str]:
    """The codes of what stands against a switch."""
    return [reason.code for reason in api.eligibility(who, COURSE, **words).reasons]


def test_the_defaults_are_those_of_the_platform_s_course_reset() -> None:
    """Opted-in courses only, started, not ended, not passing, once."""
    policy = api.effective_policy(COURSE)
    assert policy.active is False
    assert policy.max_resets == 1
    assert (policy.require_started, policy.require_not_ended, policy.require_not_passing) == (True, True, True)
    assert policy.certificates == "block"
    assert (policy.course_team_may_reset, policy.learner_may_reset) == (False, False)
    assert set(policy.origins.values()) == {"default"}


def test_the_narrower_policy_wins_field_by_field() -> None:
    """Instance, organisation, course; what one leaves open the wider one decides."""
    PolicyFactory(active=True, resets_limited=True, max_resets=3, require_started=False)
    PolicyFactory(org="Org", active=None, resets_limited=False, require_not_ended=False)
    PolicyFactory(course_key=str(COURSE), active=None, resets_limited=None, require_started=True)
    PolicyFactory(org="Other", active=False, resets_limited=None)
    PolicyFactory(course_key=f"{COURSE}2", active=False, resets_limited=None)
    policy = api.effective_policy(COURSE)
    assert policy.active is True
    assert policy.max_resets is None
    assert (policy.require_started, policy.require_not_ended) == (True, False)
    origins = {name: policy.origins[name] for name in ("active", "max_resets", "require_started", "require_not_ended")}
    assert origins == {
        "active": "instance",
        "max_resets": "org",
        "require_started": "course",
        "require_not_ended": "org",
    }
    assert policy.origins["notify_learner"] == "default"


def test_a_narrower_limit_replaces_none() -> None:
    """Unlimited for the instance, twice for the course."""
    PolicyFactory(resets_limited=False)
    PolicyFactory(course_key=str(COURSE), resets_limited=True, max_resets=2)
    assert api.effective_policy(COURSE).max_resets == 2


def test_organisations_are_told_apart_by_case() -> None:
    """`org` is not `Org`."""
    PolicyFactory(org="org")
    assert api.effective_policy(COURSE).active is False


def not_enrolled(who: Any) -> None:
    """The learner left the course."""
    CourseEnrollment.objects.filter(user=who).update(is_active=False)


def not_opted_in(_who: Any) -> None:
    """The policy is switched off."""
    ResetPolicy.objects.update(active=False)


def not_started(_who: Any) -> None:
    """The course starts tomorrow."""
    CourseOverview.objects.update(start=timezone.now() + LATER)


def ended(_who: Any) -> None:
    """The course ended yesterday."""
    CourseOverview.objects.update(end=timezone.now() + EARLIER)


def passing(who: Any) -> None:
    """The learner passes."""
    CourseGradeFactory(user_id=who.pk, passing=True)


def certified(who: Any) -> None:
    """The learner has a certificate."""
    CertificateFactory(user=who)


def no_resets_left(_who: Any) -> None:
    """The policy allows none."""
    ResetPolicy.objects.update(resets_limited=True, max_resets=0)


RULES = [
    (not_enrolled, exceptions.NotEnrolled, {}),
    (not_opted_in, exceptions.CourseNotOptedIn, {}),
    (not_started, exceptions.CourseNotStarted, {"require_started": False}),
    (ended, exceptions.CourseEnded, {"require_not_ended": False}),
    (passing, exceptions.LearnerPassing, {"require_not_passing": False}),
    (no_resets_left, exceptions.ResetLimitReached, {"resets_limited": False, "max_resets": None}),
    (certified, exceptions.CertificateIssued, {"certificates": "keep"}),
]


@pytest.mark.parametrize(("make_it_so", "error", "switched_off"), RULES)
def test_each_rule_refuses_a_reset(
    learner: Any, make_it_so: Callable[[Any], None], error: type[exceptions.NotEligible], switched_off: dict[str, Any]
) -> None:
    """With its own class, code and sentence; nothing is written; the policy switches it off, an override passes it."""
    assert codes(learner) == []
    make_it_so(learner)
    assert codes(learner) == [error.code]
    with pytest.raises(error) as caught:
        api.request_reset(learner, COURSE, requested_by=None)
    assert caught.value.detail.endswith(".")
    assert not AttemptOperation.objects.exists()
    if error.overridable:
        assert api.request_reset(learner, COURSE, requested_by=None, override=[error.code]).overridden == (error.code,)
    if switched_off:
        ResetPolicy.objects.update(**switched_off)
        assert codes(learner) == []


def test_every_reason_is_given() -> None:
    """Not only the first."""
    learner = enrolled()
    for make_it_so in (not_enrolled, not_started, ended, passing, certified):
        make_it_so(learner)
    PolicyFactory(active=False, resets_limited=True, max_resets=0)
    expected = [error.code for _make, error, _off in RULES]
    assert codes(learner) == expected
    with pytest.raises(exceptions.NotEligible) as caught:
        api.request_reset(learner, COURSE, requested_by=None, override=["learner_passing"])
    remaining = [code for code in expected if code != "learner_passing"]
    assert [reason.code for reason in caught.value.reasons] == remaining


@pytest.mark.parametrize("status", ["notpassing", "unavailable", "audit_passing", "error"])
def test_a_certificate_that_was_not_earned_is_no_obstacle(learner: Any, status: str) -> None:
    """Only a downloadable one, or one being made, is."""
    CertificateFactory(user=learner, status=status)
    assert codes(learner) == []


@pytest.mark.parametrize("code", ["not_enrolled", "course_not_opted_in", "key_too_long", "nothing_to_undo", "nonsense"])
def test_some_reasons_cannot_be_overridden(learner: Any, code: str) -> None:
    """Whoever asks."""
    with pytest.raises(exceptions.UnknownOverride, match=code):
        api.request_reset(learner, COURSE, requested_by=None, override=[code])


def test_an_undone_reset_does_not_count(learner: Any, reset: Any, undo: Any) -> None:
    """And counts again when the undo is undone."""
    ResetPolicy.objects.update(resets_limited=True, max_resets=2)

    def left() -> int | None:
        return api.eligibility(learner, COURSE).resets_left

    seen = [left()]
    for step in (reset, undo, undo, undo, reset, reset):
        step(learner)
        seen.append(left())
    assert seen == [2, 1, 2, 1, 2, 1, 0]
    assert codes(learner) == ["reset_limit_reached"]


def test_an_activation_does_not_give_a_reset_back(learner: Any, reset: Any, activate: Any) -> None:
    """Only undo takes a reset back."""
    ResetPolicy.objects.update(resets_limited=True, max_resets=1)
    reset(learner)
    activate(learner, 1)
    assert codes(learner) == ["reset_limit_reached"]


def test_undo_protects_a_passing_attempt_and_new_work(learner: Any, reset: Any, run: Any) -> None:
    """Each with a reason; the policy switches them off, an override passes them."""
    reset(learner)
    StateFactory(student=learner)
    passing(learner)
    certified(learner)
    for words in ({"kind": "undo"}, {"kind": "activate", "to": 1}):
        assert codes(learner, **words) == ["learner_passing", "certificate_issued", "worked_since"]
    with pytest.raises(exceptions.NotEligible):
        api.request_undo(learner, COURSE, requested_by=None, override=["worked_since"])
    ResetPolicy.objects.update(protect_passing=False, protect_new_work=False, certificates="keep")
    assert codes(learner, kind="undo") == []
    assert run(api.request_undo(learner, COURSE, requested_by=None)).to_number == 1


def test_undo_of_a_reset_without_new_work_needs_no_override(learner: Any, reset: Any, run: Any) -> None:
    """The usual case: the wrong learner was reset a minute ago."""
    StateFactory(student=learner)
    reset(learner)
    done: OperationData = run(api.request_undo(learner, COURSE, requested_by=None))
    assert (done.status, done.from_number, done.to_number) == ("complete", 2, 1)


def test_there_may_be_nothing_to_undo(learner: Any) -> None:
    """A learner never reset."""
    assert codes(learner, kind="undo") == ["nothing_to_undo"]
    with pytest.raises(exceptions.NothingToUndo):
        api.request_undo(learner, COURSE, requested_by=None)


def test_switching_resets_off_does_not_take_undo_away(learner: Any, reset: Any, undo: Any) -> None:
    """Nor does the end of the course."""
    reset(learner)
    not_opted_in(learner)
    ended(learner)
    not_enrolled(learner)
    assert undo(learner).status == "complete"


def test_never_enrolled_is_not_enrolled(policy: Any) -> None:
    """But a course that does not exist is not found."""
    CourseFactory()
    stranger = UserFactory()
    assert codes(stranger) == ["not_enrolled"]
    with pytest.raises(exceptions.CourseNotFound):
        api.eligibility(stranger, f"{COURSE}3")


def test_a_course_in_the_wrong_case_is_not_found(learner: Any) -> None:
    """Where the host's column ignores case, the rows would not match."""
    with pytest.raises(exceptions.CourseNotFound):
        api.request_reset(learner, str(COURSE).replace("Run", "run"), requested_by=None)
