"""The story: a learner works, is reset, works again, and gets her old work back."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import call_command
from opaque_keys.edx.locator import CourseLocator

from sandbox.tour.meter import Cost, TaskMeter
from sandbox.tour.support import SupportAgent
from sandbox.tour.tables import Rows, read_rows, unlike
from sandbox.work import grade, work
from sandbox.work.completion import enable_completion_tracking
from sandbox.work.enrolment import enrol

Say = Callable[[str], None]
#: The worker's task that carries a switch out; what follows the switch are tasks of their own.
SWITCHING_TASK = "attempts.run_operation"


class Story:
    """One walk through a course, told as it happens.

    Args:
        course_key: A course that was imported into an otherwise empty LMS.
        say: Takes a line for people.
    """

    def __init__(self, course_key: CourseLocator, say: Say) -> None:
        self.course_key, self.say = course_key, say
        users = get_user_model().objects
        self.maria, self.noor = (users.create(username=name) for name in ("maria", "noor"))
        self.agent = SupportAgent(users.create(username="support", is_staff=True), "maria", str(course_key))
        self.counts: list[tuple[str, dict[str, int]]] = []
        self.costs: list[tuple[str, Cost]] = []

    def tell(self) -> bool:
        """Tell the story; return whether every row was as before at its end."""
        enable_completion_tracking()
        call_command("attempts", "policy", "--course", str(self.course_key), "--set", "active=true", stdout=_Silence())
        for learner, seed in ((self.maria, 1), (self.noor, 2)):
            enrol(learner, self.course_key)
            self._learner_works(learner, seed, effort=0.9, skill=0.3)
        self._count("before")
        before = read_rows()
        self.say("Maria has worked through most of the course and is failing. Noor sits beside her.")

        self._switch("reset", "Maria was ill and starts afresh")
        self._count("after reset")
        self._learner_works(self.maria, seed=3, effort=0.4, skill=0.9)
        self._count("after new work")
        self.say("Support resets Maria. Her new attempt is empty; she works again, and better.")

        self._switch("undo", "It was Noor who was ill", override=("worked_since", "learner_passing"))
        self._count("after undo")
        self.say("It was the wrong learner: support undoes it. The new work is kept as attempt 2.")
        return self._report(before, read_rows())

    def _learner_works(self, learner: Any, seed: int, effort: float, skill: float) -> None:
        work(learner, self.course_key, random.Random(seed), effort, skill)  # nosec B311  # no secret
        grade(learner, self.course_key)

    def _switch(self, kind: str, comment: str, override: tuple[str, ...] = ()) -> None:
        with TaskMeter() as meter:
            self.agent.switch(kind, comment, override)
        self.costs.append((kind, meter.costs[SWITCHING_TASK]))

    def _count(self, moment: str) -> None:
        self.counts.append((moment, self.agent.rows()))

    def _report(self, before: Rows, after: Rows) -> bool:
        self.say("\nRows of Maria's active attempt")
        tables = list(self.counts[0][1])
        width = max(map(len, tables))
        self.say(" " * width + "".join(f"{moment:>16}" for moment, _ in self.counts))
        for table in tables:
            self.say(f"{table:<{width}}" + "".join(f"{rows[table]:>16}" for _, rows in self.counts))
        self.say("\nWhat the worker's task cost")
        for kind, cost in self.costs:
            self.say(f"{kind:<6} {cost.statements:>4} statements {cost.milliseconds:>8.1f} ms")
        changed = unlike(before, after)
        self.say(f"\nEvery column of {len(before)} rows as before: {'no' if changed else 'yes'}")
        for table, primary_key in changed[:10]:
            self.say(f"  {table} {primary_key} differs")
        return not changed


class _Silence:
    """Swallows what a command prints."""

    def write(self, _text: str) -> None:
        """Do nothing."""
