"""Those that take turns: each does its work to a learner of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from opaque_keys.edx.keys import UsageKey

from attempts import api
from attempts.operations import execute
from benchmarks import peers
from benchmarks.filling import touch
from benchmarks.meter import counted, milliseconds
from benchmarks.scratch import Block
from tests.factories import COURSE, UserFactory
from tests.fences import fence_down


@dataclass
class Contender:
    """One of those that are measured.

    Attributes:
        name: what it is called in the results.
        prepare: what is not measured: takes a learner, returns what is.
        figures: milliseconds, one for each learner.
        statements: statements of its first run, which is not timed; BEGIN and COMMIT are not among them.
    """

    name: str
    prepare: Callable[[Any], Callable[[], Any]]
    figures: list[float] = field(default_factory=list)
    statements: dict[str, int] = field(default_factory=dict)

    def warm_up(self, learner: Any) -> None:
        """Run once without being timed, statements counted."""
        run = self.prepare(learner)
        with counted() as statements:
            run()
        self.statements = dict(statements.words)

    def measure(self, learner: Any) -> None:
        """Run once, timed."""
        run = self.prepare(learner)
        touch(learner.pk)
        self.figures.append(milliseconds(run))


def floor() -> Contender:
    """The bare UPDATE statements."""
    return Contender("floor", lambda learner: partial(peers.floor, learner.pk))


def reset() -> Contender:
    """The whole switch to a new attempt, as a worker carries it out."""
    return Contender("reset", partial(_switch, api.request_reset))


def undo() -> Contender:
    """The whole switch back. Its learner is one that was reset."""
    return Contender("undo", partial(_switch, api.request_undo))


def _switch(request: Callable[..., Any], learner: Any) -> Callable[[], Any]:
    uuid = request(learner, COURSE, requested_by=None).uuid

    def run() -> None:
        execute(uuid)

    return run


def archive() -> Contender:
    """The second peer: copy to archive tables, and delete."""
    peers.make_archive()
    return Contender("archive", lambda learner: partial(peers.archive, learner.pk))


def loop(blocks: Sequence[Any]) -> Contender:
    """The first peer: the platform's Course Reset."""
    support = UserFactory()

    def prepare(learner: Any) -> Callable[[], Any]:
        peers.enqueue_course_reset(learner.pk, support)

        def run() -> None:
            with fence_down():
                peers.course_reset(learner.email, support.email, list(blocks))

        return run

    return Contender("loop", prepare)


def blocks_of(number: int) -> list[Any]:
    """Return the keys of the blocks that learners of the benchmarks have worked in."""
    texts = Block.objects.filter(course_key=str(COURSE), n__lt=number).order_by("n").values_list("usage_key", flat=True)
    return [UsageKey.from_string(text) for text in texts]


@dataclass(frozen=True)
class Team:
    """Contenders that work on the same learner one after the other: an undo on the learner of the reset.

    Attributes:
        contenders: who.
        crowd: a learner for each round.
    """

    contenders: Sequence[Contender]
    crowd: Sequence[Any]


def take_turns(teams: Sequence[Team]) -> None:
    """Let teams do their work in turn, each round in another order; the first round is a warm-up.

    A team whose learners are used up sits out.
    """
    for number in range(max(len(team.crowd) for team in teams)):
        shift = number % len(teams)
        for team in [*teams[shift:], *teams[:shift]]:
            for contender in team.contenders if number < len(team.crowd) else ():
                if number == 0:
                    contender.warm_up(team.crowd[0])
                else:
                    contender.measure(team.crowd[number])
