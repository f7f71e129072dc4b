"""Summaries: what is counted, and what a campaign that was cut off adds up to."""

from __future__ import annotations

from typing import Any

import pytest

from tests.faults.checker import Violation
from tests.faults.summary import Summary, added, as_page, kills_at, summarise


def summary(**words: Any) -> Summary:
    """A campaign of two histories."""
    kill = {"fault": "kill", "role": "worker", "label": "SELECT a"}
    values: dict[str, Any] = {
        "engine": "PostgreSQL 15.20 (Debian) on x86",
        "histories": 2,
        "last_seed": 2,
        "violations": [],
        "strikes": [{**kill, "at": 0}, {**kill, "at": 2}, {**kill, "at": 2}, {"fault": "clock", "role": "web"}],
        "met": [{"fault": "deadlock", "role": "worker"}],
        "deletes": [],
        "boundaries": {"reset": 3, "undo": 2},
        "counts": {"struck kill_broker": 1, "step work": 4, "step switch": 3, "operation reset complete": 2},
        "seconds": 3600,
    }
    return summarise(**{**values, **words})


def test_what_has_struck_is_counted() -> None:
    """By those who were struck, by the database, and by the controller; not what was planned."""
    assert summary()["faults_that_struck"] == {
        "clock (web)": 1,
        "kill (worker)": 3,
        "kill_broker": 1,
        "met deadlock (worker)": 1,
    }
    assert kills_at(summary()) == [1, 0, 2]
    assert "struck kill_broker" not in summary()["counts"]


def test_a_delete_is_a_violation() -> None:
    """Of the history whose work sent it."""
    found = summary(violations=[Violation(1, "fidelity", "lost")], deletes=[{"work": "2-switch-0", "sql": "DELETE"}])
    assert [(one["seed"], one["promise"]) for one in found["violations"]] == [(1, "fidelity"), (2, "no DELETE")]


def test_a_campaign_that_was_continued_adds_up() -> None:
    """Violations of both parts stay."""
    first = summary(violations=[Violation(1, "fidelity", "lost")])
    whole = added(first, summary(histories=3, last_seed=5, boundaries={"reset": 4, "undo": 2}))
    assert (whole["histories"], whole["last_seed"], whole["seconds"]) == (5, 5, 7200)
    assert len(whole["violations"]) == 1
    assert whole["counts"]["step work"] == 8
    assert kills_at(whole) == [2, 0, 4, 0]
    with pytest.raises(ValueError, match="MariaDB"):
        added(first, summary(engine="MariaDB 10.11"))


def test_the_page_has_a_column_for_each_engine() -> None:
    """And a line for whatever one of them has counted."""
    maria = summary(engine="MariaDB or MySQL 10.11.19-MariaDB-0+deb12u1", met=[])
    lines = as_page([maria, summary()]).splitlines()
    assert '   "","MariaDB 10.11.19","PostgreSQL 15.20"' in lines
    assert '   "met deadlock (worker)",0,1' in lines
    assert '   "steps",7,7' in lines
    assert '   "kills at each, fewest",0,0' in lines
