"""What tests of exports have in common."""

from __future__ import annotations

from typing import Any

import pytest

from attempts.exports import slices
from tests.factories import COURSE, StateFactory, enrolled


@pytest.fixture
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two learners in each."""
    monkeypatch.setattr(slices, "LEARNERS", 2)


@pytest.fixture
def crowd(policy: Any) -> list[Any]:
    """Five learners with a state each."""
    found = [enrolled(COURSE) for _ in range(5)]
    for learner in found:
        StateFactory(student=learner)
    return found
