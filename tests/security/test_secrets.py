"""Passwords in the addresses of servers: they are in the environment, and nowhere in what anything prints."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory
from django.views.debug import ExceptionReporter

from sandbox.databases import checked_url
from tests.processes import ROOT

# No server is reached.
pytestmark = pytest.mark.alike
SECRET = "hunter2"
#: Nobody listens there, so that each of them fails.
FAILING = {
    "DATABASE_URL": f"postgres://lms:{SECRET}@127.0.0.1:1/edxapp",
    "MARIADB_URL": f"mysql://lms:{SECRET}@127.0.0.1:1/edxapp",
    "POSTGRES_URL": f"postgres://lms:{SECRET}@127.0.0.1:1/edxapp",
    "REDIS_URL": f"redis://:{SECRET}@127.0.0.1:1/0",
    "CELERY_BROKER_URL": f"redis://:{SECRET}@127.0.0.1:1/0",
    "EVENT_BUS_URL": f"redis://:{SECRET}@127.0.0.1:1/0",
}
#: As somebody types them who did not think of percent-encoding.
MALFORMED = [
    f"redis://:{SECRET}#x@127.0.0.1:1/0",
    f"redis://:{SECRET}/x@127.0.0.1:1/0",
    f"mysql://lms:{SECRET}?x@127.0.0.1:1/edxapp",
    f"mysql://lms:x#{SECRET}@127.0.0.1:1/edxapp",
    f"postgres://lms:x/{SECRET}@127.0.0.1:1/edxapp",
    f"postgres://lms:[{SECRET}@127.0.0.1:1/edxapp",
    SECRET,
]


def said(var: Path, *command: str, **environment: str) -> tuple[int, str]:
    """Run a command; its exit code and all it printed."""
    inherited = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**inherited, "DJANGO_SETTINGS_MODULE": "sandbox.settings", "SANDBOX_VAR": str(var), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.services
def test_what_fails_for_want_of_a_server_does_not_show_its_password(tmp_path: Path) -> None:
    """The start of the sandbox, a command of ours, and the check of the servers by its script."""
    for command, sign in (
        (("-m", "sandbox.run"), "127.0.0.1"),
        (("manage.py", "attempts", "verify"), "127.0.0.1"),
        (
            ("-c", "import django; django.setup(); from sandbox.celery import app; app.connection().connect()"),
            "127.0.0.1",
        ),
    ):
        code, text = said(tmp_path, sys.executable, *command, **{**FAILING, "SANDBOX_PORT": "8765"})
        assert code != 0, command
        assert sign in text, (command, text)
        assert SECRET not in text, command
    code, text = said(tmp_path, "bash", "scripts/services.sh", **{**FAILING, "PYTHON": sys.executable})
    assert code != 0
    assert text.count("does not answer at 127.0.0.1 1") == 3, text
    assert SECRET not in text


@pytest.mark.parametrize("url", MALFORMED)
def test_an_address_that_cannot_be_read_is_not_quoted(url: str) -> None:
    """Nor what led to the error, which tracebacks print."""
    with pytest.raises(ImproperlyConfigured, match="CELERY_BROKER_URL is not a URL") as caught:
        checked_url(url, "CELERY_BROKER_URL")
    error: BaseException | None = caught.value
    while error is not None:
        assert SECRET not in str(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def test_addresses_that_can_be_read_stay_as_they_are() -> None:
    """Those in use."""
    for url in (*FAILING.values(), "filesystem://", "memory://", "redis://[::1]:6379/0", "amqp://u:%2F%23@host//"):
        assert checked_url(url, "X") == url


@pytest.mark.services
@pytest.mark.parametrize("url", MALFORMED[:2])
def test_the_settings_and_scripts_do_not_quote_it(url: str, tmp_path: Path) -> None:
    """Each process, with an address that cannot be read."""
    for command, name in (
        ((sys.executable, "manage.py", "check"), "CELERY_BROKER_URL"),
        ((sys.executable, "manage.py", "check"), "EVENT_BUS_URL"),
        ((sys.executable, "manage.py", "check", "--database", "default"), "DATABASE_URL"),
        (("bash", "scripts/services.sh"), "REDIS_URL"),
    ):
        code, text = said(tmp_path, *command, **{name: url})
        assert code != 0, command
        assert SECRET not in text, command
        assert name in text or "not a valid url" in text, text


def test_a_page_about_an_error_hides_addresses(settings: Any) -> None:
    """As the sandbox shows it, with DEBUG, to whoever sits before it."""
    settings.CELERY_BROKER_URL = FAILING["CELERY_BROKER_URL"]
    settings.DEBUG = True
    try:
        raise RuntimeError
    except RuntimeError:
        page = ExceptionReporter(RequestFactory().get("/"), *sys.exc_info()).get_traceback_html()
    assert "CELERY_BROKER_URL" in page
    assert SECRET not in page
    assert settings.SECRET_KEY not in page.replace(str(ROOT), "")


@pytest.mark.services
def test_a_test_that_fails_does_not_print_what_a_driver_was_called_with(tmp_path: Path) -> None:
    """pytest shows the arguments of functions, and so the password, in the log of a run."""
    test = "tests/attempts/test_models.py::test_nothing_can_be_deleted"
    command = (sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", test)
    code, text = said(tmp_path, *command, DATABASE_URL=FAILING["DATABASE_URL"], DJANGO_SETTINGS_MODULE="tests.settings")
    assert code != 0
    assert "OperationalError" in text
    assert SECRET not in text


def test_the_shipped_settings_have_no_password_in_an_address() -> None:
    """There is one place for them, the environment."""
    for name in ("CELERY_BROKER_URL", "EVENT_BUS_REDIS_CONNECTION_URL"):
        assert "@" not in getattr(settings, name, "")
    text = (ROOT / "sandbox" / "settings.py").read_text()
    assert "://:" not in text
    assert "@127" not in text
