"""What somebody may make of an export who means no good, and what goes on while it is written."""

from __future__ import annotations

import csv
import gc
import tracemalloc
from dataclasses import replace
from pathlib import Path
from types import GeneratorType
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from attempts import api
from attempts.data import ExportProgress, ExportQuery
from attempts.datasets.host import STATES as STATES_DATASET
from attempts.exceptions import ExportDirectoryUnfit, KeysRestored
from attempts.exports import export, exporting, slices
from attempts.exports.folder import Folder
from attempts.exports.formats import FORMATS
from attempts.exports.formats.csv import CsvPart
from attempts.exports.people import PEOPLE_COLUMNS
from attempts.exports.rows import exported_columns
from attempts.uuids import attempt_uuid
from sandbox.courseware.models import StudentModule
from tests.attempts.exports.reading import rows_in
from tests.factories import COURSE, CourseFactory, StateFactory, UserFactory, enrolled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_slices")]
STATES = ExportQuery(course_key=COURSE, datasets=("states",), format="ndjson")


class Killed(BaseException):
    """As a signal that no handler sees."""


def test_pseudonyms_are_not_undone_by_other_columns(tmp_path: Path, learner: Any, reset: Any) -> None:
    """The uuid of an attempt is a hash of the user id that anybody can make who knows the address of the site."""
    reset(learner)
    export(ExportQuery(datasets=("attempts",), format="ndjson"), tmp_path / "export")
    uuids = {row["attempt_uuid"] for row in rows_in(tmp_path / "export", "attempts")}
    guessed = {pk for pk in range(1, 5000) for number in (1, 2) if str(attempt_uuid(pk, COURSE, number)) in uuids}
    assert guessed == set()


def test_keys_that_are_restored_meanwhile(tmp_path: Path, crowd: list[Any], reset: Any) -> None:
    """Archived rows of slices to come would be left out without a word."""
    for learner in crowd:
        reset(learner)

    def restore(progress: ExportProgress) -> None:
        if progress.learners == 2:
            api.restore_keys(back=False)

    with pytest.raises(KeysRestored):
        export(STATES, tmp_path / "export", told=restore)


def test_a_key_whose_number_is_none(tmp_path: Path, crowd: list[Any]) -> None:
    """Is in no attempt, and keeps nobody's rows out of the export."""
    row = StateFactory(student=crowd[0])
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE courseware_studentmodule SET course_id = 'attempt-v1:Org+Course+Run+attempt@1x' WHERE id = %s",
            [row.pk],
        )
    assert export(STATES, tmp_path / "export").rows == {"states": 5}


@pytest.mark.slow
def test_memory_when_states_grow(tmp_path: Path, crowd: list[Any]) -> None:
    """A thousand small states first do not make the next thousand, of a megabyte each, one piece."""
    small = [StateFactory.build(student=crowd[0], state="{}") for _ in range(1200)]
    big = [StateFactory.build(student=crowd[0], state="x" * 2**20) for _ in range(300)]
    for row in [*small, *big]:
        row.created = row.modified = timezone.now()
    StudentModule.objects.bulk_create([*small, *big], batch_size=10)
    del small, big
    tracemalloc.start()
    export(STATES, tmp_path / "export")
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**26, f"{peak / 2**20:.0f} MB"


def test_memory_of_parquet_with_many_attempts(tmp_path: Path, db: None) -> None:
    """What waits to be a group counts for all attempts together."""
    columns = PEOPLE_COLUMNS[2:3]
    chunks = ((number, [[f"{number}{'x' * 2**20}"] for _ in range(7)]) for number in range(20))
    tracemalloc.start()
    query = ExportQuery(format="parquet")
    with Folder(tmp_path / "export", {}) as folder:
        list(exporting._write_files(query, slices.Slice(COURSE, None, None, 1), folder, "states", columns, chunks))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**26, f"{peak / 2**20:.0f} MB"


def test_a_learner_who_only_looked_in(tmp_path: Path, crowd: list[Any]) -> None:
    """Is in an export of hers as she is in one of the course."""
    visitor: Any = UserFactory()
    StateFactory(student=visitor)
    assert export(STATES, tmp_path / "course").rows["states"] == 6
    assert export(ExportQuery(learner_id=visitor.pk), tmp_path / "hers").rows.get("states") == 1


def test_columns_of_another_release(tmp_path: Path, crowd: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of two releases are not one export: its manifest would be true of half of them."""

    def stop(_progress: ExportProgress) -> None:
        raise Killed

    with pytest.raises(Killed):
        export(STATES, tmp_path / "export", told=stop)
    datasets = exporting._datasets(STATES)
    monkeypatch.setattr(exporting, "_datasets", lambda _query: [replace(datasets[0], columns=datasets[0].columns[:-1])])
    with pytest.raises(ExportDirectoryUnfit):
        export(STATES, tmp_path / "export")


def test_no_formula_within_a_state(tmp_path: Path) -> None:
    """Cells are separated by commas; whoever has them separated by something else is told not to."""
    path, columns = tmp_path / "part", exported_columns(STATES_DATASET.columns)
    row: list[Any] = [None] * len(columns)
    row[0], row[8] = "abc", '{"answer": ";=cmd|\' /C calc\'!A0;", "other": "\t=1+1\t\n=1"}'
    part = FORMATS["csv"].part(path, columns)
    part.write([row])
    part.close()
    with path.open(newline="") as file:
        cells = [cell for line in csv.reader(file) for cell in line]
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@")]


def test_progress_of_many_courses(tmp_path: Path, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is not counted over all of them after each."""
    for number in range(300):
        CourseFactory(id=CourseKey.from_string(f"course-v1:Many+Course{number}+Run"))
    calls: list[Any] = []
    reached = Folder.reached

    def counted(folder: Any, key: Any) -> Any:
        calls.append(key)
        return reached(folder, key)

    monkeypatch.setattr(Folder, "reached", counted)
    export(ExportQuery(datasets=("states",)), tmp_path / "export", told=lambda _progress: None)
    assert len(calls) < 300 * 20


@pytest.mark.django_db(transaction=True)
def test_a_disk_that_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was being read is closed at once: left to the collector of garbage it spoils another transaction later."""
    StateFactory(student=enrolled(COURSE))

    def full(*_words: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(CsvPart, "write", full)
    with pytest.raises(OSError, match="space") as caught:
        export(ExportQuery(datasets=("states",)), tmp_path / "export")
    # Asked of a dead proxy, anything but its type is an error.
    generators = [one for one in gc.get_objects() if type(one) is GeneratorType]
    left = [one for one in generators if one.__qualname__ == "rows_of" and one.gi_frame]
    assert left == [], caught.value
    with transaction.atomic():
        del caught, generators, left
        gc.collect()
        assert StudentModule.objects.count() == 1
