"""What requests of learners cost in an LMS with the package and without, in turns; run by ``make platform-bench``.

In a file that pytest takes only when it is named, because nothing here is rolled back. *Without* is the same process
with the fence's receivers and our middleware gone. Tasks are not run: in an LMS they are for its workers, and in a
request they would make our share smaller. The shared cache is the Redis at ``REDIS_URL``.
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from django.conf import settings
from django.db import connections
from django.test import Client
from lms_course import RIGHT, WRONG, CommittedCourseCase
from measured import REPORT, measured

from tests.fences import fence_down

#: How often each problem is looked at and answered, both ways.
ROUNDS = 4
#: What learners who were never reset may feel of it.
BOUND = 1.02


class ActiveAttemptTest(CommittedCourseCase):
    UNITS = 2
    PROBLEMS_PER_UNIT = 25
    MAX_ATTEMPTS = None

    def test_learners_feel_nothing_of_it(self) -> None:
        without = self._browser_without_us()
        shared = {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": os.environ["REDIS_URL"],
            # Of this run alone, so that nothing of anybody else's has to be removed first.
            "KEY_PREFIX": f"measured-{uuid4()}",
        }
        REPORT.append(f"{connections['default'].vendor}: requests of a learner who was never reset, in pairs:")
        # The platform's tests have caches of their own, none of which is shared.
        with (
            self.settings(CACHES={**settings.CACHES, "fence": shared}, ATTEMPTS_FENCE_CACHE="fence"),
            patch("celery.app.task.Task.apply_async"),
        ):
            ratios = [self._compare("look", self._look, without), self._compare("answer", self._answer, without)]
        assert max(ratios) <= BOUND

    def _look(self, problem: Any, browser: Client) -> None:
        self.handler(problem, "xmodule_handler", "problem_get", browser=browser)

    def _answer(self, problem: Any, browser: Client) -> None:
        self.answer(problem, RIGHT, browser=browser)

    def _browser_without_us(self) -> Client:
        """A second window of the learner's session, on a host that has no middleware of ours."""
        browser = Client()
        browser.cookies = self.browser.cookies
        names = [name for name in settings.MIDDLEWARE if not name.startswith("attempts")]
        assert len(names) < len(settings.MIDDLEWARE)
        with self.settings(MIDDLEWARE=names):
            browser.handler.load_middleware()
        return browser

    def _compare(self, name: str, ask: Callable[[Any, Client], None], without: Client) -> float:
        # Rows are there, and everything that a process reads once is read.
        for problem in self.problems:
            self.answer(problem, WRONG)
            self.answer(problem, WRONG, browser=without)
        taken: dict[bool, list[float]] = {True: [], False: []}
        statements: dict[bool, int] = {}
        for number, problem in enumerate(self.problems * ROUNDS):
            for with_us in (True, False) if number % 2 else (False, True):
                with nullcontext() if with_us else fence_down(), measured() as cost:
                    ask(problem, self.browser if with_us else without)
                taken[with_us].append(cost.seconds * 1000)
                statements[with_us] = cost.statements.total()
        ratios = [ours / bare for ours, bare in zip(taken[True], taken[False], strict=True)]
        low, ratio, high = statistics.quantiles(ratios, n=4)
        bare, ours = statistics.median(taken[False]), statistics.median(taken[True])
        REPORT.append(
            f"{name}: {bare:.1f} ms without, {ours:.1f} with; with / without {ratio:.3f} ({low:.3f} to {high:.3f}), "
            f"{len(ratios)} pairs; {statements[False]} and {statements[True]} statements"
        )
        return ratio
