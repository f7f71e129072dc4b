"""Appeal packs over REST: who gets one, what is sent, and what is sent when it cannot be made."""

from __future__ import annotations

import io
import json
import re
import tracemalloc
from collections.abc import Callable
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest
from rest_framework.test import APIClient, APIRequestFactory, force_authenticate

from attempts import api
from attempts.exceptions import OperationInFlight
from attempts_api.v1.views import downloads
from attempts_api.v1.views.packs import AppealPackView
from sandbox.student.models import CourseAccessRole
from tests.attempts_api.conftest import ROOT, client_of
from tests.factories import COURSE, LOOKALIKE, StateFactory, UserFactory, enrolled

pytestmark = pytest.mark.django_db
ANSWER = "what she answered"


@pytest.fixture
def archived(learner: Any, reset: Any) -> Any:
    """An archived attempt with an answer."""
    StateFactory(student=learner, state=json.dumps({"student_answers": {"a": ANSWER}}))
    reset(learner)
    return api.attempts(learner, COURSE)[0]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The files that packs are written to."""
    files: list[Any] = []

    def open_file() -> Any:
        files.append(temporary_file())
        return files[-1]

    temporary_file = downloads.TemporaryFile
    monkeypatch.setattr(downloads, "TemporaryFile", open_file)
    return files


def address(attempt: Any) -> str:
    """Where its pack is."""
    return f"{ROOT}/attempts/{getattr(attempt, 'uuid', attempt)}/appeal-pack/"


def data_of(answer: Any) -> Any:
    """The JSON in a pack that was sent."""
    with ZipFile(io.BytesIO(answer.getvalue())) as pack:
        assert pack.testzip() is None
        return json.loads(pack.read("attempt.json"))


def test_a_pack_is_a_file(client: APIClient, archived: Any, opened: list[Any]) -> None:
    """Whole, with a name; nobody keeps it on the way, no browser takes it for something else, nothing is left of it."""
    answer = client.get(address(archived))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    name = f"attempt-1_{archived.learner.username}_course-v1_Org_Course_Run.zip"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert set(answer["Cache-Control"].split(", ")) == {"private", "no-store"}
    assert (answer["X-Content-Type-Options"], bool(answer["X-Request-ID"])) == ("nosniff", True)
    content = answer.getvalue()
    assert int(answer["Content-Length"]) == len(content)
    with ZipFile(io.BytesIO(content)) as pack:
        assert pack.namelist() == ["attempt.json", "attempt.html"]
        assert ANSWER in pack.read("attempt.html").decode()
    assert [file.closed for file in opened] == [True]


@pytest.mark.parametrize(
    ("username", "said"),
    [
        ("../../etc/passwd", 'filename="attempt-1_.._.._etc_passwd_course-v1_Org_Course_Run.zip"'),
        ('a"; filename="b\r\nX-Evil: 1', 'filename="attempt-1_a_filename_b_X-Evil_1_course-v1_Org_Course_Run.zip"'),
        ("\u202egpj.exe", 'filename="attempt-1__gpj.exe_course-v1_Org_Course_Run.zip"'),
        (
            "Дина",
            "filename*=utf-8''attempt-1_%D0%94%D0%B8%D0%BD%D0%B0_course-v1_Org_Course_Run.zip",
        ),
        ("\U00020000" * 100, f"filename*=utf-8''attempt-1_{'%F0%A0%80%80' * 47}.zip"),
    ],
    ids=["path", "header", "direction", "script", "length"],
)
def test_its_name_is_one_that_every_system_takes(client: APIClient, archived: Any, username: str, said: str) -> None:
    """Whatever the learner is called."""
    api.user(archived.learner.id).__class__.objects.filter(pk=archived.learner.id).update(username=username)
    answer = client.get(address(archived))
    assert answer["Content-Disposition"] == f"attachment; {said}"
    assert "X-Evil" not in answer.headers
    assert data_of(answer)["learner"]["username"] == username


def test_who_may_have_one(client_as: Callable[..., APIClient], archived: Any, learner: Any) -> None:
    """Whoever may see what is in the attempts of the course; those of other courses are not there for her."""
    answer = client_as("data_researcher").get(address(archived))
    assert data_of(answer)["blocks"][0]["answers"] == {"student_answers": {"a": ANSWER}}
    refusals = {
        "staff": (client_as("staff"), 403, "permission_denied"),
        "of another course": (client_as("data_researcher", LOOKALIKE), 404, "attempt_not_found"),
        "another learner": (client_of(enrolled()), 403, "permission_denied"),
        "the learner herself": (client_of(learner), 403, "permission_denied"),
        "nobody": (APIClient(), 401, "not_authenticated"),
        "not active": (client_of(UserFactory(is_staff=True, is_active=False)), 403, "permission_denied"),
    }
    for who, (client, status, code) in refusals.items():
        answer = client.get(address(archived))
        assert (answer.status_code, answer.json()["code"]) == (status, code), who
        assert (answer["Content-Type"], "Content-Disposition" in answer) == ("application/json", False), who


def test_a_researcher_of_two_courses_gets_those_of_both(
    client_as: Callable[..., APIClient], archived: Any, reset: Any
) -> None:
    """Each by its own role."""
    client = client_as("data_researcher", LOOKALIKE)
    elsewhere = enrolled(LOOKALIKE)
    reset(elsewhere, LOOKALIKE)
    other = api.attempts(elsewhere, LOOKALIKE)[0]
    assert data_of(client.get(address(other)))["course"]["course_id"] == str(LOOKALIKE)
    assert client.get(address(archived)).status_code == 404
    CourseAccessRole.objects.create(user=client.user, role="data_researcher", org=COURSE.org, course_id=COURSE)
    assert data_of(client.get(address(archived)))["course"]["course_id"] == str(COURSE)


def test_attempts_that_are_not_there(client: APIClient, archived: Any) -> None:
    """As everywhere else."""
    for wrong in (uuid4(), "7", "x"):
        answer = client.get(address(wrong))
        assert (answer.status_code, answer.json()["code"]) == (404, "attempt_not_found")
    answer = client.get(address(archived), {"learners": "x"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


def test_the_only_attempt_of_somebody_never_reset(client: APIClient, learner: Any) -> None:
    """Is found by learner and course, as by the other reads."""
    attempt = api.active_attempt(learner, COURSE)
    assert client.get(address(attempt)).status_code == 404
    answer = client.get(address(attempt), {"learner": learner.username, "course_id": str(COURSE)})
    assert data_of(answer)["attempt"]["uuid"] == str(attempt.uuid)


def test_a_look_is_logged_and_a_refusal_is_not(
    client: APIClient, client_as: Callable[..., APIClient], archived: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """As with every read of what is in an attempt."""
    caplog.set_level("INFO", "attempts.audit")
    assert client_as("staff").get(address(archived)).status_code == 403
    assert client.get(address(archived)).getvalue()
    (line,) = [record.message for record in caplog.records if record.name == "attempts.audit"]
    assert f"resource=appeal_pack actor={client.user.pk} role=is_staff" in line
    assert line.endswith(f"learner={archived.learner.id} course_id={COURSE} attempt=1")


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/zip", 200),
        ("application/*", 200),
        ("text/html,*/*;q=0.8", 200),
        ("application/json", 406),
        ("text/html", 406),
    ],
)
def test_what_is_accepted(client: APIClient, archived: Any, accept: str, status: int) -> None:
    """There is no other form of it; an error is JSON for whoever accepts zips alone."""
    answer = client.get(address(archived), HTTP_ACCEPT=accept)
    assert answer.status_code == status
    assert answer["Content-Type"] == ("application/zip" if status == 200 else "application/json")
    missing = client.get(address(uuid4()), HTTP_ACCEPT=accept)
    assert missing.json()["code"] == ("attempt_not_found" if status == 200 else "not_acceptable")
    assert answer.getvalue()


def test_its_page_is_in_the_language_of_the_request(client: APIClient, archived: Any) -> None:
    """As the host understands it."""
    found = []
    for language in ("de", "de-DE,de;q=0.9,en;q=0.8", "en", "fr", "x"):
        answer = client.get(address(archived), HTTP_ACCEPT_LANGUAGE=language)
        with ZipFile(io.BytesIO(answer.getvalue())) as pack:
            found += re.findall('<html lang="(.*?)"', pack.read("attempt.html").decode())
    assert found == ["de", "de", "en", "en", "en"]


def test_other_methods(client: APIClient, archived: Any) -> None:
    """Are refused in the same shape; what an address takes is told as JSON."""
    answer = client.post(address(archived), {}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert client.options(address(archived)).json()["renders"] == ["application/zip"]
    head = client.head(address(archived))
    assert (head.status_code, head["Content-Type"], head.getvalue()) == (200, "application/zip", b"")


def test_one_that_cannot_be_made_is_not_half_sent(
    client: APIClient, archived: Any, opened: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is an error alone, with its status and shape, and nothing is left on the disk."""

    def write(_attempt: Any, file: Any) -> None:
        file.write(b"PK, and the beginning of something")
        raise error

    monkeypatch.setattr(api, "write_appeal_pack", write)
    error: Exception = OperationInFlight(None)
    answer = client.get(address(archived))
    assert (answer.status_code, answer["Content-Type"]) == (409, "application/json")
    assert answer.json()["code"] == "operation_in_flight"
    error = OSError("No space left on device")
    client.raise_request_exception = False
    answer = client.get(address(archived))
    assert (answer.status_code, b"PK" in answer.content) == (500, False)
    assert [file.closed for file in opened] == [True, True]


@pytest.mark.slow
def test_memory_does_not_grow(learner: Any) -> None:
    """With what is sent: a large pack is read from the disk as it goes."""
    attempt = api.active_attempt(learner, COURSE)
    # Without Django's client, which keeps the words of every template.
    request = APIRequestFactory().get("/", {"learner": learner.username, "course_id": str(COURSE)})
    force_authenticate(request, UserFactory(is_staff=True))

    def cost() -> tuple[int, int]:
        tracemalloc.start()
        answer = AppealPackView.as_view()(request, uuid=str(attempt.uuid))
        with answer.file_to_stream:
            size = sum(map(len, answer.streaming_content))
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return size, most

    def work(*blocks: int) -> None:
        for number in range(*blocks):
            text = "".join(uuid4().hex for _ in range(2_000))
            key = COURSE.make_usage_key("problem", f"p{number}")
            StateFactory(student=learner, module_state_key=key, state=json.dumps({"student_answers": {"a": text}}))

    work(60)
    cost()
    small, least = cost()
    work(60, 240)
    large, most = cost()
    assert large > 3 * small > 15_000_000
    assert most < 1.3 * least < 0.5 * large
