"""What somebody tried once, and what must stay as it is."""

from __future__ import annotations

import logging
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from oauth2_provider.models import AccessToken
from rest_framework.test import APIClient
from rest_framework.throttling import SimpleRateThrottle

from attempts import api
from attempts.data import LEARNER_ROLE, Provenance
from attempts.models import AttemptOperation, ResetPolicy
from sandbox.student.models import CourseAccessRole
from tests.attempts_api.conftest import ROOT, client_of, post
from tests.factories import (
    COURSE,
    LOOKALIKE,
    CertificateFactory,
    CourseGradeFactory,
    StateFactory,
    UserFactory,
    enrolled,
)

pytestmark = pytest.mark.django_db


def test_nobody_without_a_role_learns_whether_an_attempt_exists(learner: Any, reset: Any) -> None:
    """Uuids of attempts can be computed, so they are no secrets."""
    reset(learner)
    stranger = client_of(UserFactory())
    for path in ("operations/", "operations/preview/"):
        answers = [
            post(stranger, path, kind="activate", attempt=str(uuid), **words)
            for uuid in (api.attempts(learner, COURSE)[0].uuid, uuid4())
            for words in ({}, {"learner": learner.username}, {"course_id": str(COURSE)})
        ]
        assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(403, "permission_denied")}


def test_an_attempt_is_not_found_under_somebody_else_s_name(client: APIClient, learner: Any, reset: Any) -> None:
    """A word that is given counts, even alone."""
    reset(learner)
    other, uuid = enrolled(), api.attempts(learner, COURSE)[0].uuid
    who = f"learner={other.username}"
    for query in (who, f"course_id={LOOKALIKE}", f"{who}&course_id={COURSE}"):
        answer = client.get(f"{ROOT}/attempts/{uuid}/?{query}")
        assert (answer.status_code, answer.json()["code"]) == (404, "attempt_not_found")
    assert client.get(f"{ROOT}/attempts/{uuid}/?learner={learner.username}").status_code == 200


@pytest.mark.parametrize(
    ("stored", "state", "unreadable"),
    [
        ('{"a": [NaN, Infinity, 1.5]}', {"a": ["nan", "inf", 1.5]}, None),
        ('{"a": "\\ud83d", "\\ud83d": 1}', {"a": "?", "?": 1}, None),
        ("no json", None, "no json"),
        ("[1]", None, "[1]"),
        ("[" * 100_000, None, "[" * 100_000),
        ("", None, None),
    ],
)
def test_one_odd_row_does_not_hide_an_attempt(
    client: APIClient, learner: Any, stored: str, state: Any, unreadable: Any
) -> None:
    """Blocks store NaN, and learners half a character."""
    StateFactory(student=learner, state=stored)
    address = client.get(f"{ROOT}/learners/{learner.username}/").json()["courses"][0]["active_attempt"]["url"]
    path, _, query = address.partition("?")
    (found,) = client.get(f"{path}states/?{query}").json()["results"]
    assert (found["state"], found["unreadable"]) == (state, unreadable)


def test_what_a_refusal_tells_is_a_look_too(client: APIClient, learner: Any, caplog: pytest.LogCaptureFixture) -> None:
    """By the API and by the Support Tools."""
    CourseGradeFactory(user_id=learner.pk, passing=True)
    caplog.set_level(logging.INFO, "attempts.audit")
    words = {"kind": "reset", "learner": learner.username, "course_id": str(COURSE)}
    assert post(client, **words).status_code == 422
    support_tools = client.post(f"/support/course_reset/{learner.username}", words, format="json")
    assert support_tools.status_code == 400
    lines = [record.getMessage() for record in caplog.records if record.name == "attempts.audit"]
    assert len(lines) == 2
    assert all(f"learner={learner.pk} course_id={COURSE}" in line for line in lines)


def test_a_learner_cannot_take_back_what_staff_did_meanwhile(learner: Any, reset: Any, run: Any) -> None:
    """Not even when the worker is quicker than the request: the worker looks again."""
    api.change_policy({"learner_may_reset": True}, changed_by=None)
    own = {"requested_by": learner, "provenance": Provenance(role=LEARNER_ROLE)}
    run(api.request_reset(learner, COURSE, **own))
    undo = api.request_undo(learner, COURSE, **own)
    # As if staff's reset had been completed between the look and the writing of the request.
    AttemptOperation.objects.filter(kind="reset").update(requested_by=UserFactory(is_staff=True))
    failed = run(undo)
    assert (failed.status, failed.error_code) == ("failed", "requested_by_others")


def test_a_learner_s_limit_holds_whatever_she_takes_back(learner: Any, run: Any) -> None:
    """Else she could try again and again, and keep the best."""
    api.change_policy({"learner_may_reset": True, "max_resets": 2}, changed_by=None)
    client = client_of(learner)
    for kind in ("reset", "undo", "reset", "undo"):
        asked = post(client, "me/operations/", kind=kind, course_id=str(COURSE))
        assert asked.status_code == 202, asked.json()
        run(api.operation(asked.json()["uuid"]))
        StateFactory(student=learner)
    refused = post(client, "me/operations/", kind="reset", course_id=str(COURSE))
    assert (refused.status_code, refused.json()["reasons"][0]["code"]) == (422, "reset_limit_reached")
    (course,) = client.get(f"{ROOT}/me/attempts/").json()["courses"]
    assert (course["may_reset"], course["may_undo"]) == (False, True)
    assert api.eligibility(learner, COURSE).eligible


def test_what_a_learner_is_told_she_may_do_she_may(learner: Any, run: Any) -> None:
    """A certificate stops both; the answers agree with the list."""
    api.change_policy({"learner_may_reset": True}, changed_by=None)
    client = client_of(learner)
    run(api.operation(post(client, "me/operations/", kind="reset", course_id=str(COURSE)).json()["uuid"]))
    CertificateFactory(user=learner)
    (course,) = client.get(f"{ROOT}/me/attempts/").json()["courses"]
    assert (course["may_reset"], course["may_undo"]) == (False, False)
    for kind in ("reset", "undo"):
        refused = post(client, "me/operations/", kind=kind, course_id=str(COURSE))
        assert [reason["code"] for reason in refused.json()["reasons"]] == ["certificate_issued"]


@pytest.mark.parametrize("org", ["%20", "Org%20", "%00", "a b", "%C3%BC%2B"])
def test_what_is_no_organisation_has_no_policy(client: APIClient, org: str) -> None:
    """A blank at the end is none for MariaDB, and a policy of nobody would be that of everybody."""
    for answer in (
        client.get(f"{ROOT}/policies/orgs/{org}/"),
        client.patch(f"{ROOT}/policies/orgs/{org}/", {"active": True}, format="json"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_policy")
    assert not ResetPolicy.objects.exists()


def test_a_role_in_an_organisation_with_a_blank_is_none(learner: Any, reset: Any) -> None:
    """On every engine."""
    reset(learner)
    holder = UserFactory()
    CourseAccessRole.objects.create(user=holder, role="staff", org="Org ")
    assert client_of(holder).get(f"{ROOT}/attempts/").status_code == 403


def test_support_tools_answer_broken_words_themselves(client: APIClient, learner: Any) -> None:
    """With 400, as they should."""
    address = f"/support/course_reset/{learner.username}"
    assert client.post(address, "[" * 30_000, content_type="application/json").status_code == 400
    words = f'{{"course_id": "{COURSE}", "comment": "\\ud800"}}'
    assert client.post(address, words, content_type="application/json").json() == {"error": "The comment is not a text"}
    form = "&".join(f"a{number}=1" for number in range(2000))
    broken = client.post(address, form, content_type="application/x-www-form-urlencoded")
    assert (broken.status_code, broken["Content-Type"]) == (400, "application/json")
    for comment in (False, 0, [], {}):
        assert client.post(address, {"course_id": str(COURSE), "comment": comment}, format="json").status_code == 400
    assert client.post(address, {"course_id": str(COURSE)}, format="multipart").status_code == 201


def test_the_host_s_addresses_are_known_while_support_tools_are_answered(
    client: APIClient, learner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another middleware, or a task that runs at once, may ask for them."""
    asked = []
    monkeypatch.setattr("attempts_api.support_tools.views.log_read", lambda *_, **__: asked.append(reverse("home")))
    assert client.get(f"/support/course_reset/{learner.username}").status_code == 200
    assert asked == ["/"]


def test_without_the_cache_writes_go_on_unlimited(
    client: APIClient, learner: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """And the log says so."""

    class Away:
        def get(self, *_words: Any) -> None:
            raise ConnectionError("no cache")

    monkeypatch.setattr(SimpleRateThrottle, "cache", Away())
    asked = post(client, kind="reset", learner=learner.username, course_id=str(COURSE))
    assert asked.status_code == 202
    assert "writes are not limited" in caplog.text


def test_a_token_needs_the_scope_to_read_and_the_one_to_write(learner: Any) -> None:
    """One that was given for reading a profile does not read, nor reset, learners."""
    staff, words = UserFactory(is_staff=True), {"kind": "reset", "learner": learner.username, "course_id": str(COURSE)}
    for token, scope, read, write in (
        ("one", "profile email", 403, 403),
        ("two", "read profile", 200, 403),
        ("three", "readwrite", 403, 403),
        ("four", "read write", 200, 202),
    ):
        AccessToken.objects.create(user=staff, token=token, scope=scope, expires="2999-01-01T00:00:00Z")
        client = Client(headers={"Authorization": f"Bearer {token}"})
        assert client.get(f"{ROOT}/operations/").status_code == read
        answer = client.post(f"{ROOT}/operations/", words, content_type="application/json")
        assert answer.status_code == write, answer.json()


def test_the_host_s_own_settings_of_the_framework_change_nothing(
    client: APIClient, learner: Any, settings: Any
) -> None:
    """Times, versions and their like are ours."""
    before = client.get(f"{ROOT}/learners/{learner.username}/").json()
    settings.REST_FRAMEWORK = {
        **settings.REST_FRAMEWORK,
        "DATETIME_FORMAT": "%d/%m/%Y",
        "DATETIME_INPUT_FORMATS": ["%d/%m/%Y"],
        "DEFAULT_VERSIONING_CLASS": "rest_framework.versioning.NamespaceVersioning",
        "ALLOWED_VERSIONS": ["v9"],
        "EXCEPTION_HANDLER": "rest_framework.views.exception_handler",
    }
    assert client.get(f"{ROOT}/learners/{learner.username}/").json() == before
    assert client.get(f"{ROOT}/attempts/?opened_after=2026-01-01T00:00:00Z").status_code == 200
    assert client.get(f"{ROOT}/attempts/?number=x").json()["code"] == "invalid_request"
