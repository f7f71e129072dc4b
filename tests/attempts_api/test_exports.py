"""Exports over REST: who may have what, and the address of a file."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from freezegun import freeze_time
from rest_framework.test import APIClient

from attempts import api, tasks
from attempts.models import AttemptExport
from sandbox.student.models import CourseAccessRole
from tests.attempts.exports.reading import rows_in
from tests.attempts_api.conftest import ROOT, client_of, post
from tests.factories import COURSE, LOOKALIKE, StateFactory, UserFactory, enrolled

pytestmark = pytest.mark.django_db
STATES = {"course_id": str(COURSE), "datasets": ["states"], "format": "ndjson"}


@pytest.fixture(autouse=True)
def places(tmp_path: Path, settings: Any) -> None:
    """A storage of each test's own."""
    options = {"location": str(tmp_path / "storage")}
    settings.ATTEMPTS_EXPORT_STORAGE = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}


@pytest.fixture(autouse=True)
def learner(policy: Any) -> Any:
    """A learner with work in the course, and another one elsewhere."""
    other = enrolled(LOOKALIKE)
    StateFactory(student=other, course_id=LOOKALIKE)
    learner = enrolled(COURSE)
    StateFactory(student=learner)
    return learner


@pytest.fixture
def analyst(client_as: Callable[..., APIClient]) -> APIClient:
    """A data researcher of the course."""
    return client_as("data_researcher")


def done(client: APIClient, **words: Any) -> dict[str, Any]:
    """An export that was asked for and carried out."""
    asked = post(client, "exports/", **{**STATES, **words})
    assert asked.status_code == 202, asked.content
    tasks.run_export(asked.json()["uuid"])
    return client.get(asked["Location"]).json()


def path_of(address: str) -> str:
    """The path and the query of an address."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def test_asked_followed_and_fetched(analyst: APIClient, learner: Any, tmp_path: Path) -> None:
    """By anybody who has the address, with no other login."""
    asked = post(analyst, "exports/", **STATES)
    body = asked.json()
    assert (asked.status_code, asked["Location"]) == (202, body["url"])
    assert (body["status"], body["file_url"], body["course_id"]) == ("enqueued", None, str(COURSE))
    tasks.run_export(body["uuid"])
    found = analyst.get(asked["Location"]).json()
    assert (found["status"], found["rows"], found["error"]) == ("complete", {"states": 1}, None)
    assert found["progress"] == {"learners": 1, "of_learners": 1}
    answer = APIClient().get(path_of(found["file_url"]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert answer["Content-Disposition"] == f'attachment; filename="attempts-{body["uuid"]}.zip"'
    assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == ("private, no-store", "nosniff")
    ZipFile(io.BytesIO(answer.getvalue())).extractall(tmp_path)
    (row,) = rows_in(tmp_path / f"attempts-{body['uuid']}", "states")
    assert row["course_key"] == str(COURSE)
    assert learner.username not in json.dumps(row, default=str)
    assert [one["uuid"] for one in analyst.get(f"{ROOT}/exports/").json()["results"]] == [body["uuid"]]


@pytest.mark.parametrize(
    "words",
    [{"course_id": str(LOOKALIKE)}, {"course_id": None}, {"course_id": None, "org": "Org"}, {"identities": True}],
)
def test_an_analyst_of_one_course_gets_nothing_else(analyst: APIClient, words: dict[str, Any]) -> None:
    """Neither another course, nor the organisation, nor the site, nor who the learners are."""
    asked = {name: value for name, value in {**STATES, **words}.items() if value is not None}
    refused = post(analyst, "exports/", **asked)
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    assert not AttemptExport.objects.exists()


def test_a_learner_of_another_course_is_nobody(analyst: APIClient, learner: Any, settings: Any) -> None:
    """An export of one learner tells an analyst nothing of whom she has nothing to do with."""
    settings.ATTEMPTS_ROLES = {"course": {"data_researcher": ["export", "export_identities"]}}
    stranger = UserFactory()
    for name in (stranger.username, "nobody"):
        refused = post(analyst, "exports/", **STATES, learner=name)
        assert (refused.status_code, refused.json()["code"]) == (404, "learner_not_found")
    assert done(analyst, learner=learner.username)["rows"] == {"states": 1}


@pytest.mark.parametrize("role", ["instructor", "staff", "limited_staff", "beta_testers"])
def test_others_of_the_course_team(client_as: Callable[..., APIClient], analyst: APIClient, role: str) -> None:
    """May neither ask nor look."""
    somebody, export = client_as(role), done(analyst)
    assert post(somebody, "exports/", **STATES).status_code == 403
    for path in ("exports/", f"exports/{export['uuid']}/"):
        assert somebody.get(f"{ROOT}/{path}").status_code == 403
    assert post(somebody, f"exports/{export['uuid']}/cancel/").status_code == 403


def test_exports_of_others(client_as: Callable[..., APIClient], analyst: APIClient, client: APIClient) -> None:
    """Are not there, for another analyst of the course and for support either."""
    export = done(analyst)
    for other in (client_as("data_researcher"), client):
        assert other.get(f"{ROOT}/exports/").json()["results"] == []
        for answer in (
            other.get(f"{ROOT}/exports/{export['uuid']}/"),
            post(other, f"exports/{export['uuid']}/cancel/"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "export_not_found")


def test_identities_need_a_right_of_their_own(client: APIClient, settings: Any, learner: Any, tmp_path: Path) -> None:
    """Support of the whole site has it not, by default; staff has."""
    supporter = UserFactory()
    CourseAccessRole.objects.create(user=supporter, role="support", org="")
    assert post(client_of(supporter), "exports/", **STATES).status_code == 202
    refused = post(client_of(supporter), "exports/", **STATES, identities=True)
    assert (refused.status_code, "export_identities" in refused.json()["detail"]) == (403, True)
    found = done(client, identities=True)
    ZipFile(io.BytesIO(APIClient().get(path_of(found["file_url"])).getvalue())).extractall(tmp_path)
    (person,) = rows_in(tmp_path / f"attempts-{found['uuid']}", "people")
    assert person["username"] == learner.username


def test_a_right_that_has_gone(analyst: APIClient) -> None:
    """Closes the address that was given out while it was there, and the list."""
    export = done(analyst)
    CourseAccessRole.objects.filter(user=analyst.user).update(role="beta_testers")
    refused = APIClient().get(path_of(export["file_url"]))
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    assert analyst.get(f"{ROOT}/exports/").status_code == 403


def test_an_account_that_was_closed(analyst: APIClient) -> None:
    """Has no files."""
    export = done(analyst)
    analyst.user.is_active = False
    analyst.user.save()
    assert APIClient().get(path_of(export["file_url"])).status_code == 403


def test_addresses_that_are_not_good(analyst: APIClient) -> None:
    """Of another export, made up, cut off, or an hour old."""
    export, other = done(analyst), done(analyst)
    good = path_of(export["file_url"])
    signature = good.partition("signature=")[2]
    addresses = [
        path_of(other["file_url"]).partition("?")[0] + f"?signature={signature}",
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        good.partition("?")[0] + "?signature=x",
        good.replace(export["uuid"], "nothing"),
        good.replace(export["uuid"], str(uuid4())),
    ]
    for address in addresses:
        refused = APIClient().get(address)
        assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied"), address
    assert APIClient().get(good.partition("?")[0]).status_code == 400
    with freeze_time(timezone.now() + timedelta(seconds=3700)):
        assert APIClient().get(good).status_code == 403
        again = analyst.get(f"{ROOT}/exports/{export['uuid']}/").json()["file_url"]
        assert APIClient().get(path_of(again)).status_code == 200


def test_a_file_that_has_gone(analyst: APIClient) -> None:
    """Is said to have, by an address that is still good; the export tells no address any more."""
    export = done(analyst)
    AttemptExport.objects.update(expires_at=timezone.now())
    gone = APIClient().get(path_of(export["file_url"]))
    assert (gone.status_code, gone.json()["code"]) == (409, "export_expired")
    assert analyst.get(f"{ROOT}/exports/{export['uuid']}/").json()["file_url"] is None


def test_cancel(analyst: APIClient) -> None:
    """Once."""
    asked = post(analyst, "exports/", **STATES).json()
    assert post(analyst, f"exports/{asked['uuid']}/cancel/").json()["status"] == "canceled"
    again = post(analyst, f"exports/{asked['uuid']}/cancel/")
    assert (again.status_code, again.json()["code"]) == (409, "export_ended")
    tasks.run_export(asked["uuid"])
    assert analyst.get(f"{ROOT}/exports/{asked['uuid']}/").json()["status"] == "canceled"


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        ({"format": "xlsx"}, 400, "invalid_request"),
        ({"format": None}, 400, "invalid_request"),
        ({"datasets": []}, 400, "invalid_request"),
        ({"datasets": ["people"]}, 400, "invalid_request"),
        ({"identities": 1}, 400, "invalid_request"),
        ({"identities": "yes"}, 400, "invalid_request"),
        ({"org": "Org"}, 400, "invalid_export"),
        ({"course_id": "course-v1:No+Such+Course"}, 404, "course_not_found"),
        ({"course_id": "Org/Course/Run"}, 400, "deprecated_course_key"),
        ({"learner": "nobody"}, 404, "learner_not_found"),
        ({"everything": True}, 400, "invalid_request"),
    ],
)
def test_words_that_make_no_sense(client: APIClient, words: dict[str, Any], status: int, code: str) -> None:
    """Are refused at once, and nothing is written."""
    refused = post(client, "exports/", **{**STATES, **words})
    assert (refused.status_code, refused.json()["code"]) == (status, code), refused.content
    assert not AttemptExport.objects.exists()


def test_a_site_without_a_place(client: APIClient, settings: Any) -> None:
    """Says what an operator has to do."""
    settings.ATTEMPTS_EXPORT_STORAGE = None
    refused = post(client, "exports/", **STATES)
    assert (refused.status_code, refused.json()["code"]) == (409, "exports_not_configured")


def test_who_looked_is_logged(analyst: APIClient, caplog: Any) -> None:
    """Who asked for what, by which right, and each time that the file is fetched; no names."""
    with caplog.at_level(logging.INFO, "attempts.audit"):
        export = done(analyst)
        APIClient().get(path_of(export["file_url"]))
    lines = [record.getMessage() for record in caplog.records if record.name == "attempts.audit"]
    assert f"resource=export actor={analyst.user.pk}" in lines[0]
    assert f"export={export['uuid']}" in lines[0]
    assert "identities=False" in lines[0]
    assert "resource=export_file" in lines[-1]
    assert f"requested_by={analyst.user.pk}" in lines[-1]
    row = AttemptExport.objects.get()
    assert (row.role, bool(row.client), bool(row.request_id)) == ("data_researcher of the course", True, True)


def test_how_many_one_may_ask_for(analyst: APIClient, settings: Any) -> None:
    """So that one account cannot keep all workers busy."""
    settings.ATTEMPTS_API_THROTTLE_RATES = {"export": "2/hour"}
    assert [post(analyst, "exports/", **STATES).status_code for _ in range(3)] == [202, 202, 429]


def test_a_page_has_a_constant_number_of_statements(analyst: APIClient) -> None:
    """However many exports there are on it."""
    counts = []
    for number in (1, 5):
        while AttemptExport.objects.count() < number:
            api.request_export(api.export_query(course_key=COURSE), requested_by=analyst.user)
        with CaptureQueriesContext(connection) as queries:
            assert len(analyst.get(f"{ROOT}/exports/").json()["results"]) == number
        counts.append(len(queries))
    assert counts[0] == counts[1] < 10


def test_a_pseudonym_of_somebody_named(
    client_as: Callable[..., APIClient], learner: Any, settings: Any, tmp_path: Path
) -> None:
    """Whoever may not learn whose the pseudonyms are cannot ask for the export of one learner by name."""
    settings.ATTEMPTS_ROLES = {"course": {"data_researcher": ("export",)}}
    analyst = client_as("data_researcher")
    refused = post(analyst, "exports/", **STATES, learner=learner.username)
    assert refused.status_code == 403, refused.content
