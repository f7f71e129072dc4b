"""The site's own code may refuse a switch, with a reason; if it fails, the operator has said what that means."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from openedx_filters import PipelineStep
from openedx_filters.exceptions import OpenEdxFilterException

from attempts import api, exceptions
from attempts.filters import AttemptSwitchRequested
from attempts.models import AttemptOperation, LearnerCourse
from tests.attempts_api.conftest import client_of, post
from tests.factories import COURSE, CourseGradeFactory, UserFactory
from tests.snapshots import read_placed

pytestmark = pytest.mark.django_db
TYPE = "org.openedx.learning.attempt.switch.requested.v1"


class Step(PipelineStep):
    """Notes what it is given, and raises what it is told to."""

    given: list[dict[str, Any]] = []
    raises: Exception | None = None

    def run_filter(self, **words: Any) -> dict[str, Any]:
        """Note it."""
        self.given.append(words)
        if self.raises:
            raise self.raises
        return {}


@pytest.fixture(autouse=True)
def _step(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Step, "given", [])
    monkeypatch.setattr(Step, "raises", None)
    configure(settings)


def configure(settings: Any, **words: Any) -> None:
    settings.OPEN_EDX_FILTERS_CONFIG = {TYPE: {"pipeline": ["tests.attempts.test_filters.Step"], **words}}


def test_it_is_asked_at_request_and_again_when_it_is_carried_out(learner: Any, run: Any, activate: Any) -> None:
    """With who, where, what and why."""
    support = UserFactory()
    CourseGradeFactory(user_id=learner.pk, passing=True)
    asked = api.request_reset(
        learner, COURSE, requested_by=support, comment="Was ill", override=["learner_passing", "course_ended"]
    )
    [first] = Step.given
    assert first == {
        "user": learner,
        "course_key": COURSE,
        "kind": "reset",
        "from_number": 1,
        "to_number": None,
        "requested_by": support,
        "comment": "Was ill",
        "override": frozenset({"learner_passing", "course_ended"}),
        "stage": "request",
    }
    run(asked)
    assert Step.given[1] == {**first, "stage": "execution"}
    Step.given.clear()
    activate(learner, 1)
    assert [(one["kind"], one["from_number"], one["to_number"], one["requested_by"]) for one in Step.given] == [
        ("activate", 2, 1, None),
        ("activate", 2, 1, None),
    ]


def test_a_step_refuses_with_a_reason(learner: Any) -> None:
    """Nothing is written, and nobody can override it."""
    Step.raises = AttemptSwitchRequested.PreventSwitch("Return the\n books\x00 first.", code="library")
    with pytest.raises(exceptions.Vetoed) as refused:
        api.request_reset(learner, COURSE, requested_by=None)
    assert refused.value.detail == "A rule of this site (library) refuses the switch: Return the books first."
    assert not AttemptOperation.objects.exists()
    with pytest.raises(exceptions.UnknownOverride):
        api.request_reset(learner, COURSE, requested_by=None, override=["vetoed"])


@pytest.mark.parametrize(
    ("raised", "detail"),
    [
        (AttemptSwitchRequested.PreventSwitch("Books."), "A rule of this site refuses the switch: Books."),
        (AttemptSwitchRequested.PreventSwitch(), "A rule of this site refuses the switch."),
        (AttemptSwitchRequested.PreventSwitch("x" * 900), f"A rule of this site refuses the switch: {'x' * 500}"),
        (OpenEdxFilterException("Another's."), "A rule of this site refuses the switch: Another's."),
    ],
)
def test_a_reason_needs_no_code_and_is_not_endless(learner: Any, raised: Exception, detail: str) -> None:
    """Also of another filter's exception, as some steps raise."""
    Step.raises = raised
    with pytest.raises(exceptions.Vetoed) as refused:
        api.request_reset(learner, COURSE, requested_by=None)
    assert refused.value.detail == detail


def test_the_rest_api_says_so_as_of_any_reason(learner: Any) -> None:
    """422, with code and sentence."""
    Step.raises = AttemptSwitchRequested.PreventSwitch("Return the books first.", code="library")
    client = client_of(UserFactory(is_staff=True))
    answer = post(client, kind="reset", learner=learner.username, course_id=str(COURSE))
    assert (answer.status_code, answer.json()["code"]) == (422, "not_eligible")
    [reason] = answer.json()["reasons"]
    assert reason["code"] == "vetoed"
    assert "Return the books first." in reason["detail"]


def test_a_veto_when_it_is_carried_out_fails_the_operation_and_changes_nothing(learner: Any, run: Any) -> None:
    """As any reason that has come up meanwhile."""
    asked = api.request_reset(learner, COURSE, requested_by=None)
    before = read_placed()
    Step.raises = AttemptSwitchRequested.PreventSwitch("Return the books first.", code="library")
    done = run(asked)
    assert (done.status, done.error_code) == ("failed", "vetoed")
    assert "Return the books first." in done.error
    assert done.follow_ups == ()
    assert read_placed() == before
    assert not LearnerCourse.objects.exists()


def test_it_is_not_asked_about_what_is_refused_anyway(learner: Any) -> None:
    """Steps may be slow, and may tell others."""
    CourseGradeFactory(user_id=learner.pk, passing=True)
    with pytest.raises(exceptions.LearnerPassing):
        api.request_reset(learner, COURSE, requested_by=None)
    assert Step.given == []


def test_a_step_that_fails_is_passed_over(learner: Any, run: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Behaviour 8. Unless the operator says otherwise, as with every filter of the platform. The log has it."""
    Step.raises = ZeroDivisionError("secret")
    assert run(api.request_reset(learner, COURSE, requested_by=None)).status == "complete"
    assert "secret" in caplog.text


@pytest.mark.parametrize("pipeline", [["tests.attempts.test_filters.Step"], ["tests.nowhere.Step"]])
def test_a_step_that_fails_refuses_the_switch_if_the_operator_wants_that(
    learner: Any, settings: Any, pipeline: list[str]
) -> None:
    """With a reason, never with an error of the server; a step that cannot be loaded counts as one that fails."""
    configure(settings, fail_silently=False, pipeline=pipeline)
    Step.raises = ZeroDivisionError("secret")
    answer = post(client_of(UserFactory(is_staff=True)), kind="reset", learner=learner.username, course_id=str(COURSE))
    assert answer.status_code == 422
    [reason] = answer.json()["reasons"]
    assert reason["code"] == "veto_unknown"
    assert "secret" not in answer.content.decode()


def test_a_step_that_fails_later_fails_the_operation_if_the_operator_wants_that(
    learner: Any, run: Any, settings: Any
) -> None:
    """Nothing is changed."""
    asked = api.request_reset(learner, COURSE, requested_by=None)
    configure(settings, fail_silently=False)
    Step.raises = ZeroDivisionError("secret")
    done = run(asked)
    assert (done.status, done.error_code) == ("failed", "veto_unknown")
    assert not LearnerCourse.objects.exists()


def test_a_database_in_the_way_of_a_step_is_no_refusal(learner: Any, run: Any, settings: Any) -> None:
    """The operation stays in flight, and a worker tries again."""
    asked = api.request_reset(learner, COURSE, requested_by=None)
    configure(settings, fail_silently=False)
    Step.raises = OperationalError("deadlock")
    with pytest.raises(OperationalError):
        run(asked)
    assert api.operation(asked.uuid).in_flight
    Step.raises = None
    assert run(asked).status == "complete"


def test_nobody_is_asked_where_nobody_wants_to_be(learner: Any, settings: Any, run: Any) -> None:
    """No configuration, no steps."""
    settings.OPEN_EDX_FILTERS_CONFIG = {}
    assert run(api.request_reset(learner, COURSE, requested_by=None)).status == "complete"
    assert Step.given == []
