"""A real worker on a real broker, alive and killed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from attempts import api
from attempts.models import AttemptExport
from sandbox.courseware.models import StudentModule
from tests.factories import COURSE, StateFactory
from tests.processes import manage, wait_until, worker
from tests.racing import together
from tests.snapshots import read_placed

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_worker_carries_out_what_a_command_asks_for(learner: Any, tmp_path: Path) -> None:
    """Reset and undo, each waited for."""
    before = read_placed()
    with worker(tmp_path):
        done = manage(tmp_path, "attempts", "reset", learner.username, COURSE, "--wait")
        assert (done.returncode, "attempt 1 → 2" in done.stdout) == (0, True), done.stderr
        assert {row.attempt for row in read_placed().values()} == {1}
        done = manage(tmp_path, "attempts", "undo", learner.username, COURSE, "--wait")
        assert done.returncode == 0, done.stderr
    assert read_placed() == before


def test_a_killed_worker_leaves_nothing_half_done(learner: Any, tmp_path: Path) -> None:
    """Behaviour 4.5. Killed while it waits for a row that somebody holds; recovered afterwards, once."""
    before = read_placed()
    with worker(tmp_path) as process:
        with transaction.atomic():
            # Holds the learner's rows, or on SQLite the database, so that the switch cannot finish.
            StudentModule.objects.filter(student=learner).update(done="f")
            asked = manage(tmp_path, "attempts", "reset", learner.username, COURSE) if _rows_are_locked() else None
            if asked:
                wait_until(lambda: together(lambda: _status(learner)) == ["in_progress"], "the worker has begun")
                process.kill()
                process.wait()
            transaction.set_rollback(True)
        if not asked:
            process.kill()
            process.wait()
            asked = manage(tmp_path, "attempts", "reset", learner.username, COURSE)
    assert asked.returncode == 0, asked.stderr
    assert read_placed() == before
    assert api.courses(learner)[0].last_operation.in_flight
    recovered = manage(tmp_path, "attempts", "recover", "--older-than", 0)
    assert "attempt 1 → 2" in recovered.stdout
    assert {row.attempt for row in read_placed().values()} == {1}
    # Follow-ups may be due by now; the operation is not.
    placed = read_placed()
    assert manage(tmp_path, "attempts", "recover", "--older-than", 0).returncode == 0
    assert read_placed() == placed
    assert [attempt.number for attempt in api.attempts(learner, COURSE)] == [1, 2]
    assert list(api.verify()) == []


def _rows_are_locked() -> bool:
    """Whether the engine locks rows, so that others can write elsewhere meanwhile; SQLite locks everything."""
    return connection.vendor != "sqlite"


def _status(learner: Any) -> str:
    """Asked on another connection: this one may read from a snapshot."""
    operation = api.courses(learner)[0].last_operation
    return operation.status if operation else "none"


def test_another_worker_finishes_the_export_of_one_that_was_killed(learner: Any, tmp_path: Path) -> None:
    """It is asked for, written and packed by real processes; what the first one left is taken up by the second."""
    StateFactory(student=learner)
    asked = AttemptExport.objects.create(
        requested_by=learner, course_key=COURSE, datasets=["states"], format="csv", status="in_progress"
    )
    # As a worker that was killed leaves it: begun, and nobody is at it.
    AttemptExport.objects.filter(pk=asked.pk).update(touched_at=timezone.now() - timedelta(hours=1))
    with worker(tmp_path):
        assert manage(tmp_path, "shell", "-c", _RECOVER).returncode == 0
        wait_until(lambda: together(lambda: api.export_asked(asked.uuid).status) == ["complete"], "the export is done")
    found = api.export_asked(asked.uuid)
    assert dict(found.rows) == {"states": StudentModule.objects.count()}
    assert len(list((tmp_path / "exports").glob(f"{asked.uuid}/*.zip"))) == 1


#: What Celery's beat sends every few minutes.
_RECOVER = "from attempts.tasks import recover_operations; recover_operations.delay()"
