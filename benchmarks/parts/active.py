"""Reads and writes of the active attempt through the host, with attempts and without, in turns.

*Without* is the same process and the same rows with the fence's receivers gone and no unit of work, as on a host that
does not have the package. Two learners: one who was never reset, and one with archived attempts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from itertools import count
from typing import Any

from completion.models import BlockCompletion
from django.db import transaction
from opaque_keys.edx.keys import UsageKey

from attempts import api
from attempts.fence import unit_of_work
from attempts.operations import execute
from benchmarks.contenders import blocks_of
from benchmarks.filling import Work, fill, learners, open_course, settle
from benchmarks.marks import nothing_switched_lately
from benchmarks.meter import milliseconds, spread
from benchmarks.options import Options
from sandbox.courseware.models import StudentModule
from sandbox.grades.models import PersistentCourseGrade, PersistentSubsectionGrade
from sandbox.work.completion import enable_completion_tracking
from sandbox.work.rows import save_state, set_score
from tests.factories import COURSE
from tests.fences import fence_down

BLOCKS = 200
#: Blocks on a page that is read.
PAGE = 30
#: Attempts that the learner who was reset has behind her.
ARCHIVED = 3
_turn = count()


@dataclass(frozen=True)
class Host:
    """What the host does for one learner, as a request does it: in a transaction."""

    learner: Any
    keys: Sequence[UsageKey]

    def read(self) -> None:
        """Show a page: states of its blocks, completions of the course, grades."""
        first = next(_turn) * PAGE % len(self.keys)
        page = self.keys[first : first + PAGE]
        with transaction.atomic():
            rows = StudentModule.objects.filter(
                student__username=self.learner.username, course_id=COURSE, module_state_key__in=page
            )
            states = {row.module_state_key: row.state for row in rows}
            BlockCompletion.get_learning_context_completions(self.learner, COURSE)
            list(PersistentSubsectionGrade.objects.filter(user_id=self.learner.pk, course_id=COURSE))
            PersistentCourseGrade.objects.get(user_id=self.learner.pk, course_id=COURSE)
        if len(states) != len(page):
            raise AssertionError(f"{len(states)} states were read of {len(page)}")

    def answer(self) -> None:
        """Answer a problem again: state, score and completion are saved, each by a save of its own."""
        turn = next(_turn)
        self._answer(self.keys[turn % len(self.keys)], turn)

    def answer_first(self) -> None:
        """Answer a problem for the first time: rows are inserted."""
        turn = next(_turn)
        self._answer(COURSE.make_usage_key("problem", f"new{turn}"), turn)

    def _answer(self, key: UsageKey, turn: int) -> None:
        with transaction.atomic():
            row = save_state(self.learner, COURSE, key, {"attempts": turn})
            set_score(row, turn % 2, 1)
            BlockCompletion.objects.submit_completion(self.learner, key, 0.5 + turn % 2 / 2)


def run(options: Options) -> dict[str, Any]:
    """Measure both learners."""
    open_course(COURSE)
    enable_completion_tracking()
    never, often = learners(2, Work(BLOCKS))
    for _ in range(ARCHIVED):
        execute(api.request_reset(often, COURSE, requested_by=None).uuid)
        fill([often.pk], Work(BLOCKS))
    settle()
    found = {}
    for name, learner in (("never_reset", never), ("with_archived", often)):
        host = Host(learner, blocks_of(BLOCKS))
        found[name] = {what.__name__: _compare(what, options) for what in (host.read, host.answer, host.answer_first)}
        for what, one in found[name].items():
            print(f"{name} {what}: {one['with']['median']:.3f} ms with, {one['ratio']['median']:.3f} times", flush=True)
    return {"learners": found, "rounds": options.rounds, "operations": options.operations, "archived": ARCHIVED}


def _compare(what: Callable[[], None], options: Options) -> dict[str, Any]:
    """Milliseconds for each call with and without, and the ratio of each pair of rounds."""
    nothing_switched_lately()
    figures: dict[bool, list[float]] = {True: [], False: []}
    for number in range(options.rounds + 1):
        # Whoever comes second finds everything warmer, so they change places.
        for with_us in (True, False) if number % 2 else (False, True):
            taken = _round(what, options.operations, with_us=with_us)
            if number:
                figures[with_us].append(taken / options.operations)
    ratios = [with_us / without for with_us, without in zip(figures[True], figures[False], strict=True)]
    return {
        "with": spread(figures[True]).as_dict(),
        "without": spread(figures[False]).as_dict(),
        "ratio": spread(ratios).as_dict(),
    }


def _round(what: Callable[[], None], operations: int, *, with_us: bool) -> float:
    with nullcontext() if with_us else fence_down():
        return milliseconds(lambda: _many(what, operations, unit_of_work if with_us else _no_unit))


def _many(what: Callable[[], None], operations: int, unit: Callable[[], Any]) -> None:
    for _ in range(operations):
        with unit():
            what()


@contextmanager
def _no_unit() -> Iterator[None]:
    """As dear as a context manager is, so that only what the unit does is compared."""
    yield
