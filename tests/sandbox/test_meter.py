"""What the tour says that a switch costs."""

from __future__ import annotations

import pytest
from celery import shared_task
from django.contrib.auth import get_user_model

from sandbox.tour.meter import TaskMeter


@shared_task(name="tests.meter.inner")
def inner() -> None:
    """Two statements."""
    for _ in range(2):
        get_user_model().objects.exists()


@shared_task(name="tests.meter.outer")
def outer() -> None:
    """Three statements, and those of a task that runs before it ends."""
    get_user_model().objects.exists()
    inner.apply()
    for _ in range(2):
        get_user_model().objects.exists()


@pytest.mark.django_db
def test_a_task_is_not_charged_for_those_it_has_run() -> None:
    """Nor is one of those taken for it: they end first."""
    with TaskMeter() as meter:
        outer.apply()
    counts = {name: cost.statements for name, cost in meter.costs.items()}
    assert counts == {"tests.meter.outer": 3, "tests.meter.inner": 2}
    assert all(cost.milliseconds > 0 for cost in meter.costs.values())
