"""``python -m sandbox.run``: set everything up, then run the LMS and a Celery worker until somebody stops them.

Environment: ``SANDBOX_PORT`` (default 8000), ``SANDBOX_LEARNERS`` (default 12), and those of :mod:`sandbox.settings`.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import NoReturn

import django

COURSE = "course-v1:OpenAttempts+Tides+2026"
LOOKALIKE = "course-v1:OpenAttempts+Tides+2026b"
COURSE_FILES = Path(__file__).parent / "content" / "courses" / "tides"
#: A short course in which nobody has worked yet, and every block runs.
WADERS_FILES = COURSE_FILES.parent / "waders"
_GRACE_SECONDS = 10
#: Ctrl-C, a polite kill, and a terminal that is closed.
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """Somebody asked us to stop."""


def main() -> int:
    """Set up, run, stop; return the exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sandbox.settings")
    port, learners = _number("SANDBOX_PORT", 8000), _number("SANDBOX_LEARNERS", 12)
    _refuse_a_taken_port(port)
    for signum in _STOP_SIGNALS:
        signal.signal(signum, _stop)
    processes: dict[str, subprocess.Popen] = {}
    try:
        django.setup()
        _refuse_without_debug()
        set_up(learners)
        processes["worker"] = _start("-m", "celery", "-q", "-A", "sandbox", "worker", "-B", *_worker_options())
        processes["LMS"] = _start("manage.py", "runserver", "--noreload", f"127.0.0.1:{port}")
        _wait_until_it_answers(port, processes)
        print(_welcome(port), flush=True)
        return _watch(processes)
    except Stopped:
        print("Stopping.", flush=True)
        return 0
    finally:
        # Whoever asks twice must not keep us from ending what we started.
        for signum in _STOP_SIGNALS:
            signal.signal(signum, signal.SIG_IGN)
        _end(processes)


def set_up(learners: int) -> None:
    """Migrate, import the shipped courses, make accounts and learners, switch resets on. Safe to repeat."""
    from django.core.management import call_command

    from sandbox.content.olx import import_course
    from sandbox.work import enrol
    from sandbox.work.population import learners as accounts

    call_command("migrate", verbosity=0)
    call_command("load_course", str(COURSE_FILES))
    call_command("load_course", str(COURSE_FILES), key=LOOKALIKE)
    call_command("sandbox_accounts")
    call_command("populate", course=COURSE, learners=learners, seed=1)
    call_command("populate", course=LOOKALIKE, learners=max(1, learners // 3), seed=2)
    waders = import_course(WADERS_FILES).key
    for learner in accounts(learners):
        enrol(learner, waders)
    call_command("attempts", "policy", "--org", "OpenAttempts", "--set", "active=true", "--set", "max_resets=3")


def _number(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        sys.exit(f"{name} is '{text}'; give a number from 1 to 65535.")
    return int(text)


def _refuse_without_debug() -> None:
    from django.conf import settings

    if not settings.DEBUG:
        sys.exit("This makes accounts with a password that everybody knows, so it runs with SANDBOX_DEBUG=true only.")


def _refuse_a_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            sys.exit(f"Port {port} is taken. Stop what runs there, or choose another: SANDBOX_PORT=8001 make run")


def _worker_options() -> list[str]:
    from django.conf import settings

    schedule = settings.VAR_DIR / "celerybeat-schedule"
    return ["--concurrency", "2", "--loglevel", "WARNING", "--schedule", str(schedule)]


def _start(*words: str) -> subprocess.Popen:
    # A process group of its own, so that Ctrl-C reaches us alone and we stop both in order.
    return subprocess.Popen([sys.executable, *words], cwd=Path(__file__).parent.parent, start_new_session=True)


def _wait_until_it_answers(port: int, processes: dict[str, subprocess.Popen]) -> None:
    for _ in range(300):
        _exit_if_one_ended(processes)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    sys.exit("The LMS did not answer within 30 seconds.")


def _watch(processes: dict[str, subprocess.Popen]) -> NoReturn:
    while True:
        _exit_if_one_ended(processes)
        time.sleep(0.5)


def _exit_if_one_ended(processes: dict[str, subprocess.Popen]) -> None:
    for name, process in processes.items():
        if process.poll() is not None:
            sys.exit(f"The {name} ended with exit code {process.returncode}; what it said is above.")


def _stop(_signum: int, _frame: FrameType | None) -> None:
    raise Stopped


def _end(processes: dict[str, subprocess.Popen]) -> None:
    for process in processes.values():
        if process.poll() is None:
            process.terminate()
    for process in processes.values():
        try:
            process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def _somebody_failing() -> str:
    """A learner of the course with a failing grade: the default policy lets support reset such a one."""
    from django.contrib.auth import get_user_model

    from sandbox.grades.models import PersistentCourseGrade

    failing = PersistentCourseGrade.objects.filter(course_id=COURSE, letter_grade="").values("user_id")
    learners = get_user_model().objects.filter(username__startswith="learner")
    learner = learners.filter(pk__in=failing).order_by("username").first() or learners.order_by("username").first()
    return learner.username


def _accounts() -> str:
    from sandbox.student.management.commands.sandbox_accounts import ACCOUNTS

    return "\n".join(f"    {account.username:<13}{account.purpose}" for account in ACCOUNTS)


def _welcome(port: int) -> str:
    from django.conf import settings

    root, learner = f"http://localhost:{port}", _somebody_failing()
    token_url = f"{root}/oauth2/access_token"
    return f"""
The sandbox LMS is running, with a Celery worker. Stop both with Ctrl-C.

  Start page   {root}/
  Console      {root}/attempts/
  REST API     {root}/api/attempts/v1/learners/{learner}/
  Django admin {root}/admin/
  Mailbox      {root}/mail/
  Health       {root}/api/attempts/health
  Metrics      curl -H "Authorization: Bearer {settings.ATTEMPTS_METRICS_TOKEN}" {root}/api/attempts/metrics

  Accounts (password: attempts); roles are in {COURSE}
{_accounts()}
    learner0001  a learner, as are learner0002 and so on
  Token        curl -d client_id=sandbox -d grant_type=password -d username=support -d password=attempts {token_url}

  Try, in another terminal:
    .venv/bin/python manage.py attempts preview {learner} {COURSE}
    .venv/bin/python manage.py attempts reset {learner} {COURSE} --actor support --comment "Fell ill" --wait
    .venv/bin/python manage.py attempts show {learner} {COURSE}
    .venv/bin/python manage.py attempts undo {learner} {COURSE} --actor support --wait
"""


if __name__ == "__main__":
    # There is nothing to say on the command line, and somebody who asks for help does not want a server.
    argparse.ArgumentParser(
        "python -m sandbox.run", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    sys.exit(main())
