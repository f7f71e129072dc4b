"""Whoever may call the API, and wants more than that."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from attempts import api
from attempts.exceptions import LearnerNotFound
from attempts.models import AttemptOperation, ResetPolicy
from tests.attempts_api.conftest import ROOT, client_of, post
from tests.factories import COURSE, LOOKALIKE, StateFactory, UserFactory, enrolled

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"
#: Columns of operations and policies that a caller has no business to set.
ASSIGNED = {
    "status": "complete",
    "requested_by": 1,
    "role": "support",
    "client": "manage.py",
    "request_id": "forged",
    "provenance": {"role": "operator"},
    "uuid": "00000000-0000-0000-0000-000000000000",
    "id": 1,
    "pk": 1,
    "in_flight": None,
    "undoes": 1,
    "from_attempt": 1,
    "to_attempt": 1,
    "created": "2000-01-01T00:00:00Z",
    "completed_at": "2000-01-01T00:00:00Z",
    "learner_id": 1,
    "idempotency_key": "forged",
    "overridden": ["learner_passing"],
    "rows": {},
    "error": "forged",
    "from_course_settings": ["active"],
    "history_user": 1,
    "__class__": "x",
}


@pytest.mark.parametrize("word", ASSIGNED)
def test_words_that_are_columns_are_not_taken(client: APIClient, learner: Any, word: str) -> None:
    """Mass assignment: by staff, by a learner, to operations and policies, in JSON and in a form."""
    api.change_policy({"learner_may_reset": True}, changed_by=None)
    before = api.own_policy().values
    own = {"kind": "reset", "course_id": str(COURSE), word: ASSIGNED[word]}
    reset, rules = {**own, "learner": learner.username}, {"max_resets": 7, word: ASSIGNED[word]}
    answers = [
        client.post(f"{ROOT}/operations/", reset, format="json"),
        client.post(f"{ROOT}/operations/", urlencode(reset), content_type=FORM),
        client.post(f"{ROOT}/operations/preview/", reset, format="json"),
        client_of(learner).post(f"{ROOT}/me/operations/", own, format="json"),
        client.patch(f"{ROOT}/policies/instance/", rules, format="json"),
        client.put(f"{ROOT}/policies/orgs/Org/", rules, format="json"),
    ]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(400, "invalid_request")}
    assert all(answer.json()["detail"].startswith(f"{word}: ") for answer in answers)
    assert not AttemptOperation.objects.exists()
    assert api.own_policy().values == before
    assert not ResetPolicy.objects.filter(org="Org").exists()


@pytest.mark.parametrize("word", ["learner", "override", "attempt"])
def test_a_learner_cannot_name_somebody_else_or_override(learner: Any, word: str) -> None:
    """Her own address takes neither."""
    api.change_policy({"learner_may_reset": True}, changed_by=None)
    other = enrolled()
    value = {"learner": other.username, "override": ["worked_since"], "attempt": str(uuid4())}[word]
    answer = post(client_of(learner), "me/operations/", kind="reset", course_id=str(COURSE), **{word: value})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert not AttemptOperation.objects.exists()


def test_a_key_of_somebody_else_gives_nothing_of_hers(client: APIClient, learner: Any, run: Any) -> None:
    """Neither her operation nor its answer, however the key is written."""
    first = post(client, key="ticket-1", kind="reset", learner=learner.username, course_id=str(COURSE))
    run(api.operation(first.json()["uuid"]))
    StateFactory(student=learner)
    other = client_of(UserFactory(is_staff=True))
    stored = AttemptOperation.objects.get().idempotency_key
    assert stored == f"{client.user.pk}:ticket-1"
    for key in ("ticket-1", stored, f" {stored}".strip(), f"{other.user.pk}:ticket-1"):
        answer = post(other, key=key, kind="reset", learner=learner.username, course_id=str(LOOKALIKE))
        assert answer.status_code != 202, "there is no such enrolment, so only the other's operation could be answered"
        assert first.json()["uuid"] not in answer.content.decode()


def test_a_key_used_again_for_another_learner_tells_nothing_of_the_first(client: APIClient, learner: Any) -> None:
    """The same caller, with her own key: refused."""
    assert post(client, key="k", kind="reset", learner=learner.username, course_id=str(COURSE)).status_code == 202
    other = enrolled()
    answer = post(client, key="k", kind="reset", learner=other.username, course_id=str(COURSE))
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_mismatch")
    assert learner.username not in answer.content.decode()


def statements(client: APIClient, path: str, **words: Any) -> tuple[int, str, int]:
    """How a request is answered, and in how many statements."""
    with CaptureQueriesContext(connection) as seen:
        answer = post(client, path, **words) if words else client.get(f"{ROOT}/{path}")
    return answer.status_code, answer.json()["code"], len(seen)


def test_who_may_not_look_costs_the_same_whoever_is_there(learner: Any, reset: Any, client_as: Any) -> None:
    """Enumeration: for those without a right, code and number of statements do not depend on what there is."""
    reset(learner)
    there, course = api.attempts(learner, COURSE)[0].uuid, {"course_id": str(COURSE)}
    operation = AttemptOperation.objects.get().uuid
    pairs = {
        "learners/{}/": (learner.username, "nobody"),
        "learners/{}/ ": (learner.email, "nobody@example.com"),
        "attempts/{}/": (there, uuid4()),
        "attempts/{}/states/": (there, uuid4()),
        "operations/{}/": (operation, uuid4()),
        "me/operations/{}/": (operation, uuid4()),
    }
    for client in (client_of(UserFactory()), client_as("instructor", LOOKALIKE)):
        for path, (exists, absent) in pairs.items():
            found = {statements(client, path.strip().format(one)) for one in (exists, absent)}
            codes = {(status, code) for status, code, _ in found}
            assert len(codes) == 1, (path, found)
            assert codes <= {
                (403, "permission_denied"),
                (404, "learner_not_found"),
                (404, "attempt_not_found"),
                (404, "operation_not_found"),
            }, found
        for name in (learner.username, "nobody"):
            assert statements(client, "operations/", kind="reset", learner=name, **course)[:2] == (
                403,
                "permission_denied",
            )
    team = client_as("instructor", LOOKALIKE)
    for exists, absent in list(pairs.values())[:2]:
        theirs, nobody = (statements(team, f"learners/{name}/") for name in (exists, absent))
        assert theirs == nobody == (404, "learner_not_found", theirs[2])
        said = [team.get(f"{ROOT}/learners/{name}/").json()["detail"].replace(name, "X") for name in (exists, absent)]
        assert said[0] == said[1]
    stranger = client_of(UserFactory())
    for path, (exists, absent) in pairs.items():
        if not path.startswith("me/"):
            assert len({statements(stranger, path.strip().format(one)) for one in (exists, absent)}) == 1, path


def test_a_cursor_of_somebody_else_shows_no_more(client: APIClient, client_as: Any, reset: Any) -> None:
    """It says where to go on, not what may be seen."""
    for course_key in (LOOKALIKE, COURSE, LOOKALIKE, COURSE):
        api.change_policy({"active": True}, changed_by=None)
        reset(enrolled(course_key), course_key)
    for path in ("attempts/", "operations/"):
        theirs = client.get(f"{ROOT}/{path}?page_size=1").json()["next"]
        mine = client_as("instructor")
        seen, address = set(), theirs.replace("page_size=1", "page_size=50")
        found = mine.get(address).json()
        seen |= {one["course_id"] for one in found["results"]}
        assert seen <= {str(COURSE)}, path
        assert found["results"], "the instructor has some of her own there"


def test_no_answer_about_learners_may_be_kept_on_the_way(client: APIClient, learner: Any) -> None:
    """Not by a proxy, nor by a browser on a shared computer; errors included. The description of the API may be."""
    for answer in (
        client.get(f"{ROOT}/learners/{learner.username}/"),
        client.get(f"{ROOT}/learners/nobody/"),
        client.get(f"{ROOT}/me/attempts/"),
        client.get(f"/support/course_reset/{learner.username}"),
        post(client, kind="reset", learner=learner.username, course_id=str(COURSE)),
    ):
        assert set(answer["Cache-Control"].split(", ")) == {"private", "no-store"}
    assert "Cache-Control" not in client.get(f"{ROOT}/schema/")


def test_an_unforeseen_error_tells_nothing(
    client: APIClient, learner: Any, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """Outside of DEBUG: not what went wrong, nor where."""
    settings.DEBUG = False

    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("mysql://lms:hunter2@db/edxapp")

    monkeypatch.setattr(api, "courses", fail)
    client.raise_request_exception = False
    for path in (f"{ROOT}/learners/{learner.username}/", f"/support/course_reset/{learner.username}"):
        answer = client.get(path)
        assert answer.status_code == 500
        assert not any(word in answer.content for word in (b"hunter2", b"RuntimeError", b"Traceback", b"attempts_api"))


def test_another_host_is_not_built_into_addresses(client: APIClient, learner: Any) -> None:
    """A mail or a cache could carry them on."""
    answer = client.get(f"{ROOT}/learners/{learner.username}/", headers={"Host": "evil.example.com"})
    assert answer.status_code == 400
    forwarded = client.get(f"{ROOT}/learners/{learner.username}/", headers={"X-Forwarded-Host": "evil.example.com"})
    assert forwarded.status_code == 200
    assert "evil" not in forwarded.content.decode()


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("mike@example.org", "m\u0131ke@example.org"),
        ("mike@example.org", "MIKE@example.org\u0000"),
        ("stra\u00dfe@example.org", "strasse@example.org"),
        ("k@example.org", "\u212a@example.org"),
        ("abc@example.org", "%"),
        ("abc@example.org", "___@example.org"),
        ("abc@example.org", "abc@example.org "),
    ],
)
def test_a_name_that_looks_like_another_is_nobody_s(db: None, address: str, name: str) -> None:
    """Letters that some engine or function takes for others, and wildcards."""
    UserFactory(email=address)
    with pytest.raises(LearnerNotFound):
        api.user(name)


def test_html_for_the_support_tools_is_data(client: APIClient, learner: Any) -> None:
    """A browser that opens the address by itself shows no page."""
    script = "<script>alert(1)</script>"
    address = f"/support/course_reset/{learner.username}"
    asked = client.post(address, {"course_id": str(COURSE), "comment": script}, format="json")
    assert asked.status_code == 201
    for answer in (asked, client.get(address), client.get(address, headers={"Accept": "text/html"})):
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Type"] == "application/json"
    assert script in json.dumps(client.get(address).json())


def test_a_form_of_another_site_writes_nothing(learner: Any) -> None:
    """CSRF: a session, and a form without its token, to every address that writes."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(UserFactory(is_staff=True, is_superuser=True))
    words = {"kind": "reset", "learner": learner.username, "course_id": str(COURSE)}
    elsewhere = {"Origin": "https://evil.example.com", "Referer": "https://evil.example.com/"}
    addresses = [f"{ROOT}/operations/", f"{ROOT}/operations/preview/", f"{ROOT}/me/operations/"]
    addresses.append(f"/support/course_reset/{learner.username}")
    for address in addresses:
        answer = browser.post(address, words, headers=elsewhere)
        assert answer.status_code == 403, address
        assert "Access-Control-Allow-Origin" not in answer
    # A form cannot send another type, but an old browser's plug-in could.
    for kind in ("text/plain", "application/json"):
        assert browser.post(addresses[0], json.dumps(words), content_type=kind, headers=elsewhere).status_code == 403
    for method in (browser.put, browser.patch):
        assert method(f"{ROOT}/policies/instance/", "{}", content_type="application/json").status_code == 403
    assert not AttemptOperation.objects.exists()
