"""What comes after a switch, by the platform's own mail, tracker and bus of signals."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.sites.models import Site
from django.core import mail
from eventtracking import tracker
from lms_course import CourseCase
from openedx.core.djangoapps.site_configuration.tests.factories import SiteConfigurationFactory
from openedx.core.djangoapps.user_api.preferences.api import set_user_preference

from attempts import api
from attempts.data import OperationData
from attempts.events.signals import ATTEMPT_ARCHIVED, ATTEMPT_OPENED


class Backend:
    """Keeps what the platform's tracker sends."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def send(self, event: dict[str, Any]) -> None:
        """Keep it."""
        self.events.append(event)


class AroundTest(CourseCase):
    def follow(self, operation: OperationData, name: str) -> tuple[str, str]:
        """Do one of the things that come after a switch; how that went."""
        found = api.repeat_follow_ups(operation.uuid, name).follow_ups
        one = next(one for one in found if one.name == name)
        return one.status, one.error_code

    def test_all_of_it_works_in_the_platform(self) -> None:
        operation = self.reset()
        for one in operation.follow_ups:
            status, code = self.follow(operation, one.name)
            assert status in ("done", "skipped"), (one.name, status, code)

    def test_the_mail_is_of_the_platforms_kind(self) -> None:
        """Its base template, the sender, name and address of the organisation's site, the learner's language."""
        site = Site.objects.create(domain="tidal.example.com", name="tidal")
        values = {
            "course_org_filter": "Tidal",
            "email_from_address": "hello@tidal.example.com",
            "platform_name": "Tidal Academy",
            "PLATFORM_NAME": "Tidal Academy",
            "LMS_ROOT_URL": "https://tidal.example.com",
        }
        SiteConfigurationFactory.create(site=site, site_values=values)
        set_user_preference(self.learner, "pref-lang", "de")
        operation = self.reset()
        mail.outbox.clear()
        assert self.follow(operation, "mail") == ("done", "")
        [message] = mail.outbox
        name = self.course.display_name
        assert message.subject == f"Ihr neuer Versuch in {name}"
        assert (message.to, message.from_email) == ([self.learner.email], "hello@tidal.example.com")
        assert f"https://tidal.example.com/courses/{self.key}/course/" in message.body
        assert "Tidal Academy" in message.body
        assert f"Hallo {self.learner.profile.name}," in message.body
        [(html, _kind)] = message.alternatives
        assert "Es ist Ihr Versuch Nummer 2, in dem Sie neu beginnen." in html
        assert 'id="ace-message-id"' in html, "the platform's base template was not used"

    def test_without_a_site_of_its_own_the_mail_is_the_instances(self) -> None:
        operation = self.reset()
        mail.outbox.clear()
        assert self.follow(operation, "mail") == ("done", "")
        [message] = mail.outbox
        assert message.subject == f"Your new attempt at {self.course.display_name}"
        assert message.from_email == settings.DEFAULT_FROM_EMAIL
        assert f"{settings.LMS_ROOT_URL}/courses/{self.key}/course/" in message.body

    def test_tracking_events_pass_the_platforms_tracker(self) -> None:
        """With the context that its own events about a learner in a course have."""
        operation = self.reset()
        backends = tracker.get_tracker().backends
        backends["test"] = backend = Backend()
        self.addCleanup(backends.pop, "test")
        assert self.follow(operation, "tracking") == ("done", "")
        found = [event for event in backend.events if event["name"].startswith("edx.course.attempt.")]
        assert [event["name"] for event in found] == ["edx.course.attempt.archived", "edx.course.attempt.opened"]
        for event in found:
            context = event["context"]
            assert (context["course_id"], context["org_id"]) == (str(self.key), "Tidal")
            assert context["user_id"] == self.learner.pk
            assert self.learner.username not in str(event)

    def test_public_events_reach_receivers(self) -> None:
        operation = self.reset()
        got: list[Any] = []

        def receive(signal: Any, switch: Any, **_: Any) -> None:
            got.append((signal, switch.course.course_key, switch.user.pii.name, switch.active.number))

        for signal in (ATTEMPT_ARCHIVED, ATTEMPT_OPENED):
            signal.connect(receive)
            self.addCleanup(signal.disconnect, receive)
        for name in ("event_archived", "event_opened_or_restored"):
            assert self.follow(operation, name) == ("done", "")
        assert got == [
            (signal, self.key, self.learner.profile.name, 2) for signal in (ATTEMPT_ARCHIVED, ATTEMPT_OPENED)
        ]
