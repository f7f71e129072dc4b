"""The harness, from the command line to the tables, with ten rows on SQLite."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from attempts.fence import announce_request, unit_of_work
from attempts.followups import installed_follow_ups
from benchmarks import __main__ as harness
from benchmarks.engines import engine
from benchmarks.marks import nothing_switched_lately
from benchmarks.meter import spread
from benchmarks.options import Options, parse
from benchmarks.parts import active, fence, statements, switch
from benchmarks.report import write_tables
from benchmarks.settings import ATTEMPTS_PROOF_DELAY, ATTEMPTS_SWEEP_DELAYS
from benchmarks.targets import targets
from tests.caches import SHARED
from tests.factories import StateFactory

_TINY = Options(rows=(10,), learners=1, rounds=1, operations=1, fence_rounds=1, saves=2)
_FACTS = {"date": "", "commit": "", "server": "", "server_settings": {}, "shared_cache": "", "load_average": 0.5}


@pytest.mark.usefixtures("course")
def test_a_switch_is_measured_beside_floor_and_peers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = switch.run(_TINY)
    contenders = found["sizes"][0]["contenders"]
    assert set(contenders) == {"floor", "reset", "undo", "archive", "loop"}
    assert all(one["ms"]["median"] > 0 for one in contenders.values())
    assert contenders["floor"]["statements_total"] == 4
    assert contenders["archive"]["statements"] == {"INSERT": 4, "DELETE": 4}
    assert "10 rows:" in capsys.readouterr().out
    # What is written can be read back.
    write_tables({"sqlite": {"switch": {"facts": _FACTS, "found": json.loads(json.dumps(found))}}}, tmp_path)
    with (tmp_path / "switch.csv").open(encoding="utf-8") as file:
        header, row = csv.reader(file)
    assert (row[0], row[1], len(row)) == ("SQLite", "10", len(header))
    assert {target.what.partition(",")[0] for target in targets("sqlite", {"switch": found})} == {"statements"}


@pytest.mark.usefixtures("course")
def test_the_slowest_statements_come_with_their_plans() -> None:
    found = statements.run(_TINY)
    for kind in ("reset", "undo"):
        slowest = found[kind]["slowest"]
        assert len(slowest) == 3
        assert [one["ms"] for one in slowest] == sorted((one["ms"] for one in slowest), reverse=True)
        assert found[kind]["statements_ms"] < found[kind]["whole_ms"]
    assert any("SEARCH" in one["plan"] for one in found["reset"]["slowest"])


@pytest.mark.usefixtures("course")
def test_the_host_is_measured_with_and_without(settings) -> None:
    settings.CACHES = SHARED
    found = active.run(_TINY)["learners"]
    assert {name: set(one) for name, one in found.items()} == {
        name: {"read", "answer", "answer_first"} for name in ("never_reset", "with_archived")
    }
    assert set(fence.run(_TINY)["ms_per_save"]) == {"bare", "fenced", "lately"}


def test_nobody_was_switched_lately_whatever_others_mark(settings: Any, learner: Any, reset: Any) -> None:
    """Other processes, whose switches are marked in the same cache, make the fence look closely."""
    settings.CACHES = SHARED
    reset(learner)
    nothing_switched_lately()
    announce_request()
    with unit_of_work():
        assert StateFactory(student=learner).pk


def test_a_server_that_does_not_answer_is_said_loudly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POSTGRES_URL", "postgres://postgres@127.0.0.1:9/none")
    monkeypatch.delenv("MARIADB_URL", raising=False)
    assert "MARIADB_URL is not set" in engine("mariadb").missing
    assert engine("postgresql").missing
    assert harness.main(["--engines", "mariadb,postgresql", "--results", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert "MARIADB IS NOT MEASURED" in said
    assert "POSTGRESQL IS NOT MEASURED" in said
    assert "Only SQLite" in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--engines", "oracle"], "oracle: choose from sqlite,mariadb,postgresql"),
        (["--parts", ""], "nothing: choose from switch"),
        (["--rows", "10,ten"], "'ten' is no int above 0"),
        (["--learners", "0"], "'0' is no int above 0"),
    ],
)
def test_a_wrong_option_is_named(words: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(words)
    assert told in capsys.readouterr().err


def test_options_reach_the_process_that_measures() -> None:
    command = parse(["--table-rows", "1_000,100", "--parts", "tables", "--loop-seconds", "2.5"])
    assert (command.options.table_rows, command.parts) == ((100, 1000), ("tables",))
    assert Options.from_json(command.options.as_json()) == command.options


def test_figures_of_nothing_are_no_figures() -> None:
    assert spread([3.0]).as_dict() == {"median": 3.0, "low": 3.0, "high": 3.0, "count": 1}
    assert (spread([1, 2, 3, 4, 100]).median, spread([1, 2, 3, 4, 100]).high) == (3, 4)
    with pytest.raises(ValueError, match="nothing"):
        spread([])


def test_whatever_follows_a_switch_is_due_at_once_where_workers_are_measured(settings) -> None:
    """A follow-up with a delay of its own would have the benchmarks wait for it."""
    settings.ATTEMPTS_SWEEP_DELAYS = ATTEMPTS_SWEEP_DELAYS
    settings.ATTEMPTS_PROOF_DELAY = ATTEMPTS_PROOF_DELAY
    assert {name: one.delay for name, one in installed_follow_ups().items() if one.delay} == {}
