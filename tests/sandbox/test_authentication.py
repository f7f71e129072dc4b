"""Logging in to the sandbox as to an LMS: cookies, tokens, CSRF, and callers from other origins."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jwt
import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path
from edx_rest_framework_extensions.auth.jwt.authentication import JwtAuthentication
from freezegun import freeze_time
from oauth2_provider.models import AccessToken, Application
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import import_from_string
from rest_framework.views import APIView

from sandbox.run import _welcome
from sandbox.student.models import AnonymousUserId
from sandbox.user_authn.keys import signing_keys
from sandbox.user_authn.tokens import claims, issue

PASSWORD = "a password"
COOKIES = ("edx-jwt-cookie-header-payload", "edx-jwt-cookie-signature")
MICRO_FRONTEND = "http://localhost:18450"


class WhoAmI(APIView):
    """A view of a plugin that takes JSON Web Tokens only."""

    authentication_classes = (JwtAuthentication,)
    permission_classes = (IsAuthenticated,)

    def get(self, request: Request) -> Response:
        return Response({"username": request.user.username})

    post = get


class WhoAmIByAnyMeans(WhoAmI):
    """A view of a plugin that takes what the sandbox offers."""

    authentication_classes = tuple(
        import_from_string(name, "ATTEMPTS_API_AUTHENTICATION") for name in settings.ATTEMPTS_API_AUTHENTICATION
    )


urlpatterns = [
    path("jwt/", WhoAmI.as_view()),
    path("any/", WhoAmIByAnyMeans.as_view()),
    path("", include("sandbox.urls")),
]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture
def ada() -> Any:
    """Return somebody with a password."""
    return get_user_model().objects.create_user("ada", "ada@example.com", PASSWORD, first_name="Ada", last_name="Holm")


@pytest.fixture
def visitor(ada: Any) -> Client:
    """Return the browser of somebody who has logged in, which is held to CSRF tokens."""
    client = Client(enforce_csrf_checks=True)
    log_in(client)
    return client


@pytest.fixture
def token_only(visitor: Client) -> Client:
    """Return a browser that has the JWT cookies but no session."""
    del visitor.cookies[settings.SESSION_COOKIE_NAME]
    return visitor


@pytest.fixture
def accounts() -> None:
    """Make the accounts and the OAuth2 client."""
    call_command("sandbox_accounts")


def log_in(client: Client, **words: str) -> HttpResponse:
    """Send the login form."""
    client.get("/login/")
    form = {"username": "ada", "password": PASSWORD, "csrfmiddlewaretoken": client.cookies["csrftoken"].value, **words}
    return client.post("/login/", form)


def csrf_header(client: Client) -> dict[str, str]:
    """Return the header with the token that the CSRF endpoint gives."""
    return {"HTTP_X_CSRFTOKEN": client.get("/csrf/api/v1/token").json()["csrfToken"]}


def by_jwt(token: str) -> dict[str, str]:
    """Return the header that a program with a JSON Web Token sends."""
    return {"HTTP_AUTHORIZATION": f"JWT {token}"}


def oauth2_token(username: str = "support", password: str = "attempts", client_id: str = "sandbox") -> HttpResponse:
    """Ask for a bearer token."""
    words = {"grant_type": "password", "client_id": client_id, "username": username, "password": password}
    return Client().post("/oauth2/access_token", words)


# Cookies


def test_login_sets_the_cookies(ada: Any) -> None:
    """The login form gives a token in two cookies, whose first half scripts can read."""
    client = Client(enforce_csrf_checks=True)
    assert not set(COOKIES) & set(client.cookies)
    response = log_in(client)
    assert response.status_code == 302
    readable, signature = (response.cookies[name] for name in COOKIES)
    assert readable["max-age"] == signature["max-age"] == 3600
    assert readable["path"] == signature["path"] == "/"
    assert (bool(readable["httponly"]), bool(signature["httponly"])) == (False, True)
    assert (readable.value.count("."), signature.value.count(".")) == (1, 0)
    said = jwt.decode(f"{readable.value}.{signature.value}", options={"verify_signature": False})
    assert said == {
        "aud": "lms-key",
        "exp": said["iat"] + 3600,
        "grant_type": "password",
        "iat": pytest.approx(time.time(), abs=60),
        "iss": "http://localhost:8000/oauth2",
        "preferred_username": "ada",
        "scopes": ["user_id", "email", "profile"],
        "version": "1.2.0",
        "sub": AnonymousUserId.objects.get(user=ada).anonymous_user_id,
        "filters": [],
        "is_restricted": False,
        "email_verified": True,
        "user_id": ada.id,
        "email": "ada@example.com",
        "name": "Ada Holm",
        "family_name": "Holm",
        "given_name": "Ada",
        "administrator": False,
        "superuser": False,
        "roles": [],
    }
    assert jwt.get_unverified_header(readable.value + ".")["alg"] == "RS512"


def test_a_refused_login_sets_no_cookies(ada: Any) -> None:
    """A wrong password gives nothing."""
    client = Client(enforce_csrf_checks=True)
    assert log_in(client, password="wrong").status_code == 200
    assert not set(COOKIES) & set(client.cookies)


def test_the_cookies_authenticate(token_only: Client) -> None:
    """Both cookies together say who somebody is, without any session; one of them does not."""
    headers = {"HTTP_USE_JWT_COOKIE": "true"}
    assert token_only.get("/jwt/", **headers).json() == {"username": "ada"}
    assert token_only.get("/any/", **headers).json() == {"username": "ada"}
    del token_only.cookies[COOKIES[1]]
    response = token_only.get("/jwt/", **headers)
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'JWT realm="api"'


def test_the_name_of_the_token_stays(ada: Any) -> None:
    """A second token has the same subject, and makes no second row of it."""
    assert claims(ada)["sub"] == claims(ada)["sub"]
    assert AnonymousUserId.objects.count() == 1


@pytest.mark.parametrize("url", ["/logout/", "/admin/logout/"])
def test_logout_takes_the_cookies_away(visitor: Client, url: str) -> None:
    """Logging out ends both: the session, and the token in the browser."""
    response = visitor.post(url, **csrf_header(visitor))
    assert response.status_code == 302
    assert response["Location"] == "/login/"
    assert [response.cookies[name]["max-age"] for name in COOKIES] == [0, 0]
    for name in COOKIES:
        assert response.cookies[name].value == ""
    assert visitor.get("/any/").status_code == 401


# There and back from a micro-frontend


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (f"{MICRO_FRONTEND}/learners?q=ada", f"{MICRO_FRONTEND}/learners?q=ada"),
        ("/admin/", "/admin/"),
        ("https://example.org/", None),
        ("//example.org/", None),
        ("javascript:alert(1)", None),
        ("", None),
    ],
)
def test_people_are_sent_back_to_where_they_may_go(ada: Any, target: str, expected: str | None) -> None:
    """Login and logout lead back to the micro-frontends that are known, and nowhere else."""
    client = Client(enforce_csrf_checks=True)
    assert log_in(client, next=target)["Location"] == (expected or "/")
    for name in ("redirect_url", "next"):
        assert client.get("/logout/", {name: target})["Location"] == (expected or "/login/")


# CSRF


def test_csrf_token(client: Client) -> None:
    """Whoever asks gets a token, and its cookie."""
    response = client.get("/csrf/api/v1/token", HTTP_ORIGIN=MICRO_FRONTEND)
    assert response.json()["csrfToken"]
    assert response.cookies["csrftoken"].value
    assert response["Access-Control-Allow-Origin"] == MICRO_FRONTEND


def test_jwt_cookies_need_a_csrf_token_to_write(token_only: Client) -> None:
    """Without a CSRF token the cookies are as if they were not there, so that nobody is logged in."""
    response = token_only.post("/jwt/")
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'JWT realm="api"'
    assert token_only.post("/jwt/", **csrf_header(token_only)).json() == {"username": "ada"}


def test_a_session_beside_the_cookies_says_what_is_missing(visitor: Client) -> None:
    """With a session too, it is the session's authenticator that refuses, and says why."""
    response = visitor.post("/any/")
    assert response.status_code == 403
    assert response.json()["detail"].startswith("CSRF Failed")
    assert visitor.post("/any/", **csrf_header(visitor)).json() == {"username": "ada"}


def test_the_origin_must_be_trusted(visitor: Client) -> None:
    """A CSRF token helps only those origins that are known."""
    token = csrf_header(visitor)
    assert visitor.post("/any/", HTTP_ORIGIN=MICRO_FRONTEND, **token).status_code == 200
    assert visitor.post("/any/", HTTP_ORIGIN="http://localhost:1999", **token).status_code == 403


# A fresh token


def test_login_refresh_gives_a_fresh_token(visitor: Client) -> None:
    """Whoever has a session gets a later token, without a CSRF token."""
    del visitor.cookies[COOKIES[0]], visitor.cookies[COOKIES[1]]
    with freeze_time("2030-05-01T12:00:00Z", ignore=["freezegun"]):
        user = get_user_model().objects.get()
        visitor.force_login(user)
        response = visitor.post("/login_refresh")
        assert visitor.get("/jwt/").json() == {"username": "ada"}
    assert response.status_code == 200
    assert response.json() == {
        "success": True,
        "user_id": user.id,
        "response_epoch_seconds": 1903867200,
        "response_http_date": "Wed, 01 May 2030 12:00:00 GMT",
        "expires": "Wed, 01 May 2030 13:00:00 GMT",
        "expires_epoch_seconds": 1903870800,
    }
    assert set(COOKIES) <= set(response.cookies)


def test_login_refresh_refuses_who_has_no_session(client: Client) -> None:
    """Without a session there is no token, and the answer is JSON."""
    response = client.post("/login_refresh")
    assert response.status_code == 401
    assert response.json() == {"detail": "Not logged in."}
    assert not response.cookies
    assert client.get("/login_refresh").status_code == 405


# Tokens in the header


def test_a_token_in_the_header_needs_no_csrf_token(ada: Any) -> None:
    """Programs send the token in the header; no browser does that of its own accord."""
    client = Client(enforce_csrf_checks=True)
    assert client.post("/any/", **by_jwt(issue(ada))).json() == {"username": "ada"}


def forged(user: Any) -> str:
    """Return a token signed with a key of somebody else's."""
    return jwt.encode(claims(user), "somebody else's key, which is long enough too", algorithm="HS256")


def expired(user: Any) -> str:
    """Return a token of yesterday."""
    with freeze_time("2026-01-01"):
        return issue(user)


@pytest.mark.parametrize("token", [forged, expired, lambda _: "nonsense", lambda user: issue(user)[:-9] + "AAAAAAAAA"])
@pytest.mark.parametrize("url", ["/jwt/", "/any/"])
def test_an_invalid_token_is_refused(client: Client, ada: Any, token: Any, url: str) -> None:
    """A token that is expired, forged or none at all is refused, whatever other ways in there are."""
    client.force_login(ada)
    response = client.get(url, **by_jwt(token(ada)))
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'JWT realm="api"'


@pytest.mark.parametrize("cookie", [False, True])
def test_a_token_of_nobody_makes_no_account(client: Client, ada: Any, cookie: bool) -> None:
    """A token whose owner was renamed since brings no account of the old name into being."""
    token = issue(ada)
    ada.username = "countess"
    ada.save()
    if cookie:
        client.cookies[COOKIES[0]], _, client.cookies[COOKIES[1]] = token.rpartition(".")
    assert client.get("/any/", **({} if cookie else by_jwt(token))).status_code == 401
    assert list(get_user_model().objects.values_list("username", flat=True)) == ["countess"]


def test_a_token_changes_no_account(client: Client, ada: Any) -> None:
    """What a token said of somebody when it was made does not come back."""
    ada.is_staff = True
    token = issue(ada)
    ada.is_staff = False
    ada.email = "new@example.com"
    ada.save()
    assert client.get("/any/", **by_jwt(token)).status_code == 200
    ada.refresh_from_db()
    assert (ada.is_staff, ada.email) == (False, "new@example.com")


# OAuth2


def test_oauth2_token(accounts: None, client: Client) -> None:
    """A program gets a bearer token for an account, and acts as that account."""
    response = oauth2_token()
    assert response.status_code == 200
    answer = response.json()
    assert answer["token_type"] == "Bearer"
    assert set(answer["scope"].split()) == {"read", "write", "email", "profile"}
    header = {"HTTP_AUTHORIZATION": f"Bearer {answer['access_token']}"}
    assert client.get("/any/", **header).json() == {"username": "support"}
    assert client.post("/any/", **header).json() == {"username": "support"}
    assert client.get("/jwt/", **header).status_code == 401


def test_oauth2_token_is_refused(accounts: None) -> None:
    """Wrong passwords, unknown clients and grants that are none get no token."""
    assert oauth2_token(password="wrong").status_code == 400
    assert oauth2_token(client_id="nobody").status_code == 401
    assert Client().post("/oauth2/access_token", {"client_id": "sandbox", "grant_type": "x"}).status_code == 400
    assert not AccessToken.objects.exists()


@pytest.mark.parametrize("token", ["nonsense", ""])
def test_an_invalid_bearer_token_is_refused(client: Client, token: str) -> None:
    """The challenge is that of the first authenticator, not OAuth2's."""
    response = client.get("/any/", HTTP_AUTHORIZATION=f"Bearer {token}")
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'JWT realm="api"'


def test_accounts_make_one_client(accounts: None, capsys: pytest.CaptureFixture[str]) -> None:
    """The command can be repeated, and leaves a client that somebody has changed as it is."""
    Application.objects.update(name="Mine")
    call_command("sandbox_accounts")
    assert Application.objects.get().name == "Mine"
    assert "OAuth2 client 'sandbox'" in capsys.readouterr().out


# Accounts that are not active


@pytest.fixture
def inactive(accounts: None, ada: Any) -> Any:
    """Return somebody whose account has been switched off."""
    ada.is_active = False
    ada.save()
    return ada


def test_inactive_users_get_in_by_tokens_only(client: Client, inactive: Any) -> None:
    """As in an LMS, a token of either kind is enough for an account that is not active; a plugin has to look itself."""
    assert client.get("/any/", **by_jwt(issue(inactive))).json() == {"username": "ada"}
    token = AccessToken.objects.create(
        user=inactive, token="t", application=Application.objects.get(), expires="2100-01-01T00:00Z"
    )
    assert client.get("/any/", HTTP_AUTHORIZATION=f"Bearer {token.token}").json() == {"username": "ada"}
    basic = "Basic YWRhOmEgcGFzc3dvcmQ="
    assert client.get("/any/", HTTP_AUTHORIZATION=basic).status_code == 401
    client.force_login(inactive)
    assert client.get("/any/").status_code == 401


def test_inactive_users_get_no_new_session_or_bearer_token(inactive: Any) -> None:
    """The login form and the token endpoint refuse them."""
    client = Client(enforce_csrf_checks=True)
    assert log_in(client).status_code == 200
    assert not set(COOKIES) & set(client.cookies)
    assert oauth2_token("ada", PASSWORD).status_code == 400


def test_inactive_users_with_a_session_get_tokens(client: Client, inactive: Any) -> None:
    """A session that is there already still gives a token, which says that the address is not confirmed."""
    client.force_login(inactive)
    response = client.post("/login_refresh")
    assert response.status_code == 200
    assert client.get("/any/").json() == {"username": "ada"}
    assert claims(inactive)["email_verified"] is False


# Other origins


def preflight(client: Client, origin: str) -> HttpResponse:
    """Ask what a script of another origin may send."""
    return client.options(
        "/any/",
        HTTP_ORIGIN=origin,
        HTTP_ACCESS_CONTROL_REQUEST_METHOD="POST",
        HTTP_ACCESS_CONTROL_REQUEST_HEADERS="content-type,idempotency-key,use-jwt-cookie,x-csrftoken,x-request-id",
    )


def test_preflight_of_a_micro_frontend(client: Client) -> None:
    """A known origin may send the headers it needs, and cookies."""
    response = preflight(client, MICRO_FRONTEND)
    assert response.status_code == 200
    assert response["Access-Control-Allow-Origin"] == MICRO_FRONTEND
    assert response["Access-Control-Allow-Credentials"] == "true"
    allowed = set(response["Access-Control-Allow-Headers"].replace(" ", "").split(","))
    assert allowed >= {"content-type", "idempotency-key", "use-jwt-cookie", "x-csrftoken", "x-request-id"}
    assert "POST" in response["Access-Control-Allow-Methods"]


@pytest.mark.parametrize("origin", ["http://localhost:18451", "https://localhost:18450", "http://example.org", "null"])
def test_preflight_of_somebody_else(client: Client, origin: str) -> None:
    """An unknown origin is told nothing."""
    response = preflight(client, origin)
    assert not [name for name in response.headers if name.startswith("Access-Control")]


def test_headers_a_micro_frontend_may_read(client: Client) -> None:
    """Refusals too can be read, with the headers that tell how to go on."""
    response = client.get("/any/", HTTP_ORIGIN=MICRO_FRONTEND)
    assert response.status_code == 401
    assert response["Access-Control-Allow-Origin"] == MICRO_FRONTEND
    assert response["Access-Control-Expose-Headers"] == "Content-Disposition, Location, Retry-After, X-Request-ID"


# Keys and the welcome


def test_keys_are_made_once(tmp_path: Path) -> None:
    """All that start at once end up with one key, which only its owner can read and of which no drafts remain."""
    with ThreadPoolExecutor(4) as pool:
        pairs = set(pool.map(signing_keys, [tmp_path] * 4))
    assert len(pairs) == 1
    (file,) = tmp_path.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    private, public = map(json.loads, pairs.pop())
    assert {"d", "p", "q"} <= set(private)
    assert [set(key) for key in public["keys"]] == [{"kty", "kid", "n", "e"}]
    assert signing_keys(tmp_path)[0] == json.dumps(private)


def test_the_welcome_names_every_account(accounts: None) -> None:
    """Whoever runs the sandbox is told of all accounts and of the token endpoint."""
    get_user_model().objects.create(username="learner0001")
    text = _welcome(8001)
    for username in get_user_model().objects.values_list("username", flat=True):
        assert f"\n    {username} " in text
    assert "http://localhost:8001/oauth2/access_token" in text
