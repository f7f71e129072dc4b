"""Exports from the page of an attempt: asked for, followed, fetched."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.test import Client

from attempts import api
from attempts.exports.jobs import run_export
from sandbox.student.models import CourseAccessRole
from tests.attempts_api.console.conftest import PART, browser_of, send
from tests.attempts_api.console.test_attempts import path_of, shown
from tests.factories import COURSE, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def archived(learner: Any, reset: Any, settings: Any, tmp_path: Any) -> Any:
    """An archived attempt, on a site that has a place for exports."""
    settings.ATTEMPTS_EXPORT_STORAGE = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path)},
    }
    reset(learner)
    return api.attempts(learner, COURSE)[0]


def newest(browser: Client) -> Any:
    """The export that somebody asked for last."""
    return api.exports_asked(browser.user).items[0]


def test_without_script_a_form_leads_to_its_page(support: Client, archived: Any) -> None:
    """A reload asks for nothing again; once it is complete, there is a file."""
    answer = send(support, path_of(archived, "exports"), part=False, scope="learner", format="csv")
    export = newest(support)
    assert (answer.status_code, answer["Location"]) == (303, path_of(archived, "exports", export.uuid))
    assert (export.learner.id, export.query.course_key, export.query.identities) == (archived.learner.id, COURSE, False)
    assert "enqueued" in shown(support, answer["Location"])
    run_export(export.uuid)
    page = shown(support, answer["Location"])
    assert "complete" in page
    path = (
        page.split("/file/?signature=")[0].rpartition('"')[2]
        + "/file/?signature="
        + page.split("/file/?signature=")[1].split('"')[0]
    )
    with ZipFile(io.BytesIO(Client().get(path).getvalue())) as pack:
        assert pack.testzip() is None


def test_with_script_the_part_asks_again_ever_later(support: Client, archived: Any) -> None:
    """Until it has ended."""
    answer = send(support, path_of(archived, "exports"), scope="course", format="ndjson", identities="on")
    part, export = answer.content.decode(), newest(support)
    assert (answer.status_code, "<html" in part, "data-live" in part) == (202, False, True)
    assert (export.learner, export.query.identities, export.query.format) == (None, True, "ndjson")
    path = path_of(archived, "exports", export.uuid)
    assert "delay:1s" in part
    assert "delay:3s" in shown(support, path + "?look=2", **PART)
    run_export(export.uuid)
    ended = shown(support, path, **PART)
    assert "data-live" not in ended
    assert "Download the export" in ended


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ({}, 400),
        ({"scope": "site", "format": "csv"}, 400),
        ({"scope": "course", "format": "exe"}, 400),
        ({"scope": "course", "format": "<script>alert(1)</script>"}, 400),
    ],
)
def test_wrong_words(support: Client, archived: Any, words: dict[str, str], status: int) -> None:
    """Are said, and nothing is asked for."""
    for part in (True, False):
        answer = send(support, path_of(archived, "exports"), part=part, **words)
        assert answer.status_code == status
        assert "<script>alert" not in answer.content.decode()
    assert api.exports_asked(support.user).items == ()


def test_who_may(browser_as: Callable[..., Client], archived: Any) -> None:
    """Without the right to know who it is: of the course only, whatever the form says; without any: nothing."""
    browser = browser_as("data_researcher")
    page = shown(browser, path_of(archived))
    assert 'value="course"' in page
    assert 'value="learner"' not in page
    assert 'name="identities"' not in page
    for words in ({"scope": "learner"}, {"scope": "course", "identities": "on"}):
        answer = send(browser, path_of(archived, "exports"), format="csv", **words)
        assert answer.status_code == 403
        assert "export_identities" in answer.content.decode()
    assert send(browser, path_of(archived, "exports"), format="csv", scope="course").status_code == 202
    staff = browser_as("staff")
    assert "Ask for the export" not in shown(staff, path_of(archived))
    assert send(staff, path_of(archived, "exports"), format="csv", scope="course").status_code == 403


def test_an_export_is_its_askers(support: Client, archived: Any) -> None:
    """Nobody else's, and none if there is none."""
    send(support, path_of(archived, "exports"), scope="course", format="csv")
    export = newest(support)
    other = browser_of(UserFactory(username="other", is_staff=True))
    for browser, uuid in ((other, export.uuid), (support, uuid4()), (support, "nothing")):
        assert browser.get(path_of(archived, "exports", uuid)).status_code == 404
    CourseAccessRole.objects.all().update(role="none")
    assert support.get(path_of(archived, "exports")).status_code == 302


def test_a_form_needs_the_token_of_its_browser(support: Client, archived: Any) -> None:
    """As every form."""
    assert support.post(path_of(archived, "exports"), {"scope": "course", "format": "csv"}).status_code == 403


def test_a_site_without_a_place_says_so(support: Client, archived: Any, settings: Any) -> None:
    """And the page stays."""
    settings.ATTEMPTS_EXPORT_STORAGE = None
    answer = send(support, path_of(archived, "exports"), scope="course", format="csv")
    assert 400 <= answer.status_code < 500
    assert "alert-danger" in answer.content.decode()
