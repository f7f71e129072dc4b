"""Policies over REST: what is in force, deciding it, locks, history."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from rest_framework.test import APIClient

from attempts import api
from attempts.models import ResetPolicy
from sandbox.student.models import CourseAccessRole
from tests.attempts_api.conftest import ROOT, client_of
from tests.factories import COURSE, LOOKALIKE, UserFactory

pytestmark = pytest.mark.django_db
INSTANCE, ORG, RUN = "policies/instance/", "policies/orgs/Org/", f"policies/courses/{COURSE}/"


def send(client: APIClient, method: str, path: str, **words: Any) -> Any:
    """Send JSON."""
    return getattr(client, method)(f"{ROOT}/{path}", words, format="json")


def in_force(client: APIClient, path: str, field: str) -> tuple[Any, ...]:
    """Return value, origin and lock of a field."""
    found = client.get(f"{ROOT}/{path}").json()["effective"]
    return next((one["value"], one["origin"], one["locked_by"]) for one in found if one["field"] == field)


def test_the_narrower_decides_unless_a_wider_locks(client: APIClient) -> None:
    """Effective values say where they come from."""
    assert in_force(client, RUN, "max_resets") == (1, "default", None)
    send(client, "patch", INSTANCE, active=True, max_resets=2)
    send(client, "patch", ORG, max_resets=None)
    assert in_force(client, INSTANCE, "max_resets") == (2, "instance", None)
    assert in_force(client, ORG, "max_resets") == (None, "org", None)
    send(client, "patch", RUN, max_resets=5)
    assert in_force(client, RUN, "max_resets") == (5, "course", None)
    locked = send(client, "patch", ORG, locked=["max_resets"])
    assert (locked.status_code, locked.json()["locked"]) == (200, ["max_resets"])
    assert in_force(client, RUN, "max_resets") == (None, "org", "org")
    refused = send(client, "patch", RUN, max_resets=9)
    assert (refused.status_code, refused.json()["code"]) == (409, "policy_locked")
    assert "organisation Org locks max_resets" in refused.json()["detail"]
    assert send(client, "patch", RUN, max_resets="inherit").status_code == 200
    assert send(client, "patch", RUN, locked=["max_resets"]).status_code == 409
    assert send(client, "patch", ORG, max_resets=4).status_code == 200
    assert in_force(client, RUN, "max_resets") == (4, "org", "org")
    assert in_force(client, f"policies/courses/{LOOKALIKE}/", "active") == (True, "instance", None)


def test_put_decides_everything_anew_and_patch_some(client: APIClient) -> None:
    """What is left out is inherited, or stays."""
    send(client, "put", ORG, active=True, certificates="keep", locked=["active"])
    patched = send(client, "patch", ORG, pacing="self_paced").json()
    assert {name: value for name, value in patched["own"].items() if value != "inherit"} == {
        "active": True,
        "certificates": "keep",
        "pacing": "self_paced",
    }
    put = send(client, "put", ORG, require_started=False).json()
    assert {name: value for name, value in put["own"].items() if value != "inherit"} == {"require_started": False}
    assert put["locked"] == []


WRONG = [
    ({"active": "yes"}, "invalid_policy", "active is true or false"),
    ({"max_resets": -1}, "invalid_policy", "max_resets is a number from 0"),
    ({"max_resets": 1.5}, "invalid_policy", "max_resets"),
    ({"max_resets": 2**31}, "invalid_policy", "max_resets"),
    ({"certificates": "burn"}, "invalid_policy", "block or keep"),
    ({"certificates": ["x"]}, "invalid_policy", "block or keep"),
    ({"pacing": {}}, "invalid_policy", "self_paced"),
    ({"active": None}, "invalid_request", "active"),
    ({"unknown": True}, "invalid_request", "unknown"),
    ({"locked": ["unknown"]}, "invalid_request", "locked"),
    ({"locked": "active"}, "invalid_request", "locked"),
]


@pytest.mark.parametrize(("words", "code", "named"), WRONG)
def test_what_a_policy_cannot_be(client: APIClient, words: dict[str, Any], code: str, named: str) -> None:
    """Named, and nothing is changed."""
    answer = send(client, "patch", ORG, **words)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert named in answer.json()["detail"]
    assert not ResetPolicy.objects.exists()


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("policies/courses/nonsense/", "invalid_course_key"),
        ("policies/courses/attempt-v1:Org+Course+Run+attempt@1/", "invalid_course_key"),
        (f"policies/courses/{'x' * 3000}/", "invalid_course_key"),
        (f"policies/orgs/{'x' * 256}/", "invalid_policy"),
    ],
)
def test_scopes_that_are_none(client: APIClient, path: str, code: str) -> None:
    """For reading and writing."""
    for answer in (client.get(f"{ROOT}/{path}"), send(client, "patch", path, active=True)):
        assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_history_says_who_changed_what_and_how(client: APIClient) -> None:
    """Newest first, with the right and the request."""
    send(client, "patch", ORG, active=True)
    client.patch(f"{ROOT}/{ORG}", {"max_resets": 3}, format="json", HTTP_X_REQUEST_ID="r-2")
    api.change_policy({"active": False}, changed_by=None, org="Org")
    found = client.get(f"{ROOT}/{ORG}history/").json()["results"]
    assert [(one["changed_by"], one["role"], one["own"]["active"], one["own"]["max_resets"]) for one in found] == [
        (None, "", False, 3),
        ("support", "is_staff", True, 3),
        ("support", "is_staff", True, "inherit"),
    ]
    assert found[1]["request_id"] == "r-2"
    assert client.get(f"{ROOT}/{RUN}history/").json()["results"] == []


def test_the_list_shows_what_the_caller_may_look_at(client: APIClient, client_as: Any) -> None:
    """Each with its address."""
    for path in (INSTANCE, ORG, RUN, f"policies/courses/{LOOKALIKE}/", "policies/orgs/Other/"):
        send(client, "patch", path, active=True)

    def scopes(caller: APIClient) -> list[str]:
        return [
            one["org"] or one["course_id"] or "instance" for one in caller.get(f"{ROOT}/policies/").json()["results"]
        ]

    assert scopes(client) == ["instance", "Org", str(COURSE), str(LOOKALIKE), "Other"]
    assert scopes(client_as("staff")) == [str(COURSE)]
    holder = UserFactory()
    CourseAccessRole.objects.create(user=holder, role="staff", org="Org")
    assert scopes(client_of(holder)) == ["Org", str(COURSE), str(LOOKALIKE)]
    for one in client.get(f"{ROOT}/policies/").json()["results"]:
        assert client.get(one["url"]).json()["own"] == one["own"]


def test_who_may_look_and_who_may_decide(client_as: Any, settings: Any) -> None:
    """A course team looks at its own course; a site can let it decide."""
    staff = client_as("staff")
    assert staff.get(f"{ROOT}/{RUN}").status_code == 200
    assert staff.get(f"{ROOT}/{RUN}history/").status_code == 200
    for path in (INSTANCE, ORG, f"policies/courses/{LOOKALIKE}/", f"policies/courses/{LOOKALIKE}/history/"):
        assert staff.get(f"{ROOT}/{path}").status_code == 403
    assert send(staff, "patch", RUN, active=True).status_code == 403
    settings.ATTEMPTS_ROLES = {"course": {"staff": ["manage_policy"]}}
    assert send(staff, "patch", RUN, active=True).json()["own"]["active"] is True
    assert send(staff, "patch", ORG, active=True).status_code == 403
    assert get_user_model().objects.get(pk=ResetPolicy.history.get().history_user_id) == staff.user
