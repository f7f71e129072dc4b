"""The sandbox, whose secrets everybody can read, taken for a site."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.exceptions import ImproperlyConfigured

from sandbox import run
from sandbox.exposure import OWN_PASSWORDS_ONLY, SHIPPED_SECRET, is_on
from tests.processes import ROOT

# Its processes are on SQLite, whatever the tests are on.
pytestmark = pytest.mark.alike
_OTHERS = ("SANDBOX_", "DJANGO_", "CELERY_", "DATABASE_")
OWN = "a secret that nobody else has, of more than fifty characters"


def start(var: Path, *command: str, **environment: str) -> tuple[int, str]:
    """Start a process of the sandbox; its exit code, and its last words."""
    done = subprocess.run(
        [sys.executable, *(command or ("manage.py", "check"))],
        cwd=ROOT,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith(_OTHERS)},
            "SANDBOX_VAR": str(var),
            "PYTHONPATH": f"{var}:{ROOT}",
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, (done.stdout + done.stderr).strip().rpartition("\n")[2]


@pytest.mark.parametrize(
    ("command", "module"),
    [
        (("manage.py", "check"), "sandbox.settings"),
        pytest.param(("manage.py", "check"), "sandbox.studio_settings", marks=pytest.mark.services),
        pytest.param(
            ("-m", "celery", "-A", "sandbox", "worker", "-P", "solo"), "sandbox.settings", marks=pytest.mark.services
        ),
    ],
)
def test_without_debug_it_does_not_start_with_the_shipped_secret(
    tmp_path: Path, command: tuple[str, ...], module: str
) -> None:
    """No process of it: web, Studio, worker. It names each setting and says what to do."""
    code, words = start(tmp_path, *command, SANDBOX_DEBUG="false", DJANGO_SETTINGS_MODULE=module)
    assert code != 0
    assert "SECRET_KEY is the one that is shipped: set SANDBOX_SECRET_KEY" in words
    assert "JWT_SECRET_KEY" in words


@pytest.mark.services
def test_settings_of_somebody_who_builds_on_them_are_looked_at_too(tmp_path: Path) -> None:
    """A module that takes them over and switches DEBUG off: secret, password, hosts."""
    (tmp_path / "derived.py").write_text("from sandbox.settings import *\nDEBUG = False\nALLOWED_HOSTS = ['*']\n")
    code, words = start(tmp_path, DJANGO_SETTINGS_MODULE="derived")
    assert code != 0
    for name in ("SECRET_KEY", "JWT_AUTH['JWT_SECRET_KEY']", "ALLOWED_HOSTS", "AUTHENTICATION_BACKENDS"):
        assert name in words


@pytest.mark.services
def test_without_debug_it_starts_with_secrets_of_its_own(tmp_path: Path) -> None:
    """But it makes no accounts with a password that is printed; and a switch is true or false."""
    own = {"SANDBOX_DEBUG": "false", "SANDBOX_SECRET_KEY": OWN}
    assert start(tmp_path, **own) == (0, "System check identified no issues (0 silenced).")
    hosts = start(tmp_path, **own, SANDBOX_HOSTS="*")
    assert hosts[0] != 0
    assert "set SANDBOX_HOSTS" in hosts[1]
    code, words = start(tmp_path, "-m", "sandbox.run", **own, SANDBOX_PORT="8766")
    assert (code, "SANDBOX_DEBUG=true only" in words) == (1, True)
    with pytest.raises(ImproperlyConfigured, match="SANDBOX_DEBUG is 'perhaps'"):
        is_on("perhaps", "SANDBOX_DEBUG")


@pytest.mark.django_db
def test_the_printed_password_lets_nobody_in_then(settings: Any) -> None:
    """Whoever's it is; another does, and a wrong one does not."""
    user = get_user_model().objects.create_user("support", password="attempts")
    words = {"username": "support", "password": "attempts"}
    assert authenticate(**words) == user
    settings.AUTHENTICATION_BACKENDS = [OWN_PASSWORDS_ONLY]
    assert authenticate(**words) is None
    user.set_password("another")
    user.save()
    assert authenticate(username="support", password="another") == user
    assert authenticate(username="support", password="wrong") is None


def test_it_listens_on_this_machine_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its LMS is told so; and what it ships allows no other host."""
    started: list[tuple[str, ...]] = []
    monkeypatch.setattr(run, "_start", lambda *words: started.append(words))
    monkeypatch.setattr(run, "set_up", lambda *_: None)
    monkeypatch.setattr(run, "_wait_until_it_answers", lambda *_: (_ for _ in ()).throw(run.Stopped))
    monkeypatch.setattr(run, "_refuse_without_debug", lambda: None)
    monkeypatch.setattr(run, "_end", lambda *_: None)
    monkeypatch.setattr(run.signal, "signal", lambda *_: None)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("SANDBOX_PORT", str(free.getsockname()[1]))
    assert run.main() == 0
    (listening,) = [words for words in started if "runserver" in words]
    assert listening[-1].startswith("127.0.0.1:")


@pytest.mark.services
def test_its_files_are_nobody_else_s(tmp_path: Path) -> None:
    """Messages that a worker obeys, the key that signs tokens, a cache that is unpickled; however wide the umask is."""
    var = tmp_path / "made"
    old = os.umask(0)
    try:
        code, words = start(
            var, "manage.py", "shell", "-c", "from django.core.cache import caches as c; c['shared'].set('a', 1)"
        )
    finally:
        os.umask(old)
    assert code == 0, words
    for path in (var, var / "broker", var / "broker" / "messages", var / "broker" / "control", var / "cache"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700, path
    assert stat.S_IMODE((var / "jwt-signing-key.json").stat().st_mode) == 0o600


def test_the_secret_that_is_shipped_is_the_one_that_is_looked_for() -> None:
    """Or the guard would guard nothing."""
    from sandbox.settings import JWT_AUTH, SECRET_KEY

    assert SECRET_KEY == SHIPPED_SECRET
    assert SHIPPED_SECRET in JWT_AUTH["JWT_SECRET_KEY"]
