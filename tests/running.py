"""The sandbox as `make run` starts it: its own processes, its own database, a real worker."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.processes import ROOT, wait_until

COURSE = "course-v1:OpenAttempts+Tides+2026"


LEARNERS = 30
#: Those before are for tests that name theirs.
_FIRST = 16
#: Prints the usernames of those who have not passed.
_FAILING = """
from sandbox.grades.models import PersistentCourseGrade
from sandbox.student.models import CourseEnrollment
passed = PersistentCourseGrade.objects.filter(course_id=COURSE).exclude(letter_grade="").values("user_id")
names = [f"learner{number:04}" for number in range(FIRST, LAST + 1)]
enrolled = CourseEnrollment.objects.filter(course_id=COURSE, user__username__in=names)
print(*enrolled.exclude(user_id__in=passed).order_by("user__username").values_list("user__username", flat=True))
"""


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox: where it answers, and the environment of its processes."""

    url: str
    environment: dict[str, str]
    _failing: list[str] = field(default_factory=list)

    def manage(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run ``manage.py`` beside it."""
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=60, check=False
        )

    def failing_learner(self) -> str:
        """Return a learner whom the policy lets be reset, somebody else each time."""
        if not self._failing:
            known = f"COURSE, FIRST, LAST = {COURSE!r}, {_FIRST}, {LEARNERS}"
            done = self.manage("shell", "-c", known + _FAILING)
            self._failing.extend(done.stdout.splitlines()[-1].split())
        return self._failing.pop()


@contextmanager
def running_sandbox(var: Path) -> Iterator[Sandbox]:
    """The sandbox, started as a user starts it, and stopped as with Ctrl-C."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **{
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("DATABASE_", "CELERY_", "DJANGO_"))
        },
        "SANDBOX_VAR": str(var),
        "SANDBOX_PORT": str(port),
        "SANDBOX_LEARNERS": str(LEARNERS),
    }
    log = var / "run.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "sandbox.run"], cwd=ROOT, env=environment, stdout=output, stderr=output
        )
    try:
        wait_until(lambda: "Stop both with Ctrl-C" in log.read_text() or process.poll() is not None, "it runs", 240)
        assert process.poll() is None, log.read_text()
        yield Sandbox(f"http://localhost:{port}", environment)
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0, log.read_text()
