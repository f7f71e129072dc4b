"""What all pages of the console have in common."""

from __future__ import annotations

import gzip
import re
from contextlib import closing
from typing import Any

import pytest
from django.test import Client
from django.urls import include, path

from attempts_api.console import assets
from attempts_api.console.views import base
from tests.attempts_api.console.conftest import PART, browser_of
from tests.factories import COURSE, UserFactory

#: A host that serves the console, and where nobody logs out by an address of that name.
urlpatterns = [path("attempts/", include(("attempts_api.console.urls", "attempts_console")))]
LOGOUT = 'href="/logout/">Log out</a>'


def test_whoever_is_not_logged_in_is_asked_to(db: None) -> None:
    """And comes back to the page."""
    answer = Client().get("/attempts/")
    assert (answer.status_code, answer["Location"]) == (302, "/login/?next=/attempts/")


def test_a_session_that_has_ended_is_told_in_place(db: None) -> None:
    """A part of a page is not the login page."""
    answer = Client().get("/attempts/", **PART)
    assert answer.status_code == 401
    assert "You are logged out" in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_the_way_out(support: Client) -> None:
    """By the host's own address, as the platform has it; the session has ended then."""
    assert LOGOUT in support.get("/attempts/nowhere/").content.decode()
    support.get("/logout/")
    assert support.get("/attempts/learners/").status_code == 302


@pytest.mark.urls(__name__)
def test_a_host_without_that_address(support: Client) -> None:
    """Has its own way out."""
    page = support.get("/attempts/nowhere/").content.decode()
    assert "Logged in as support" in page
    assert "Log out" not in page


def test_an_account_that_is_not_active_opens_nothing(settings: Any, db: None) -> None:
    """As in the API."""
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.AllowAllUsersModelBackend"]
    answer = browser_of(UserFactory(is_active=False)).get("/attempts/")
    assert answer.status_code == 403
    assert "not active" in answer.content.decode()


@pytest.mark.parametrize("path", ["", "nowhere/"])
def test_a_browser_may_run_nothing_but_the_consoles_files(support: Client, path: str) -> None:
    """Of errors, too; and it keeps nothing."""
    answer = support.get(f"/attempts/{path}")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "no-store" in answer["Cache-Control"]
    page = answer.content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|javascript:|<style", page)
    assert set(re.findall(r'(?:src|href)="(?!/|#|data:,)([^"]+)"', page)) == set()


def test_an_address_that_is_none(support: Client) -> None:
    """Is said in the console's own page."""
    answer = support.get("/attempts/nowhere/")
    assert answer.status_code == 404
    assert "There is no such page." in answer.content.decode()


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("learners/", {"Learners": "page"}),
        ("learners/{learner}/", {"Learners": "true"}),
        ("learners/{learner}/courses/{course}/reset/", {"Learners": "true"}),
        ("attempts/{attempt}/", {"Learners": "true"}),
        ("courses/", {"Courses": "page"}),
        ("courses/{course}/", {"Courses": "true", "Overview": "page"}),
        ("courses/{course}/learners/", {"Courses": "true", "Overview": "true"}),
        ("courses/{course}/policy/", {"Courses": "true", "Policy": "page"}),
        ("courses/{course}/policy/history/", {"Courses": "true", "Policy": "true"}),
        ("policies/instance/", {"Courses": "true"}),
        ("operator/", {"Operations": "page", "Overview": "page"}),
        ("operator/operations/", {"Operations": "true", "All operations": "page"}),
        ("operator/operations/{operation}/", {"Operations": "true", "All operations": "true"}),
        ("operator/versions/", {"Operations": "true", "Versions": "page"}),
        ("me/", {"My attempts": "page"}),
        ("nowhere/", {}),
    ],
)
def test_the_menu_says_where_somebody_is(
    support: Client, learner: Any, reset: Any, path: str, current: dict[str, str]
) -> None:
    """On the page itself, and on every one below it."""
    operation = reset(learner)
    names = {"learner": learner.username, "course": COURSE, "attempt": operation.to_uuid, "operation": operation.uuid}
    page = support.get(f"/attempts/{path.format(**names)}").content.decode()
    assert {
        label: word for word, label in re.findall(r'<a class="nav-link[^>]*aria-current="(\w+)">([^<]*)<', page)
    } == current


@pytest.mark.parametrize("name", sorted(assets.names()))
def test_static_files_are_kept_for_as_long_as_they_are_the_same(db: None, name: str) -> None:
    """Whoever has them asks no more; an old address has the new file, and is not kept."""
    with closing(Client().get(assets.asset_url(name))) as answer:
        assert b"".join(answer.streaming_content) == (assets.FOLDER / name).read_bytes()
        assert "immutable" in answer["Cache-Control"]
        assert answer["Content-Type"].startswith(("text/css", "text/javascript", "application/javascript"))
    with closing(Client().get(f"/attempts/assets/old/{name}")) as other:
        assert "Cache-Control" not in other.headers


def test_static_files_go_compressed(db: None) -> None:
    """To browsers that say so, which all do."""
    for name in assets.names():
        with closing(Client().get(assets.asset_url(name), HTTP_ACCEPT_ENCODING="gzip")) as answer:
            sent = b"".join(answer.streaming_content)
            assert answer["Content-Encoding"] == "gzip"
            assert "Accept-Encoding" in answer["Vary"]
            assert gzip.decompress(sent) == (assets.FOLDER / name).read_bytes()


@pytest.mark.parametrize("name", ["console.py", "..", "..%2Fapps.py", "licenses", "nothing.css"])
def test_nothing_but_those_files_is_served(db: None, name: str) -> None:
    """No other file of the machine."""
    assert Client().get(f"/attempts/assets/{assets.version()}/{name}").status_code in (302, 404)


@pytest.mark.django_db
def test_a_part_of_a_page_asks_for_no_menu(support: Client, learner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has none, and who polls for a status must not ask what else she may see."""
    asked: list[Any] = []
    monkeypatch.setattr(base, "menu_of", lambda request: asked.append(request) or [])
    assert support.get(f"/attempts/learners/{learner.username}/courses/{COURSE}/", **PART).status_code == 200
    assert asked == []
    assert support.get(f"/attempts/learners/{learner.username}/").status_code == 200
    assert len(asked) == 1
