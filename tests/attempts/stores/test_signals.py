"""A switch writes by set: what the host does when a row is saved or deleted, it does not do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models import signals

from tests.attempts.stores import rows, test_platform_stores
from tests.attempts.stores.contract import MovingContract
from tests.factories import COURSE

pytestmark = pytest.mark.django_db

SIGNALS = (signals.pre_save, signals.post_save, signals.pre_delete, signals.post_delete, signals.m2m_changed)


@pytest.fixture
def heard() -> Iterator[list[str]]:
    """The models of the host of which something was saved or deleted; ours are left out."""
    models: list[str] = []

    def receive(sender: Any, **_kwargs: Any) -> None:
        if sender._meta.app_label != "attempts":
            models.append(sender._meta.label)

    for signal in SIGNALS:
        signal.connect(receive)
    yield models
    for signal in SIGNALS:
        signal.disconnect(receive)


#: What makes the rows of every store that moves something.
MAKERS = [
    one.make
    for one in vars(test_platform_stores).values()
    if isinstance(one, type) and issubclass(one, MovingContract) and "make" in vars(one)
]


def test_behaviour_4_5_no_signal_of_the_host_in_a_switch(learner: Any, reset: Any, undo: Any, heard: list[str]) -> None:
    """With a row in every table that moves, and an individual date, which the switch adds rows for."""
    made = [make(learner, COURSE, 0) for make in (*MAKERS, rows.user_date)]
    assert set(heard) >= {row._meta.label for row in made}
    heard.clear()
    moved = reset(learner).rows
    assert {row._meta.db_table for row in made} <= {table for table, one in moved.items() if one.archived}
    undo(learner)
    assert heard == []


def test_behaviour_10_no_score_is_published_in_a_switch(learner: Any, reset: Any, undo: Any, heard: list[str]) -> None:
    """A tool's score is published to the active attempt whenever its row is saved."""
    row = rows.lti_score(learner, COURSE, 0)
    assert heard.count(row._meta.label) == 2
    heard.clear()
    reset(learner)
    undo(learner)
    assert heard == []
