"""Whoever means the console harm, and a site that is not well: refused with a sentence, and never an error of ours."""

from __future__ import annotations

import html
import json
import re
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.test import Client

from attempts import api
from attempts.models import AttemptOperation
from sandbox.course_overviews.models import CourseOverview
from tests.attempts_api.console.conftest import PART, browser_of, send
from tests.factories import COURSE, LOOKALIKE, StateFactory, UserFactory, enrolled

pytestmark = pytest.mark.django_db
RESET = f"learners/known/courses/{COURSE}/reset/"
PAGES = (
    "",
    "me/",
    f"me/courses/{COURSE}/",
    f"me/courses/{COURSE}/reset/",
    "learners/",
    "learners/known/",
    f"learners/known/courses/{COURSE}/",
    RESET,
    f"learners/known/courses/{COURSE}/undo/",
    "courses/",
    f"courses/{COURSE}/",
    f"courses/{COURSE}/learners/",
    f"courses/{COURSE}/operations/",
    f"courses/{COURSE}/policy/",
    f"courses/{COURSE}/report/",
    "policies/instance/",
    "policies/orgs/Org/",
    "operator/",
    "operator/operations/",
    "operator/coverage/",
    "operator/versions/",
    f"operator/verify/?learner=known&course_id={quote(str(COURSE))}",
    "attempts/{first}/",
    "attempts/{first}/blocks/{block}/",
    "attempts/{first}/blocks/{block}/state/",
    "attempts/{first}/compare/{second}/",
    "attempts/{first}/compare/{second}/blocks/{block}/",
    "attempts/{first}/exports/",
    "attempts/{first}/appeal-pack/",
)
FORMS = (
    f"me/courses/{COURSE}/reset/",
    RESET,
    f"courses/{COURSE}/policy/",
    "policies/instance/",
    "operator/recover/",
    "attempts/{first}/exports/",
)


@pytest.fixture
def known(policy: Any, reset: Any) -> dict[str, Any]:
    """A learner with two attempts, and what is in the addresses of their pages."""
    policy.learner_may_reset = policy.course_team_may_reset = True
    policy.save()
    learner = enrolled(username="known")
    state = StateFactory(student=learner, state='{"student_answers": {"x_2_1": "<script>alert(1)</script>"}}')
    block = str(state.module_state_key)
    reset(learner)
    StateFactory(student=learner, module_state_key=block)
    first, second = api.attempts(learner, COURSE)
    return {"learner": learner, "first": first.uuid, "second": second.uuid, "block": block}


def text_of(answer: Any) -> str:
    """Return what an answer says, and have its file closed."""
    content = answer.getvalue()
    return content.decode(errors="replace")


def opened(browser: Client, known: dict[str, Any], **headers: str) -> dict[str, str]:
    """Open every page; return those that are errors: which, and what is told."""
    browser.raise_request_exception = False
    errors = {}
    for path in PAGES:
        answer = browser.get(f"/attempts/{path.format(**known)}", **headers)
        text = text_of(answer)
        assert "<script>alert" not in text or "html" not in answer["Content-Type"], path
        if answer.status_code >= 400:
            assert "alert-danger" in text, (path, answer.status_code)
            assert answer.status_code in (403, 404, 409, 422, 503), (path, answer.status_code)
            errors[path] = f"{answer.status_code} {text}"
    return errors


# ---------------------------------------------------------------------------------------------------------------------
# A site that is not well


@pytest.mark.parametrize("state", ["restored", "retired", "switched", "nameless"])
def test_what_becomes_of_a_learner(support: Client, known: Any, state: str) -> None:
    """Keys restored for an uninstall, a learner who has left, one who is being switched, a course without a name."""
    learner = known["learner"]
    if state == "restored":
        api.restore_keys(back=False)
    elif state == "retired":
        api.retire(learner)
    elif state == "switched":
        api.request_undo(learner, COURSE, requested_by=None, override=["worked_since"])
    else:
        CourseOverview.objects.update(display_name=None)
    for headers in ({"HTTP_ACCEPT_LANGUAGE": "xx"}, PART):
        assert not [path for path, told in opened(support, known, **headers).items() if told.startswith("503")]


def test_stores_that_cannot_be_loaded(support: Client, known: Any, settings: Any) -> None:
    """Whoever can have it mended is told what it is; a learner is not."""
    settings.ATTEMPTS_STORES = ["no_such_module.Store"]
    errors = opened(support, known)
    assert "no_such_module" in errors["operator/versions/"]
    assert "no_such_module" in errors["operator/coverage/"]
    assert "operator/" not in errors
    own = opened(browser_of(known["learner"]), known, **PART)["me/"]
    assert own.startswith("503")
    assert "not set up rightly" in own
    assert "no_such_module" not in own


@pytest.mark.parametrize("after", [3, 9])
def test_a_database_that_goes_away(support: Client, known: Any, after: int) -> None:
    """Once the host knows who asks; before that, and at its last words, it is the host that speaks with it."""
    left, refused = after, 0

    def away(execute: Any, sql: str, *words: Any) -> Any:
        nonlocal left
        left -= 1
        if left < 0 and "SAVEPOINT" not in sql:
            raise OperationalError("db.internal has gone away")
        return execute(sql, *words)

    support.raise_request_exception = False
    for path in PAGES:
        left = after
        with connection.execute_wrapper(away):
            answer = support.get(f"/attempts/{path.format(**known)}")
        text = text_of(answer)
        assert answer.status_code < 500 or (answer.status_code == 503 and "did not answer" in text), path
        refused += answer.status_code == 503
        assert "db.internal" not in text
    assert refused


# ---------------------------------------------------------------------------------------------------------------------
# What may not be known or done


def test_a_course_team_cannot_find_out_who_has_an_account(browser_as: Any, known: Any) -> None:
    """Nobody by that name, somebody elsewhere, and somebody who never came are told apart by no page."""
    team = browser_as("instructor")
    UserFactory(username="elsewhere", email="elsewhere@example.com")
    foreign = api.attempts(enrolled(LOOKALIKE, username="other"), LOOKALIKE)[0].uuid
    asked = (
        f"attempts/{known['first']}/?learner=NAME",
        f"attempts/{foreign}/?learner=NAME",
        *(f"attempts/{foreign}/?learner=NAME&course={quote(str(key))}" for key in (COURSE, LOOKALIKE)),
        "learners/?q=NAME",
        "learners/NAME/",
        *(f"learners/NAME/courses/{key}/{kind}" for key in (COURSE, LOOKALIKE) for kind in ("", "reset/", "undo/")),
    )

    def told(name: str) -> list[tuple[str, int, str]]:
        answers = [(path, team.get(f"/attempts/{path.replace('NAME', name)}", **PART)) for path in asked]
        for path in asked[-5:]:
            form = {"why": "illness", "idempotency_key": str(uuid4())}
            answers.append((path, send(team, f"/attempts/{path.replace('NAME', name)}", **form)))
        return [(path, one.status_code, text_of(one).replace(name, "NAME")) for path, one in answers]

    nobody = told("nobody-of-that-name")
    for name in ("elsewhere", "elsewhere@example.com", "other"):
        assert told(name) == nobody


@pytest.mark.parametrize("how", ["no token", "wrong token", "other cookie", "referer", "no referer", "origin"])
def test_forms_of_other_sites(support: Client, known: Any, how: str) -> None:
    """Are refused by every view that has a form, through TLS as well."""
    words = {"csrfmiddlewaretoken": "t" * 32, "why": "illness", "idempotency_key": str(uuid4()), "active": "no"}
    headers: dict[str, Any] = {"secure": True, "HTTP_REFERER": "https://testserver/attempts/"}
    support.cookies["csrftoken"] = "v" * 32 if how == "other cookie" else "t" * 32
    if how == "no token":
        del words["csrfmiddlewaretoken"]
    elif how == "wrong token":
        words["csrfmiddlewaretoken"] = "u" * 32
    elif how == "origin":
        headers["HTTP_ORIGIN"] = "https://evil.example"
    elif how == "no referer":
        del headers["HTTP_REFERER"]
    elif how == "referer":
        headers["HTTP_REFERER"] = "https://evil.example/attempts/"
    before = AttemptOperation.objects.count()
    for path in FORMS:
        for part in ({}, PART):
            answer = support.post(f"/attempts/{path.format(**known)}", words, **headers, **part)
            assert answer.status_code == 403
            assert "older than your login" in text_of(answer)
    assert AttemptOperation.objects.count() == before
    assert api.own_policy().values["active"] is True


def test_a_key_that_was_used_for_somebody_else(support: Client, known: Any) -> None:
    """Asks for nothing, and shows nothing of the other's operation; nor does anybody's undo touch it."""
    other = enrolled(username="other")
    words = {"idempotency_key": str(uuid4()), "why": "illness"}
    latest = str(AttemptOperation.objects.latest("pk").uuid)
    assert send(support, f"/attempts/{RESET}", latest=latest, **words).status_code == 200
    mine = AttemptOperation.objects.latest("pk")
    answer = send(support, f"/attempts/learners/other/courses/{COURSE}/reset/", **words)
    assert (answer.status_code, AttemptOperation.objects.latest("pk")) == (409, mine)
    assert "known" not in text_of(answer)
    assert send(browser_of(other), f"/attempts/me/courses/{COURSE}/undo/", **words).status_code in (409, 422)
    assert AttemptOperation.objects.latest("pk") == mine


# ---------------------------------------------------------------------------------------------------------------------
# The shape of answers


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_methods_that_a_page_does_not_take(support: Client, method: str) -> None:
    """Are told in a sentence, with those that it takes."""
    support.cookies["csrftoken"] = "t" * 32
    answer = support.generic(method, "/attempts/courses/", HTTP_X_CSRFTOKEN="t" * 32, **PART)
    assert answer.status_code == 405
    assert f"&quot;{method}&quot; not allowed" in text_of(answer)
    assert "GET" in answer["Allow"]


def test_names_of_any_length_leave_headers_short(support: Client, known: Any) -> None:
    """A proxy gives up on those that are longer than a few kilobytes; and none has a line of its own in them."""
    CourseOverview.objects.update(display_name="\u0639\r\nX-Evil: 1 " * 1000)
    latest = str(AttemptOperation.objects.latest("pk").uuid)
    answer = send(support, f"/attempts/{RESET}", why="illness", idempotency_key=str(uuid4()), latest=latest)
    assert answer.status_code == 200
    assert "X-Evil" not in answer.headers
    assert json.loads(answer["HX-Trigger"])["console:say"].startswith("Asked for: reset of known in \u0639")
    assert sum(len(name) + len(value) for name, value in answer.headers.items()) < 3000


# ---------------------------------------------------------------------------------------------------------------------
# Names that hosts gave


def links_of(answer: Any, start: str) -> list[str]:
    """Return the addresses that a page leads to, of those that begin with something."""
    found = re.findall(r'(?:href|hx-get)="([^"#]+)', text_of(answer))
    return [address for address in map(html.unescape, found) if address.startswith(start)]


def test_a_key_that_is_no_word_of_an_address(support: Client, policy: Any, reset: Any) -> None:
    """Old data has blocks of other courses; one whose key has slashes does not take the page of the others away."""
    learner = enrolled()
    for answer in "ab":
        state = f'{{"student_answers": {{"x_2_1": "{answer}"}}}}'
        StateFactory(student=learner, module_state_key="i4x://Org/Course/problem/old", state=state)
        reset(learner)
    first, second, _third = api.attempts(learner, COURSE)
    places = links_of(support.get(f"{address_of(first)}blocks/problem/"), f"{address_of(first)}blocks/")
    block = next(place for place in places if "i4x" in place)
    both = f"{address_of(first)}compare/{second.uuid}/"
    beside = links_of(support.get(both), f"{both}blocks/")
    for address in (block, f"{block}state/", beside[0]):
        assert "x_2_1" in text_of(support.get(address))


@pytest.mark.parametrize("name", ["a/b", "50%", "%2F", "a b?c#d"])
def test_learners_whose_names_are_no_words_of_an_address(support: Client, policy: Any, reset: Any, name: str) -> None:
    """Are found, have a page, and so have their attempts."""
    learner = enrolled(username=name, email="odd@example.com")
    reset(learner)
    answer = support.get("/attempts/learners/", {"q": "odd@example.com"}, follow=True)
    assert (answer.status_code, answer.context["learner"].username) == (200, name)
    page = support.get(address_of(api.attempts(learner, COURSE)[0]))
    assert support.get(links_of(page, "/attempts/learners/")[-1]).context["learner"].username == name


def address_of(attempt: Any) -> str:
    """Return the address of the page of an attempt."""
    return f"/attempts/attempts/{attempt.uuid}/"
