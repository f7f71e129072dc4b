"""Callers as they come: through the whole stack of the sandbox, with the real packages."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from attempts.models import AttemptOperation
from sandbox.student.models import CourseAccessRole
from tests.attempts_api.conftest import ROOT
from tests.factories import COURSE, UserFactory

pytestmark = pytest.mark.django_db
TOKEN = "/oauth2/access_token"


@pytest.fixture
def support(db: None) -> Any:
    """Support staff with a password."""
    user = UserFactory(username="support")
    user.set_password("attempts")
    user.save()
    CourseAccessRole.objects.create(user=user, role="support")
    return user


@pytest.fixture
def visitor(support: Any) -> Client:
    """A browser that checks CSRF, logged in by the form: with a session and with JWT cookies."""
    visitor = Client(enforce_csrf_checks=True)
    token = visitor.get("/csrf/api/v1/token").json()["csrfToken"]
    words = {"username": "support", "password": "attempts", "csrfmiddlewaretoken": token}
    assert visitor.post("/login/", words).status_code == 302
    return visitor


def ask(client: Client, learner: Any, **headers: str) -> Any:
    """Ask for a reset."""
    words = {"kind": "reset", "learner": learner.username, "course_id": str(COURSE)}
    return client.post(f"{ROOT}/operations/", words, content_type="application/json", headers=headers)


def csrf(visitor: Client) -> str:
    """Return the token that a page or micro-frontend sends along."""
    return visitor.get("/csrf/api/v1/token").json()["csrfToken"]


def only(visitor: Client, *kept: str) -> Client:
    """Return the browser with some of its cookies gone."""
    for name in list(visitor.cookies):
        if not name.startswith(kept):
            del visitor.cookies[name]
    return visitor


def test_a_session_may_read_and_writes_with_its_token(visitor: Client, learner: Any) -> None:
    """Without it a write is refused, and nothing is asked for."""
    only(visitor, "sessionid", "csrftoken")
    assert visitor.get(f"{ROOT}/operations/").status_code == 200
    refused = ask(visitor, learner)
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    assert "CSRF" in refused.json()["detail"]
    assert not AttemptOperation.objects.exists()
    assert ask(visitor, learner, **{"X-CSRFToken": csrf(visitor)}).status_code == 202
    assert AttemptOperation.objects.get().client == "session"


def test_jwt_cookies_may_read_and_write_with_their_token(visitor: Client, learner: Any) -> None:
    """As a micro-frontend sends them."""
    only(visitor, "edx-jwt-cookie", "csrftoken")
    use = {"USE-JWT-COOKIE": "true"}
    assert visitor.get(f"{ROOT}/operations/", headers=use).status_code == 200
    refused = ask(visitor, learner, **use)
    assert (refused.status_code, refused.json()["code"]) == (401, "not_authenticated")
    assert not AttemptOperation.objects.exists()
    accepted = ask(visitor, learner, **use, **{"X-CSRFToken": csrf(visitor)})
    assert accepted.status_code == 202
    row = AttemptOperation.objects.get()
    assert (row.requested_by.username, row.role, row.client) == ("support", "support", "jwt")


def test_a_bearer_token_of_oauth2(support: Any, learner: Any) -> None:
    """The client's name is kept with what it asks for."""
    call_command("sandbox_accounts", verbosity=0)
    words = {"client_id": "sandbox", "grant_type": "password", "username": "support", "password": "attempts"}
    token = Client().post(TOKEN, words).json()["access_token"]
    assert ask(Client(), learner, Authorization=f"Bearer {token}").status_code == 202
    assert AttemptOperation.objects.get().client == "oauth2 sandbox"
    wrong = Client().get(f"{ROOT}/operations/", headers={"Authorization": "Bearer nonsense"})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "not_authenticated")


def test_nobody_is_told_how_to_come_in(learner: Any) -> None:
    """401 with a challenge, in the shape of all errors."""
    for headers in ({}, {"Authorization": "JWT nonsense"}, {"Authorization": "Basic bm9uc2Vuc2U="}):
        answer = Client().get(f"{ROOT}/operations/", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
        assert answer["WWW-Authenticate"] == 'JWT realm="api"'


def test_an_account_that_is_no_longer_active_gets_nothing(visitor: Client, support: Any, learner: Any) -> None:
    """Neither by the session it has, nor by a token that has not run out, nor by its password."""
    support.is_active = False
    support.save()
    password = base64.b64encode(b"support:attempts").decode()
    for headers in ({}, {"USE-JWT-COOKIE": "true"}, {"Authorization": f"Basic {password}"}):
        answer = visitor.get(f"{ROOT}/operations/", headers=headers)
        assert answer.status_code in (401, 403)
        assert answer.json()["code"] in ("not_authenticated", "permission_denied")


def test_a_body_that_is_too_long_is_not_read(visitor: Client, learner: Any) -> None:
    """413, before anything is done with it."""
    words = {"kind": "reset", "learner": learner.username, "course_id": str(COURSE), "comment": "x" * 70_000}
    token = {"X-CSRFToken": csrf(visitor)}
    answer = visitor.post(f"{ROOT}/operations/", words, content_type="application/json", headers=token)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert not AttemptOperation.objects.exists()
