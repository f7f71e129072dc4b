"""The mailbox: what was sent, as a person sees it."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from edx_ace.utils.plugins import get_plugins

from attempts import api
from tests.factories import COURSE, UserFactory, enrolled

pytestmark = pytest.mark.django_db


@pytest.fixture
def learner(policy: Any) -> Any:
    return enrolled()


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    """The sandbox's own backend, which tests replace."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")


def test_a_mail_is_shown_with_subject_and_text(client: Client, learner: Any, reset: Any, undo: Any) -> None:
    """Newest first, as text and as HTML that cannot do anything."""
    client.force_login(UserFactory(is_staff=True))
    assert "Nothing yet." in client.get("/mail/").content.decode()
    for switch in (reset, undo):
        done = api.repeat_follow_ups(switch(learner).uuid, "mail")
        assert {one.name: one.status for one in done.follow_ups}["mail"] == "done"
    page = client.get("/mail/").content.decode()
    assert f"To {learner.email}, from sandbox@example.com" in page
    assert "A new attempt at About Run was opened for you. It is your attempt number 2" in page
    assert f"http://localhost:8000/courses/{COURSE}/course/" in page
    assert page.index("Your earlier attempt at About Run is back") < page.index("Your new attempt at About Run")
    assert "<iframe" in page
    assert " sandbox srcdoc=" in page


def test_only_staff_read_it(client: Client, learner: Any) -> None:
    """It is everybody's mail."""
    assert client.get("/mail/").status_code == 302
    client.force_login(learner)
    assert client.get("/mail/").status_code == 302


def test_channels_that_are_not_here_are_no_errors(caplog: pytest.LogCaptureFixture) -> None:
    """edx-ace loads every channel there is; whoever runs the sandbox reads of none that it does not have."""
    get_plugins("openedx.ace.channel")
    assert caplog.text == ""
    logging.getLogger("stevedore.extension").error("Could not load %r: %s", "another", "why")
    assert "another" in caplog.text
