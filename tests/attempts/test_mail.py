"""The e-mail to the learner: what it says, when it is sent, and what becomes of one that is not."""

from __future__ import annotations

from pathlib import Path
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from edx_ace import policy as ace_policy
from edx_ace.channel import ChannelType

from attempts import api, tasks
from attempts.data import OperationData
from attempts.host import mail as host_mail
from sandbox.course_overviews.models import CourseOverview
from sandbox.user_api.models import UserPreference
from tests.factories import COURSE, enrolled

pytestmark = pytest.mark.django_db
TEMPLATES = Path(host_mail.__file__).parent.parent / "templates/attempts/edx_ace/attemptswitched/email"


@pytest.fixture
def amira(policy: Any) -> Any:
    learner = enrolled(username="amira", email="amira@example.com", first_name="Amira", last_name="<Haddad>")
    CourseOverview.objects.filter(pk=COURSE).update(display_name="Tides & Shores")
    return learner


def follow(operation: OperationData) -> tuple[str, str]:
    """Let a worker do it; how that went."""
    tasks.run_follow_up.apply(args=[str(operation.uuid), "mail"], throw=True)
    return outcome(operation)


def outcome(operation: OperationData) -> tuple[str, str]:
    found = api.operation(operation.uuid)
    assert found.status == "complete", "a mail never changes the operation"
    one = {one.name: one for one in found.follow_ups}["mail"]
    assert "amira" not in one.error
    return one.status, one.error_code


def texts(message: Any) -> tuple[str, str]:
    """The plain and the HTML text."""
    [(html, kind)] = message.alternatives
    assert kind == "text/html"
    return message.body, html


def test_a_new_attempt_is_announced(amira: Any, reset: Any) -> None:
    """Course, number and address; that the old work is kept; nothing about staff's reasons, no promises."""
    operation = reset(amira, comment="cheated")
    assert mail.outbox == []
    assert follow(operation) == ("done", "")
    [message] = mail.outbox
    assert message.subject == "Your new attempt at Tides & Shores"
    assert (message.to, message.from_email) == (["amira@example.com"], "sandbox@example.com")
    plain, html = texts(message)
    for sentence in (
        "Hello Amira <Haddad>,",
        "A new attempt at Tides & Shores was opened for you. It is your attempt number 2, in which you begin again.",
        "Your work so far was not deleted. It is kept as an earlier attempt.",
        "Go to the course: http://localhost:8000/courses/course-v1:Org+Course+Run/course/",
        "write to support@example.com.",
        "Sandbox LMS",
    ):
        assert sentence in plain
    assert "Hello Amira &lt;Haddad&gt;," in html
    assert '<a href="http://localhost:8000/courses/course-v1:Org+Course+Run/course/">Tides &amp; Shores</a>' in html
    assert "It is your attempt number 2, in which you begin again." in html
    for text in (plain, html):
        assert "<Haddad>" not in html
        assert not any(word in text for word in ("cheated", "certificate", "attempt-v1", "{{", "{%", "&amp;amp;"))
    assert "&amp;" not in plain


def test_an_earlier_attempt_that_is_back_is_announced(amira: Any, reset: Any, undo: Any, activate: Any) -> None:
    """By undo or activation; what was active until then is kept as well."""
    reset(amira)
    for number, switch in ((1, undo), (2, lambda who: activate(who, 2))):
        mail.outbox.clear()
        assert follow(switch(amira)) == ("done", "")
        [message] = mail.outbox
        assert message.subject == "Your earlier attempt at Tides & Shores is back"
        for text in texts(message):
            assert f"is active again: attempt number {number}, with the work that you did in it." in text
            assert "The attempt that was active until now was not deleted. It is kept as well." in text
            assert "new attempt" not in text


def test_it_is_written_in_the_learners_language(amira: Any, reset: Any) -> None:
    """Whatever the worker's is."""
    UserPreference.objects.create(user=amira, key="time_zone", value="Asia/Amman")
    UserPreference.objects.create(user=amira, key="pref-lang", value="de")
    UserPreference.objects.create(user=enrolled(), key="pref-lang", value="fr")
    assert follow(reset(amira)) == ("done", "")
    [message] = mail.outbox
    assert message.subject == "Ihr neuer Versuch in Tides & Shores"
    plain, html = texts(message)
    for text in (plain, html):
        assert "Es ist Ihr Versuch Nummer 2, in dem Sie neu beginnen." in text
        assert "Your work" not in text
    assert 'lang="de"' in html


def test_the_five_templates_are_there() -> None:
    """The library asks for all of them, and is silent about one that is missing."""
    assert {path.name for path in TEMPLATES.iterdir()} == {
        "from_name.txt",
        "subject.txt",
        "body.html",
        "head.html",
        "body.txt",
    }


@pytest.mark.parametrize(
    ("arrange", "code"),
    [
        (lambda learner: api.change_policy({"notify_learner": False}, changed_by=None), "mail_not_wanted"),
        (lambda learner: type(learner).objects.update(is_active=False), "account_inactive"),
        (lambda learner: type(learner).objects.update(email=""), "no_address"),
    ],
)
def test_who_is_not_to_be_told_is_not(amira: Any, reset: Any, arrange: Any, code: str) -> None:
    """Skipped, with the reason."""
    operation = reset(amira)
    arrange(amira)
    assert follow(operation) == ("skipped", code)
    assert mail.outbox == []


def test_the_policy_of_the_course_counts(amira: Any, reset: Any) -> None:
    """The narrower wins, as with all of it."""
    api.change_policy({"notify_learner": False}, changed_by=None)
    api.change_policy({"notify_learner": True}, course_key=COURSE, changed_by=None)
    assert follow(reset(amira)) == ("done", "")


def test_nothing_is_said_that_is_not_true_any_more(amira: Any, reset: Any, undo: Any) -> None:
    """The mail server was away, and the reset was undone meanwhile: one mail, about the undo."""
    first, second = reset(amira), undo(amira)
    assert follow(first) == ("skipped", "overtaken")
    assert follow(second) == ("done", "")
    assert [message.subject for message in mail.outbox] == ["Your earlier attempt at Tides & Shores is back"]


class Refusing(EmailBackend):
    """A mail server that refuses, or is not there."""

    error: Exception | None = None

    def send_messages(self, messages: Any) -> int:
        """Refuse."""
        if self.error:
            raise self.error
        return super().send_messages(messages)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        # The channel reports this one, and the library swallows it.
        (SMTPRecipientsRefused({"amira@example.com": (550, b"no")}), "mail_refused"),
        # This one it has not foreseen.
        (ConnectionRefusedError("amira@example.com"), "ConnectionRefusedError"),
    ],
)
def test_a_mail_server_that_fails_is_seen_and_tried_again(
    amira: Any, reset: Any, settings: Any, monkeypatch: pytest.MonkeyPatch, error: Exception, code: str
) -> None:
    """Behaviour 4.5. The operation stays complete; once the server is back, the mail can be sent alone."""
    settings.EMAIL_BACKEND = "tests.attempts.test_mail.Refusing"
    settings.ATTEMPTS_FOLLOW_UP_TRIES = 2
    monkeypatch.setattr(Refusing, "error", error)
    operation = reset(amira)
    assert follow(operation) == ("waiting", code)
    api.repeat_follow_ups(operation.uuid, "mail")
    tasks_left = {one.name: one.tries for one in api.operation(operation.uuid).follow_ups}
    assert tasks_left["mail"] == 1
    settings.ATTEMPTS_FOLLOW_UP_TRIES = 1
    api.repeat_follow_ups(operation.uuid, "mail")
    assert outcome(operation) == ("failed", code)
    assert api.operation(operation.uuid).status == "complete"
    monkeypatch.setattr(Refusing, "error", None)
    again = api.repeat_follow_ups(operation.uuid, "mail")
    assert {one.name: one.status for one in again.follow_ups}["mail"] == "done"
    assert len(mail.outbox) == 1


def test_a_missing_template_is_seen(amira: Any, reset: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behaviour 8. By name; the library would only tell monitoring."""

    def without_subject(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.endswith("subject.txt"):
            raise TemplateDoesNotExist(name)
        return get_template(name, *args, **kwargs)

    monkeypatch.setattr("edx_ace.renderers.loader.get_template", without_subject)
    operation = reset(amira)
    assert follow(operation) == ("waiting", "mail_template_missing")
    found = {one.name: one.error for one in api.operation(operation.uuid).follow_ups}["mail"]
    assert "attempts/edx_ace/attemptswitched/email/subject.txt" in found
    assert mail.outbox == []


def test_a_policy_of_the_sites_mails_is_respected(amira: Any, reset: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A site may hold back mails; that is no failure."""

    class Deny:
        def check(self, message: Any) -> ace_policy.PolicyResult:
            return ace_policy.PolicyResult(deny={ChannelType.EMAIL})

    monkeypatch.setattr(ace_policy, "policies", lambda: [Deny()])
    assert follow(reset(amira)) == ("skipped", "mail_policy")


def test_a_site_without_a_mail_channel_is_told(amira: Any, reset: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library would say nothing at all."""
    from edx_ace.channel import ChannelMap

    monkeypatch.setattr("edx_ace.channel.channels", lambda: ChannelMap([]))
    assert follow(reset(amira)) == ("waiting", "mail_no_channel")


def test_a_course_that_is_gone_is_named_by_its_key(amira: Any, reset: Any) -> None:
    """The learner is told all the same."""
    operation = reset(amira)
    from sandbox.student.models import CourseEnrollment

    CourseEnrollment.objects.update(course_id="course-v1:Gone+Away+Now")
    CourseOverview.objects.filter(pk=COURSE).update(id="course-v1:Gone+Away+Now")
    assert follow(operation) == ("done", "")
    assert mail.outbox[0].subject == f"Your new attempt at {COURSE}"
