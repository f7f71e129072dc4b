"""Learners with more attempts at a course than a process may have open files."""

from __future__ import annotations

import json
import os
import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from attempts.data import ExportProgress, ExportQuery
from attempts.exports import export, exporting, reading
from attempts.exports.formats import FORMATS
from attempts.host.streaming import streamed
from attempts.keys import attempt_course_key
from attempts.models import AttemptContext, LearnerCourse
from sandbox.courseware.models import StudentModule
from tests.attempts.exports.reading import rows_in
from tests.factories import COURSE, StateFactory, enrolled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_slices")]
#: Files that may be opened beside those that are open.
SPARE = 100
QUERY = ExportQuery(course_key=COURSE, datasets=("attempts", "operations", "states"))


class Stopped(Exception):
    """As a worker that is told to stop."""


def begin_often(learner: Any, attempts: int) -> None:
    """Give a learner so many attempts, and two states in each."""
    identity = LearnerCourse.objects.create(user=learner, course_key=COURSE, active_number=attempts)
    AttemptContext.objects.bulk_create(
        AttemptContext(
            learner_course=identity,
            course_key=COURSE,
            org="Org",
            number=number,
            uuid=f"{learner.pk:016x}{number:016x}",
        )
        for number in range(1, attempts + 1)
    )
    for _ in range(2):
        for number in range(1, attempts + 1):
            course = COURSE if number == attempts else attempt_course_key(COURSE, number)
            StateFactory(student=learner, course_id=course)


@pytest.fixture
def few_files() -> Iterator[int]:
    """Lower how many files the process may have open; as a number of files that cannot be open at once."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = max(map(int, os.listdir("/proc/self/fd")))
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest + SPARE, before[1]))
    yield highest + SPARE
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.parametrize("name", FORMATS)
def test_more_attempts_than_files_may_be_open(tmp_path: Path, db: None, name: Any, few_files: int) -> None:
    """Every row is there once, in the one part of its attempt."""
    learner, attempts = enrolled(COURSE), few_files + 10
    begin_often(learner, attempts)
    query = ExportQuery(learner_id=learner.pk, datasets=("attempts", "states"), format=name)
    result = export(query, tmp_path)
    assert result.rows == {"attempts": attempts, "states": 2 * attempts}
    for dataset in result.rows:
        files = json.loads((tmp_path / "manifest.json").read_text())["files"]
        assert sorted(one["attempt"] for one in files if one["dataset"] == dataset) == list(range(1, attempts + 1))
    states = StudentModule.objects.values_list("module_state_key", flat=True)
    blocks = [row["block_key"] for row in rows_in(tmp_path, "states")]
    assert sorted(blocks) == sorted(str(key.map_into_course(COURSE)) for key in states if key)


@pytest.fixture
def crowd(policy: Any) -> list[Any]:
    """Five learners with none to seven attempts."""
    found = [enrolled(COURSE) for _ in range(5)]
    for learner, attempts in zip(found, (7, 0, 3, 1, 5), strict=True):
        if attempts:
            begin_often(learner, attempts)
        else:
            StateFactory(student=learner)
    return found


def parts(directory: Path) -> dict[str, bytes]:
    """What is in the parts of an export."""
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.glob("**/part-*")}


@pytest.mark.parametrize("name", FORMATS)
def test_how_many_are_open_changes_nothing(
    tmp_path: Path, crowd: list[Any], monkeypatch: pytest.MonkeyPatch, name: Any
) -> None:
    """Not one byte of any part, also of an export that stops and goes on."""
    query = ExportQuery(**{**vars(QUERY), "format": name})
    expected = export(query, tmp_path / "all")
    assert len(list((tmp_path / "all").glob("states/**/attempt=7/part-*"))) == 1
    monkeypatch.setattr(exporting, "_MOST_OPEN", 2)

    def stop(progress: ExportProgress) -> None:
        if progress.learners == 4:
            raise Stopped

    with pytest.raises(Stopped):
        export(query, tmp_path / "few", told=stop)
    assert export(query, tmp_path / "few") == expected
    assert parts(tmp_path / "few") == parts(tmp_path / "all")


@pytest.mark.parametrize("name", FORMATS)
def test_no_more_are_open(tmp_path: Path, crowd: list[Any], monkeypatch: pytest.MonkeyPatch, name: Any) -> None:
    """At any time, of whatever dataset; so neither files nor what waits for them grow with the attempts."""
    monkeypatch.setattr(exporting, "_MOST_OPEN", 2)
    format_, opened = FORMATS[name], [0, 0]
    make = format_.part

    def counted(path: Path, columns: Any) -> Any:
        part = make(path, columns)
        close = part.close
        opened[0] += 1
        opened[1] = max(opened)

        def closed() -> None:
            opened[0] -= 1
            close()

        monkeypatch.setattr(part, "close", closed)
        return part

    monkeypatch.setattr(format_, "part", counted)
    export(ExportQuery(**{**vars(QUERY), "format": name}), tmp_path / "export")
    assert opened == [0, 2]


def test_rows_are_read_again_for_too_many_attempts_only(
    tmp_path: Path, crowd: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seven attempts, three at a time, are three statements; whoever has three or fewer is read once."""
    read: list[str] = []

    def counted(using: str, sql: str, params: Any) -> Any:
        read.append(sql)
        return streamed(using, sql, params)

    monkeypatch.setattr(reading, "streamed", counted)
    query = ExportQuery(course_key=COURSE, datasets=("states",))
    export(query, tmp_path / "once")
    assert len(read) == 3
    read.clear()
    monkeypatch.setattr(exporting, "_MOST_OPEN", 3)
    export(query, tmp_path / "again")
    # Two learners in a slice: seven and none, three and one, five.
    assert len(read) == 3 + 1 + 2
