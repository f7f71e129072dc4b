"""Operations over REST: who may ask for what, what is kept of it, and the list."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from attempts import api
from attempts.models import AttemptOperation
from tests.attempts_api.conftest import ROOT, client_of, post
from tests.factories import COURSE, LOOKALIKE, CourseGradeFactory, StateFactory, UserFactory, enrolled

pytestmark = pytest.mark.django_db


def let_course_teams(may: bool = True) -> None:
    """Switch the policy."""
    api.change_policy({"course_team_may_reset": may}, changed_by=None)


def what(learner: Any, course_key: Any = COURSE, kind: str = "reset", **words: Any) -> dict[str, Any]:
    """Return the words of a request."""
    return {"kind": kind, "learner": learner.username, "course_id": str(course_key), **words}


def test_an_instructor_resets_and_undoes_where_the_policy_lets_her(client_as: Any, learner: Any, run: Any) -> None:
    """In her own course; preview asks for the same right."""
    instructor = client_as("instructor")
    for path in ("operations/", "operations/preview/"):
        assert post(instructor, path, **what(learner)).status_code == 403
    let_course_teams()
    assert post(instructor, "operations/preview/", **what(learner)).status_code == 200
    asked = post(instructor, **what(learner))
    assert (asked.status_code, asked.json()["role"]) == (202, "instructor of the course")
    run(api.operation(asked.json()["uuid"]))
    assert instructor.get(asked.json()["url"]).json()["status"] == "complete"
    assert post(instructor, **what(learner, kind="undo")).status_code == 202
    for role in ("staff", "limited_staff", "data_researcher", "beta_testers"):
        assert post(client_as(role), **what(learner)).status_code == 403
    assert post(instructor, **what(enrolled(LOOKALIKE), LOOKALIKE)).status_code == 403


def test_a_course_team_cannot_activate(client_as: Any, learner: Any, reset: Any) -> None:
    """An attempt it can see is refused by right, one it cannot see is not there."""
    let_course_teams()
    reset(learner)
    stranger = enrolled(LOOKALIKE)
    reset(stranger, LOOKALIKE)
    instructor = client_as("instructor")
    own, foreign = (str(api.attempts(*whose)[0].uuid) for whose in ((learner, COURSE), (stranger, LOOKALIKE)))
    assert post(instructor, kind="activate", attempt=own).status_code == 403
    hidden = post(instructor, kind="activate", attempt=foreign)
    assert (hidden.status_code, hidden.json()["code"]) == (404, "attempt_not_found")


def test_a_course_team_does_not_learn_who_exists(client_as: Any, learner: Any) -> None:
    """Somebody who was never in the course is nobody, for a request too."""
    let_course_teams()
    UserFactory(username="elsewhere")
    instructor = client_as("instructor")
    answers = []
    for name in ("elsewhere", "nowhere"):
        answer = post(instructor, kind="reset", learner=name, course_id=str(COURSE))
        answers.append((answer.status_code, answer.json()["detail"].replace(name, "X")))
    assert answers[0] == answers[1]
    assert answers[0][0] == 404


def test_overriding_needs_a_role_on_the_whole_site(client: APIClient, client_as: Any, learner: Any, reset: Any) -> None:
    """But that there is new work, a course team may override: nothing is lost by it."""
    let_course_teams()
    reset(learner)
    StateFactory(student=learner)
    CourseGradeFactory(user_id=learner.pk, passing=True)
    instructor = client_as("instructor")
    refused = post(instructor, **what(learner, kind="undo", override=["worked_since", "learner_passing"]))
    assert (refused.status_code, refused.json()["code"]) == (403, "override_not_permitted")
    assert "learner_passing" in refused.json()["detail"]
    half = post(instructor, **what(learner, kind="undo", override=["worked_since"]))
    assert (half.status_code, [reason["code"] for reason in half.json()["reasons"]]) == (422, ["learner_passing"])
    whole = post(client, **what(learner, kind="undo", override=["worked_since", "learner_passing"]))
    assert whole.status_code == 202


def test_who_asked_by_which_right_and_how_is_kept(client: APIClient, learner: Any) -> None:
    """The caller's request id, if it is a plain word, else one of ours; both are said in the answer."""
    headers = {"HTTP_X_REQUEST_ID": "ticket-4711"}
    asked = client.post(f"{ROOT}/operations/", what(learner), format="json", **headers)
    row = AttemptOperation.objects.get()
    assert (row.requested_by.username, row.role, row.request_id) == ("support", "is_staff", "ticket-4711")
    assert asked["X-Request-ID"] == "ticket-4711"
    for hostile in ("x" * 129, "a b", "a\tb", "ü"):
        answer = client.get(f"{ROOT}/operations/", HTTP_X_REQUEST_ID=hostile)
        assert answer["X-Request-ID"] != hostile
        assert len(answer["X-Request-ID"]) == 36


def test_progress_by_store(client: APIClient, learner: Any, run: Any) -> None:
    """Waiting, then done together; unchanged after a failure."""
    StateFactory(student=learner)
    asked = post(client, **what(learner)).json()
    assert {(one["status"], one["moved"]) for one in asked["stores"]} == {("waiting", None)}
    run(api.operation(asked["uuid"]))
    done = client.get(asked["url"]).json()["stores"]
    assert [one["store"] for one in done] == [one["store"] for one in asked["stores"]]
    assert {one["status"] for one in done} == {"done"}
    assert done[0]["moved"] == {"archived": 1, "restored": 0, "foreign": 0}
    failing = post(client, **what(learner)).json()
    CourseGradeFactory(user_id=learner.pk, passing=True)
    run(api.operation(failing["uuid"]))
    failed = client.get(failing["url"]).json()
    assert (failed["status"], failed["error"]["code"]) == ("failed", "learner_passing")
    assert {(one["status"], one["moved"]) for one in failed["stores"]} == {("unchanged", None)}


def test_the_list_and_its_filters(client: APIClient, client_as: Any, learner: Any, reset: Any, undo: Any) -> None:
    """Newest first; each filter narrows it."""
    first = reset(learner)
    undo(learner)
    stranger = enrolled(LOOKALIKE)
    reset(stranger, LOOKALIKE)
    asked = post(client, **what(learner)).json()

    def kinds(caller: APIClient = client, **query: Any) -> list[tuple[str, str]]:
        answer = caller.get(f"{ROOT}/operations/", query)
        assert answer.status_code == 200, answer.json()
        return [(one["learner"], one["kind"]) for one in answer.json()["results"]]

    own = [(learner.username, "reset"), (learner.username, "undo"), (learner.username, "reset")]
    assert kinds() == [own[0], (stranger.username, "reset"), *own[1:]]
    assert kinds(learner=learner.username) == own
    assert kinds(course_id=str(LOOKALIKE)) == [(stranger.username, "reset")]
    assert kinds(org="Org", kind="undo") == [own[1]]
    assert kinds(status="enqueued") == [own[0]]
    assert kinds(requested_by="support") == [own[0]]
    assert kinds(requested_by="nobody") == []
    assert kinds(attempt=str(first.to_uuid)) == own[1:]
    assert kinds(created_after=asked["created"]) == [own[0]]
    assert kinds(completed_before=first.completed_at.isoformat()) == [own[2]]
    assert kinds(ordering="created") == [own[2], own[1], (stranger.username, "reset"), own[0]]
    assert kinds(client_as("staff")) == own


def test_an_operation_elsewhere_is_not_there(client_as: Any, reset: Any, policy: Any) -> None:
    """For a course team of another course."""
    operation = reset(enrolled(LOOKALIKE), LOOKALIKE)
    answer = client_as("staff").get(f"{ROOT}/operations/{operation.uuid}/")
    assert (answer.status_code, answer.json()["code"]) == (404, "operation_not_found")


def test_html_in_a_comment_is_data(client: APIClient, learner: Any) -> None:
    """Returned as it was sent, and never as a page."""
    comment = "<script>alert(1)</script> & 'quotes'"
    asked = post(client, **what(learner, comment=comment))
    assert asked.json()["comment"] == comment
    assert asked["Content-Type"] == "application/json"
    page = client.get(asked.json()["url"], HTTP_ACCEPT="text/html")
    assert (page.status_code, page["Content-Type"]) == (406, "application/json")


def test_inactive_accounts_get_nothing(learner: Any) -> None:
    """Whatever they were."""
    for user in (UserFactory(is_superuser=True, is_active=False), UserFactory(is_active=False)):
        for path in ("operations/", "me/attempts/", f"learners/{learner.username}/", "policies/"):
            answer = client_of(user).get(f"{ROOT}/{path}")
            assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


def test_writes_are_throttled_by_user_and_scope(client: APIClient, learner: Any, settings: Any) -> None:
    """Reads are not, others are not, and another scope is not; the answer says how long to wait."""
    settings.ATTEMPTS_API_THROTTLE_RATES = {"switch": "2/hour"}
    for _ in range(2):
        assert post(client, **what(learner)).status_code in (202, 409)
    refused = post(client, **what(learner))
    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    assert 3500 < int(refused["Retry-After"]) <= 3600
    assert client.get(f"{ROOT}/operations/").status_code == 200
    assert post(client, "operations/preview/", **what(learner)).status_code == 200
    other = client_of(UserFactory(is_staff=True))
    assert post(other, **what(learner)).status_code == 409
    settings.ATTEMPTS_API_THROTTLE_RATES = {"switch": None}
    assert post(client, **what(learner)).status_code == 409
