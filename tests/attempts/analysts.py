"""What analysts do with datasets: learners to look at, queries to ask, and what these should find."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from attempts import api
from attempts.datasets import DATASETS
from attempts.datasets.engines import Engine
from attempts.datasets.sample import Sample
from attempts.exports.pseudonyms import Pseudonyms
from attempts.models import AttemptContext
from sandbox.grades.models import PersistentCourseGrade, PersistentSubsectionGrade
from tests.attempts.expectations import EXPECTED
from tests.factories import COURSE, LOOKALIKE, CourseFactory, EnrolmentFactory, UserFactory, enrolled
from tests.work import foreign_state, work

BEGIN = datetime(2026, 1, 31, 23, 30, 0, 250_000, UTC)


def learners_at_work(run: Callable[[Any], Any]) -> list[Any]:
    """Learners at work in a course: never reset, reset once and more often, brought back; the last one most often.

    Args:
        run: the fixture of that name.
    """
    rng, support, found = random.Random(29), UserFactory(), []
    for resets in (0, 1, 2, 1, 3):
        learner = enrolled(COURSE)
        for number in range(resets):
            work(learner, COURSE, rng, blocks=6)
            foreign_state(learner, COURSE, rng)
            asked_by = support if number else None
            assert run(api.request_reset(learner, COURSE, requested_by=asked_by)).status == "complete"
        work(learner, COURSE, rng, blocks=6)
        found.append(learner)
    back = found[1]
    undo = api.request_undo(back, COURSE, requested_by=support, override=["worked_since"])
    assert run(undo).status == "complete"
    EnrolmentFactory(user=found[-1], course=CourseFactory(id=LOOKALIKE))
    work(found[-1], LOOKALIKE, rng)
    assert run(api.request_reset(found[-1], LOOKALIKE, requested_by=None)).status == "complete"
    _spread_over_months()
    return found


def _spread_over_months() -> None:
    """Let there be passing grades, subsections that learners came to, and months between attempts."""
    PersistentCourseGrade.objects.filter(percent_grade__gt=0.25).update(letter_grade="Pass", passed_timestamp=BEGIN)
    came = PersistentSubsectionGrade.objects.order_by("pk").values_list("pk", flat=True)[2:]
    PersistentSubsectionGrade.objects.filter(pk__in=list(came)).update(first_attempted=BEGIN)
    for place, pk in enumerate(AttemptContext.objects.order_by("pk").values_list("pk", flat=True)):
        opened_at = BEGIN + timedelta(days=9 * place, seconds=place) if place != 3 else None
        AttemptContext.objects.filter(pk=pk).update(opened_at=opened_at)


def exported_to(directory: Path) -> Path:
    """An export of everything, in a directory with a name that has to be quoted."""
    directory = directory / "it's here"
    api.export(api.export_query(format_="parquet"), directory)
    return directory


def same(rows: Iterable[Sequence[Any]], people: Mapping[str, int] | None = None) -> list[tuple[Any, ...]]:
    """Rows without order, numbers as numbers, people by their ids."""
    return sorted((tuple(_plain(value, people or {}) for value in row) for row in rows), key=repr)


def _plain(value: Any, people: Mapping[str, int]) -> Any:
    if isinstance(value, str):
        return people.get(value, value)
    return round(float(value), 6) if isinstance(value, int | float | Decimal) else value


def expected(sample: Sample, learners: Sequence[Any]) -> list[tuple[Any, ...]]:
    """What it should find; something, or it would prove nothing."""
    found = same(_as_text(EXPECTED[sample.name](learners)))
    assert len(found) > 1 or sample.name == "who_undid_what"
    assert found
    return found


def _as_text(rows: Iterable[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """States as the tables have them."""
    return [tuple(json.dumps(value) if isinstance(value, dict) else value for value in row) for row in rows]


def pseudonyms(learners: Sequence[Any]) -> dict[str, int]:
    """Whose the pseudonyms of an export are."""
    return {Pseudonyms().of(pk): pk for pk in range(learners[0].pk - 10, learners[-1].pk + 10)}


def asked(sample: Sample, engine: Engine, learner: Any) -> str:
    """The query of an export, about a learner by pseudonym."""
    return sample.on(engine, course=str(COURSE), learner=Pseudonyms().of(learner.pk))


def opened(engine: Engine, directory: Path) -> list[str]:
    """The statements by which an engine has the datasets of an export as views."""
    return [engine.session, *(engine.view_of_files(dataset, str(directory)) for dataset in DATASETS)]
