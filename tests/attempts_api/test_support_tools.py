"""The platform's Course Reset endpoint: fields, texts, codes and their order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.test import override_settings
from django.utils import timezone
from rest_framework.test import APIClient

from attempts import api
from attempts.models import AttemptOperation
from attempts_api.support_tools.middleware import CourseResetMiddleware
from sandbox.course_overviews.models import CourseOverview
from sandbox.student.models import CourseAccessRole, CourseEnrollment
from tests.attempts_api.conftest import client_of
from tests.factories import (
    COURSE,
    LOOKALIKE,
    CertificateFactory,
    CourseFactory,
    CourseGradeFactory,
    EnrolmentFactory,
    PolicyFactory,
    UserFactory,
    enrolled,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def limited_policy(db: None) -> Any:
    """One reset, as the platform allows."""
    return PolicyFactory(resets_limited=True, max_resets=1)


def address(who: Any) -> str:
    """Return the address for a learner."""
    return f"/support/course_reset/{getattr(who, 'username', who)}"


def item(client: APIClient, learner: Any) -> dict[str, Any]:
    """Return the only item of the list."""
    (found,) = client.get(address(learner)).json()
    return found


def ask(client: APIClient, learner: Any, course_key: Any = COURSE, **words: Any) -> Any:
    """Ask for a reset as the micro-frontend does."""
    return client.post(address(learner), {"course_id": str(course_key), **words}, format="json")


def test_the_fields_of_the_list_and_of_an_answer(client: APIClient, learner: Any) -> None:
    """Behaviour 4.2. Exactly these, with the platform's types."""
    assert client.get(address(learner)).json() == [
        {
            "course_id": str(COURSE),
            "display_name": "About Run",
            "can_reset": True,
            "comment": "",
            "status": "Available",
        }
    ]
    answer = ask(client, learner, comment="Was ill.")
    operation = AttemptOperation.objects.get()
    assert (answer.status_code, answer.json()) == (
        201,
        {
            "course_id": str(COURSE),
            "status": f"Enqueued - Created {operation.created} by support",
            "can_reset": False,
            "comment": "Was ill.",
            "display_name": "About Run",
        },
    )
    assert item(client, learner) == answer.json()


def reads_forms(get_response: Any) -> Any:
    """Look into every form, as the platform's tracking middleware does."""

    def read(request: Any) -> Any:
        assert request.POST is not None
        return get_response(request)

    return read


def test_behaviour_5_2_a_form_that_middleware_has_read(client: APIClient, learner: Any, settings: Any) -> None:
    """Each kind of form is understood, one in parts too, which cannot be read twice."""
    settings.MIDDLEWARE = [f"{__name__}.reads_forms", *settings.MIDDLEWARE]
    for kind in ("multipart", "json"):
        answer = client.post(address(learner), {"course_id": str(COURSE)}, format=kind)
        assert answer.status_code == (201 if kind == "multipart" else 400), answer.content


def test_the_statuses_of_an_operation(client: APIClient, learner: Any, run: Any) -> None:
    """Behaviour 4.5. Enqueued, in progress, completed, failed; the policy says whether there may be another."""
    ask(client, learner)
    row = AttemptOperation.objects.get()
    AttemptOperation.objects.update(status="in_progress", started_at=timezone.now())
    row.refresh_from_db()
    assert item(client, learner)["status"] == f"In progress - Started on {row.started_at} by support"
    assert item(client, learner)["can_reset"] is False
    done = run(api.operation(row.uuid))
    assert item(client, learner)["status"] == f"Completed on {done.completed_at} by support"
    assert item(client, learner)["can_reset"] is True
    assert ask(client, learner).status_code == 201
    AttemptOperation.objects.exclude(pk=row.pk).update(
        status="failed", in_flight=None, completed_at=timezone.now(), error_code="internal_error"
    )
    failed = AttemptOperation.objects.latest("pk")
    assert item(client, learner)["status"] == f"Failed on {failed.completed_at}"
    assert item(client, learner)["can_reset"] is True


def test_with_the_platform_s_limit_a_completed_reset_blocks_for_ever(
    client: APIClient, limited_policy: Any, run: Any
) -> None:
    """As there; the status says that it was done."""
    learner = enrolled()
    ask(client, learner)
    done = run(api.operation(AttemptOperation.objects.get().uuid))
    status = f"Completed on {done.completed_at} by support"
    assert (item(client, learner)["can_reset"], item(client, learner)["status"]) == (False, status)
    answer = ask(client, learner)
    assert (answer.status_code, answer.json()) == (400, {"error": f"Cannot reset course: {status}"})


def test_an_undo_is_not_called_a_reset(client: APIClient, learner: Any, reset: Any, undo: Any) -> None:
    """The platform has no word for it."""
    reset(learner)
    done = undo(learner)
    assert item(client, learner)["status"] == f"Undo completed on {done.completed_at} by the system"


def test_the_statuses_of_the_course_and_the_grade_come_first(client: APIClient, learner: Any, reset: Any) -> None:
    """In the platform's order: not started, ended, passing, and only then what was done before."""
    reset(learner)
    CourseGradeFactory(user_id=learner.pk, passing=True)
    expected = {
        "Learner Has Passing Grade": {},
        "Course Ended": {"end": timezone.now() - DAY},
        "Course Not Started": {"start": timezone.now() + DAY},
    }
    for status, change in expected.items():
        CourseOverview.objects.filter(id=COURSE).update(**change) if change else None
        assert (item(client, learner)["can_reset"], item(client, learner)["status"]) == (False, status)
        answer = ask(client, learner)
        assert (answer.status_code, answer.json()) == (400, {"error": f"Cannot reset course: {status}"})


def test_reasons_that_the_platform_does_not_know_are_told(client: APIClient, learner: Any) -> None:
    """A certificate stops our resets, unless the policy says otherwise."""
    CertificateFactory(user=learner)
    found = item(client, learner)
    assert found["can_reset"] is False
    assert found["status"].startswith("Not Available - The learner has a certificate")
    assert ask(client, learner).status_code == 400


def test_the_errors_in_their_order(client: APIClient, learner: Any) -> None:
    """The first that applies is answered."""
    unenrolled = UserFactory()
    PolicyFactory(course_key=str(LOOKALIKE), active=False)
    cases = [
        ("nobody", {}, 400, "Must specify course id"),
        ("nobody", {"course_id": "nonsense"}, 400, "invalid course id"),
        ("nobody", {"course_id": ""}, 400, "invalid course id"),
        ("nobody", {"course_id": None}, 400, "invalid course id"),
        ("nobody", {"course_id": ["x"]}, 400, "invalid course id"),
        ("nobody", {"course_id": 7}, 400, "invalid course id"),
        ("nobody", {"course_id": str(COURSE)}, 404, "User does not exist"),
        ("", {"course_id": str(COURSE)}, 404, "User does not exist"),
        (unenrolled.username, {"course_id": str(LOOKALIKE)}, 404, "Course is not eligible"),
        (unenrolled.username, {"course_id": "O/C/R"}, 404, "Course is not eligible"),
        (unenrolled.username, {"course_id": "attempt-v1:Org+Course+Run+attempt@1"}, 404, "Course is not eligible"),
        (unenrolled.username, {"course_id": str(COURSE)}, 404, "Learner is not enrolled in course"),
    ]
    for who, words, status, text in cases:
        answer = client.post(address(who), words, format="json")
        assert (answer.status_code, answer.json()) == (status, {"error": text}), (who, words)
    assert client.post(address(learner), [], format="json").json() == {"error": "Must specify course id"}
    assert not AttemptOperation.objects.exists()


@pytest.mark.parametrize("comment", ["x" * 256, "\x00", 7, ["x"]])
def test_a_comment_that_does_not_fit_is_refused(client: APIClient, learner: Any, comment: Any) -> None:
    """Behaviour 4.5. The platform's column would cut it or break."""
    answer = ask(client, learner, comment=comment)
    assert (answer.status_code, list(answer.json())) == (400, ["error"])
    assert not AttemptOperation.objects.exists()


def test_a_second_request_in_flight_makes_no_second_reset(
    client: APIClient, learner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behaviour 4.5. Neither after a look, nor when both looked before either wrote."""
    ask(client, learner)
    status = item(client, learner)["status"]
    again = ask(client, learner)
    assert (again.status_code, again.json()) == (400, {"error": f"Cannot reset course: {status}"})
    looks = iter([(True, "Available"), (False, status)])
    monkeypatch.setattr("attempts_api.support_tools.views.status_of", lambda _standing: next(looks))
    raced = ask(client, learner)
    assert (raced.status_code, raced.json()) == (400, {"error": f"Cannot reset course: {status}"})
    assert AttemptOperation.objects.count() == 1


def test_several_courses_at_once_are_independent(client: APIClient, learner: Any, run: Any) -> None:
    """A reset in one leaves the other available."""
    EnrolmentFactory(user=learner, course=CourseFactory(id=LOOKALIKE))
    ask(client, learner)
    statuses = {found["course_id"]: found["status"] for found in client.get(address(learner)).json()}
    assert statuses[str(COURSE)].startswith("Enqueued")
    assert statuses[str(LOOKALIKE)] == "Available"
    assert ask(client, learner, LOOKALIKE).status_code == 201
    assert AttemptOperation.objects.count() == 2


def test_only_active_enrolments_in_courses_that_are_switched_on(client: APIClient, learner: Any) -> None:
    """And nothing for somebody unknown; by e-mail address too."""
    assert len(client.get(address(learner.email)).json()) == 1
    PolicyFactory(course_key=str(COURSE), active=False)
    assert client.get(address(learner)).json() == []
    api.change_policy({"active": True}, changed_by=None, course_key=COURSE)
    assert len(client.get(address(learner)).json()) == 1
    CourseEnrollment.objects.update(is_active=False)
    assert client.get(address(learner)).json() == []
    assert client.get(address("nobody")).json() == []
    assert client.get(address("")).json() == []


def test_who_may_not_support_gets_an_empty_403(learner: Any) -> None:
    """And somebody who is not logged in a JSON error, as there."""
    instructor = UserFactory()
    CourseAccessRole.objects.create(user=instructor, role="instructor", org=COURSE.org, course_id=COURSE)
    for refused in (client_of(instructor).get(address(learner)), ask(client_of(instructor), learner)):
        assert (refused.status_code, refused.content) == (403, b"")
    nobody = APIClient().get(address(learner))
    assert (nobody.status_code, list(nobody.json())) == (401, ["detail"])
    assert client_of(UserFactory(is_staff=True, is_active=False)).get(address(learner)).status_code == 403
    supporter = UserFactory()
    CourseAccessRole.objects.create(user=supporter, role="support")
    assert client_of(supporter).get(address(learner)).status_code == 200


def test_who_asked_and_how_is_recorded(client: APIClient, learner: Any) -> None:
    """As over the REST API."""
    client.post(address(learner), {"course_id": str(COURSE)}, format="json", HTTP_X_REQUEST_ID="ticket-1")
    row = AttemptOperation.objects.get()
    assert (row.requested_by, row.role, row.request_id) == (client.user, "is_staff", "ticket-1")


def test_the_address_is_the_platform_s_unless_the_setting_is_on(client: APIClient, learner: Any) -> None:
    """The middleware is not in the chain without it, and touches no other address."""
    with override_settings(ATTEMPTS_REPLACE_COURSE_RESET=False), pytest.raises(MiddlewareNotUsed):
        CourseResetMiddleware(lambda _request: None)
    for other in ("/support/course_reset", "/support/course_reset/a/b", "/x/support/course_reset/a", "/support/"):
        assert client.get(other).status_code == 404
    assert client.get(f"{address(learner)}/").status_code == 404
