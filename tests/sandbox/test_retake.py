"""``manage.py retake``."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from opaque_keys.edx.locator import CourseLocator

from attempts import api
from attempts.models import AttemptContext
from sandbox.celery import app
from sandbox.work.population import passing
from tests.factories import PolicyFactory, UserFactory

#: What a worker does begins when the request for it is committed.
committed = pytest.mark.django_db(transaction=True)
pytestmark = pytest.mark.slow


@pytest.fixture
def populated(tides: CourseLocator) -> CourseLocator:
    """A course with ten learners, of whom four pass, where resets are on."""
    call_command("populate", learners=10, seed=1)
    PolicyFactory(resets_limited=True, max_resets=3)
    UserFactory(username="support")
    return tides


def told(output: str) -> Counter[int]:
    """How many started again how often, as the command says it."""
    return Counter({int(times): int(count) for count, times in re.findall(r"(\d+) learners .* (\d+) times", output)})


@committed
def test_who_failed_starts_again(populated: CourseLocator, capsys: pytest.CaptureFixture[str]) -> None:
    """And works again: nothing is lost, the rest is left alone, some come again, some pass now."""
    before, eager = passing(populated), app.conf.task_always_eager
    call_command("retake", share=1.0)
    found = told(capsys.readouterr().out)
    assert sum(found.values()) == 6
    assert set(found) <= {1, 2, 3}
    assert len(found) > 1
    attempts = [api.attempts(f"learner{number:04}", populated) for number in range(1, 11)]
    assert Counter(len(one) - 1 for one in attempts if len(one) > 1) == found
    assert passing(populated) > before == 4
    assert all(any(api.states(attempt)) for one in attempts for attempt in one)
    call_command("attempts", "verify")
    assert app.conf.task_always_eager == eager


@committed
def test_nobody_and_some(populated: CourseLocator, capsys: pytest.CaptureFixture[str]) -> None:
    """The share is of those who do not pass; the same seed has the same fate for them."""
    call_command("retake", share=0.0)
    assert (told(capsys.readouterr().out), AttemptContext.objects.count()) == (Counter(), 0)
    call_command("retake", share=0.5, times=1)
    found = told(capsys.readouterr().out)
    assert set(found) == {1}
    assert 0 < found[1] < 6


@pytest.mark.django_db
def test_what_the_policy_refuses_is_told(populated: CourseLocator, capsys: pytest.CaptureFixture[str]) -> None:
    """And nobody works in an attempt that she does not have."""
    api.change_policy({"active": False}, changed_by=None)
    call_command("retake", share=1.0)
    output = capsys.readouterr().out
    assert told(output) == Counter({0: 6})
    assert "6 were refused: course_not_opted_in" in output
    assert AttemptContext.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"course": "nonsense"}, "nonsense"),
        ({"course": "course-v1:A+B+C"}, "There is no course"),
        ({"share": 1.1}, "from 0.0 to 1.0"),
    ],
)
def test_retake_refuses(tides: CourseLocator, options: dict[str, Any], expected: str) -> None:
    """With what is wrong."""
    with pytest.raises(CommandError, match=expected):
        call_command("retake", **options)
