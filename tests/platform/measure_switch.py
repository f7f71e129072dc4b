"""How long a switch takes in an LMS, each committed, beside the bare statements; run by ``make platform-bench``.

In a file that pytest takes only when it is named, because nothing here is rolled back: the database goes as a whole.
"""

from __future__ import annotations

import os
import statistics
from typing import Any
from unittest.mock import patch

from completion.models import BlockCompletion
from django.db import connections, transaction
from lms.djangoapps.courseware.models import StudentModule
from lms_course import CommittedCourseCase
from measured import REPORT, Cost, measured

from attempts import api
from attempts.keys import KeyRewrite, attempt_course_key
from attempts.operations import execute

#: Learners whose rows are there, and how many of them are switched.
LEARNERS = int(os.environ.get("PLATFORM_LEARNERS", "400"))
SWITCHED = 40
#: States of each, and as many completions.
ROWS = 300
#: Milliseconds in which the whole switch should be over, follow-ups that are due at once included.
BOUND = 100


class CommittedSwitchTest(CommittedCourseCase):
    UNITS = 2

    def test_it_is_over_in_a_tenth_of_a_second(self) -> None:
        learners = [self._learner(number) for number in range(LEARNERS)]
        floors = [self._floor(learner) for learner in learners[:SWITCHED]]
        resets, undos = [], []
        for learner in learners[SWITCHED : 2 * SWITCHED]:
            resets.append(self._switch(api.request_reset, learner))
            undos.append(self._switch(api.request_undo, learner))
        vendor = connections["default"].vendor
        REPORT.append(f"{vendor}, {LEARNERS} learners with {ROWS} states and completions, each switch committed:")
        REPORT.append(_line("two bare UPDATEs", floors))
        REPORT.append(_line("reset", resets))
        REPORT.append(_line("undo", undos))
        # The first one asks what a process asks once.
        assert len({cost.statements.total() for cost in resets[1:]}) == 1
        assert resets[0].statements["UPDATE"] > 2
        assert statistics.median(cost.seconds for cost in resets) * 1000 < BOUND

    def _learner(self, number: int) -> Any:
        learner = self.enrolled(f"measured{number}")
        blocks = [self.key.make_usage_key("problem", f"{block:032x}") for block in range(ROWS)]
        StudentModule.objects.bulk_create(
            StudentModule(
                student=learner,
                course_id=self.key,
                module_state_key=block,
                module_type="problem",
                state='{"attempts": 1, "seed": 1}',
                grade=1,
                max_grade=1,
            )
            for block in blocks
        )
        BlockCompletion.objects.bulk_create(
            BlockCompletion(user=learner, context_key=self.key, block_key=block, block_type="problem", completion=1.0)
            for block in blocks
        )
        return learner

    def _switch(self, request: Any, learner: Any) -> Cost:
        with patch("attempts.tasks.enqueue_operation"):
            operation = request(learner, self.key, requested_by=None)
        with measured() as cost:
            execute(operation.uuid)
        assert api.operation(operation.uuid).status == "complete"
        return cost

    def _floor(self, learner: Any) -> Cost:
        """Rewrite the learner's states and completions by hand, as short as it goes."""
        rewrite = KeyRewrite(self.key, attempt_course_key(self.key, 1))
        old, new = rewrite.usage_prefixes[0]
        with measured() as cost, transaction.atomic(), connections["default"].cursor() as cursor:
            for table, owner, course, usage in (
                ("courseware_studentmodule", "student_id", "course_id", "module_id"),
                ("completion_blockcompletion", "user_id", "course_key", "block_key"),
            ):
                cursor.execute(
                    f"UPDATE {table} SET {course} = %s, {usage} = REPLACE({usage}, %s, %s)"
                    f" WHERE {owner} = %s AND {course} = %s",
                    [str(rewrite.target), old, new, learner.pk, str(self.key)],
                )
        return cost


def _line(name: str, costs: list[Cost]) -> str:
    took = sorted(cost.seconds * 1000 for cost in costs)
    own = statistics.median(cost.own_seconds * 1000 for cost in costs)
    return (
        f"{name}: median {statistics.median(took):.0f} ms, best {took[0]:.0f}, worst {took[-1]:.0f};"
        f" {own:.0f} ms of them computing; {costs[-1].statements.total()} statements"
    )
