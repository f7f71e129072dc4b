"""Fixtures for the suites that hold for every host database."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import PolicyFactory, StateFactory, enrolled


@pytest.fixture
def learner(transactional_db: None) -> Any:
    """A learner with three states, whom the policy lets be reset; committed, so that other processes see her."""
    PolicyFactory()
    learner = enrolled()
    StateFactory.create_batch(3, student=learner)
    return learner
