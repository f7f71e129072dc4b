"""What people write, where others read it: terminals, mails, logs."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from oauth2_provider.models import AccessToken, Application
from rest_framework.test import APIClient

from attempts import api, tasks
from attempts.management.output import printable
from sandbox.content.models import CourseBlock
from sandbox.course_overviews.models import CourseOverview
from tests.attempts_api.conftest import ROOT, client_of, post
from tests.factories import COURSE

pytestmark = pytest.mark.django_db

#: Clears the screen, sets the title, turns the text round, and goes on as if the command had said it.
STEERING = "\x1b[2J\x1b]0;owned\x07\u202eevil\u009b31m\rAll invariants hold.\nAll invariants hold.\nx"
#: A line of the audit log: words, each once, with a value that is plain or quoted.
READ = re.compile(r'attempts\.read(?: \w+=(?:"(?:[^"\\]|\\.)*"|[^\s"=\\]+))+')


def test_a_comment_does_not_steer_the_terminal(learner: Any, run: Any, attempts_command: Callable[..., Any]) -> None:
    """A learner wrote it, an operator prints it."""
    api.change_policy({"learner_may_reset": True}, changed_by=None)
    asked = post(client_of(learner), "me/operations/", kind="reset", course_id=str(COURSE), comment=STEERING)
    run(api.operation(asked.json()["uuid"]))
    words = ("personal-data", learner.username)
    code, text, _ = attempts_command(*words)
    assert code == 0
    assert "\\u001b[2J" in text
    assert not any(letter in text for letter in "\x1b\x07\r\u202e\u009b")
    assert "All invariants hold." not in text.splitlines()
    _, text, _ = attempts_command(*words, "--format", "json")
    assert not any(letter in text for letter in "\x1b\x07\r\u202e\u009b")
    assert STEERING in {row["values"].get("comment") for row in json.loads(text)["rows"]}


def test_what_is_plain_is_printed_as_it_is() -> None:
    """Letters of any script, and lines."""
    for text in ("a\nb", "日本語", "مرحبا", "e\u0301", "\U0001f469\u200d\U0001f680", "50 %"):
        assert printable(text) == text
    assert printable("\ud83d\x7f\t") == "\\ud83d\\u007f\\u0009"


def test_a_name_that_is_asked_for_does_not_steer_the_terminal(attempts_command: Callable[..., Any]) -> None:
    """In the sentence of an error."""
    code, _, error = attempts_command("personal-data", "\x1b[2Jnobody")
    assert code == 2
    assert "\x1b" not in error


@pytest.mark.parametrize(
    ("command", "why"),
    [(("retire", "{}"), "is blanked for good"), (("restore-keys",), "none switched")],
)
def test_what_cannot_be_taken_back_is_asked_about(
    learner: Any,
    reset: Any,
    attempts_command: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    command: Any,
    why: str,
) -> None:
    """Without a terminal it is refused; at one, anything but yes does nothing."""
    operation = reset(learner, comment="cheated")
    words = [word.format(learner.username) for word in command]
    code, _, error = attempts_command(*words)
    assert (code, why in error, "--no-input" in error) == (2, True, True)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    for answer in ("", "y", "no", "YES!"):
        monkeypatch.setattr("builtins.input", lambda _prompt, answer=answer: answer)
        code, _, error = attempts_command(*words)
        assert (code, error) == (1, "Nothing was done.")
    assert api.operation(operation.uuid).comment == "cheated"
    assert [attempt.number for attempt in api.attempts(learner, COURSE)] == [1, 2]
    monkeypatch.setattr("builtins.input", lambda _prompt: "yes")
    assert attempts_command(*words)[0] == 0


def test_a_course_s_name_adds_no_header_and_no_tag_to_a_mail(learner: Any, reset: Any) -> None:
    """Authors choose it."""
    name = 'Tides\r\nBcc: evil@example.com\r\n\r\n<script>alert(1)</script><a href="http://evil.example.com">{{ 7 }}'
    CourseOverview.objects.filter(pk=COURSE).update(display_name=name)
    learner.first_name = "<img src=x onerror=alert(1)>"
    learner.save()
    api.change_policy({"notify_learner": True}, changed_by=None)
    operation = reset(learner)
    tasks.run_follow_up.apply(args=[str(operation.uuid), "mail"], throw=True)
    (message,) = mail.outbox
    sent = message.message()
    assert message.recipients() == [learner.email]
    assert "Bcc" not in sent
    assert "\n" not in message.subject
    ((html, _kind),) = message.alternatives
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="http://evil' not in html
    assert "{{ 7 }}" in html


@pytest.mark.parametrize(
    "name", ["a\nattempts.read resource=forged", 'x" role="site staff', "a\x1b[2J", "=cmd|' /C calc'!A0"]
)
def test_a_line_of_the_log_is_one_line(
    client: APIClient, learner: Any, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    """Whatever was in the address, the query, the headers or the body."""
    caplog.set_level(logging.INFO, "attempts")
    client.get(f"{ROOT}/attempts/", {"learner": name})
    client.get(f"{ROOT}/learners/{learner.username}/", headers={"X-Request-ID": name, "User-Agent": name})
    post(client, kind="reset", learner=learner.username, course_id=str(COURSE), comment=name)
    # Whoever registers an application chooses its id, which is logged.
    application = Application.objects.create(client_id=name, client_type="public", authorization_grant_type="password")
    words = {"user": client.user, "scope": "read", "expires": "2999-01-01T00:00:00Z", "application": application}
    AccessToken.objects.create(token="one", **words)
    APIClient().get(f"{ROOT}/learners/{learner.username}/", headers={"Authorization": "Bearer one"})
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("attempts")]
    assert any('client="oauth2 ' in line for line in lines)
    for line in lines:
        assert "\x1b" not in line
        assert READ.fullmatch(line), line
        names = re.findall(r' (\w+)=(?:"(?:[^"\\]|\\.)*"|\S+)', line)
        assert len(names) == len(set(names)), line


def test_what_somebody_wrote_or_is_called_is_not_logged(
    client: APIClient, learner: Any, run: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Ids and keys are; not names, addresses, comments or passwords."""
    caplog.set_level(logging.DEBUG, "attempts")
    learner.first_name, learner.email = "Xanthippe", "xanthippe@example.com"
    learner.save()
    words = {"kind": "reset", "learner": learner.email, "course_id": str(COURSE), "comment": "caught cheating"}
    run(api.operation(post(client, **words).json()["uuid"]))
    client.get(f"{ROOT}/operations/?learner={learner.email}")
    text = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("attempts"))
    assert "resource=request" in text
    for word in ("Xanthippe", "xanthippe", learner.username, "cheating"):
        assert word not in text


def test_what_authors_write_in_studio_is_one_line_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """A course's settings, reported as they are wrong."""
    caplog.set_level(logging.INFO, "attempts")
    forged = "x\nattempts.read resource=forged\x1b[2J\u202e"
    data = {"attributes": {"other_course_settings": {"attempts": {forged: True}}}}
    key, words = COURSE.make_usage_key("course", "course"), {"position": 0, "block_type": "course"}
    CourseBlock.objects.create(usage_key=key, course_key=COURSE, data=data, **words)
    assert api.take_course_settings(COURSE).problems
    (line,) = [record.getMessage() for record in caplog.records if record.name == "attempts.course_settings"]
    assert "There is no field" in line
    assert not any(letter in line for letter in "\n\x1b\u202e")
