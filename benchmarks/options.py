"""What is to be measured, and how much of it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from benchmarks.engines import NAMES

PARTS = ("switch", "memory", "statements", "active", "fence", "tables", "report", "export", "throughput")
RESULTS = Path(__file__).resolve().parent / "results"


@dataclass(frozen=True)
class Options:
    """How much is measured.

    Attributes:
        rows: rows per learner of the parts ``switch`` and ``memory``; the largest is that of ``statements``.
        learners: learners for each figure, after one that is not counted.
        loop_seconds: how long the platform's loop may take for one number of rows; above that it gets fewer learners.
        rounds: pairs of rounds, with and without attempts, of the part ``active``.
        operations: operations in each of these rounds.
        fence_rounds: rounds of the part ``fence``.
        saves: saves in each of these rounds.
        table_rows: rows in each of the two great tables.
        report_learners: learners of the parts ``report`` and ``export``.
        workers: numbers of Celery workers.
        switches: operations for each number of workers.
        worker_rows: rows per learner that the workers switch.
    """

    rows: tuple[int, ...] = (10, 100, 1_000, 10_000)
    learners: int = 9
    loop_seconds: float = 120.0
    rounds: int = 60
    operations: int = 20
    fence_rounds: int = 15
    saves: int = 200
    table_rows: tuple[int, ...] = (100_000, 1_000_000)
    report_learners: int = 10_000
    workers: tuple[int, ...] = (1, 2, 4)
    switches: int = 200
    worker_rows: int = 1_000

    @classmethod
    def from_json(cls, text: str) -> Options:
        """Return options from the text that :meth:`as_json` made."""
        values = json.loads(text)
        return cls(**{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()})

    def as_json(self) -> str:
        """Return the options as text."""
        return json.dumps(asdict(self))


@dataclass(frozen=True)
class Command:
    """A run of the benchmarks.

    Attributes:
        engines: which databases.
        parts: which parts.
        options: how much of each.
        results: the folder the results go to.
    """

    engines: tuple[str, ...]
    parts: tuple[str, ...]
    options: Options
    results: Path


def parse(words: Sequence[str] | None = None) -> Command:
    """Return what the command line asks for; end the process if it makes no sense."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--engines", type=_names(NAMES), default=NAMES, help=f"of {','.join(NAMES)}; default all")
    parser.add_argument("--parts", type=_names(PARTS), default=PARTS, help=f"of {','.join(PARTS)}; default all")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the folder the results go to")
    for field in fields(Options):
        kind = _sizes if isinstance(field.default, tuple) else _positive(type(field.default))
        shown = ",".join(map(str, field.default)) if isinstance(field.default, tuple) else field.default
        parser.add_argument(
            f"--{field.name.replace('_', '-')}", type=kind, default=field.default, help=f"default {shown}"
        )
    found = vars(parser.parse_args(words))
    options = Options(**{field.name: found[field.name] for field in fields(Options)})
    return Command(found["engines"], found["parts"], options, found["results"])


def _names(known: Sequence[str]):
    def names(text: str) -> tuple[str, ...]:
        asked = tuple(word.strip() for word in text.split(",") if word.strip())
        unknown = [name for name in asked if name not in known]
        if unknown or not asked:
            raise argparse.ArgumentTypeError(f"{','.join(unknown) or 'nothing'}: choose from {','.join(known)}")
        return asked

    return names


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(sorted(_positive(int)(word.replace("_", "")) for word in text.split(",")))


def _positive(kind: type):
    def number(text: str):
        try:
            value = kind(text)
        except ValueError:
            value = 0
        if value <= 0:
            raise argparse.ArgumentTypeError(f"{text!r} is no {kind.__name__} above 0")
        return value

    return number
