"""Whom an export is about, and an export that stops and goes on."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from opaque_keys.edx.keys import CourseKey

from attempts import api
from attempts.data import ExportProgress, ExportQuery
from attempts.exceptions import CourseNotFound, ExportDirectoryUnfit, FormatUnavailable, KeysRestored
from attempts.exports import export, reading
from attempts.exports.folder import JOURNAL, Folder
from attempts.exports.formats import parquet
from attempts.exports.pseudonyms import Pseudonyms
from attempts.host.streaming import streamed
from sandbox.courseware.models import StudentModule
from tests.attempts.exports.reading import rows_in
from tests.factories import COURSE, LOOKALIKE, CourseFactory, EnrolmentFactory, StateFactory, UserFactory, enrolled
from tests.work import work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_slices")]
STATES = ExportQuery(datasets=("states",))
ELSEWHERE = CourseKey.from_string("course-v1:Elsewhere+Course+Run")


class Stopped(Exception):
    """As a worker that is told to stop."""


@pytest.fixture
def crowd(policy: Any, reset: Any) -> list[Any]:
    """Seven learners of a course, every second of whom was reset; and one who looks in without enrolling."""
    rng, found = random.Random(5), []
    for index in range(7):
        learner = enrolled(COURSE)
        work(learner, COURSE, rng)
        if index % 2:
            reset(learner)
            work(learner, COURSE, rng)
        found.append(learner)
    visitor = UserFactory()
    work(visitor, COURSE, rng)
    return [*found, visitor]


def seen(directory: Path, dataset: str = "states") -> set[tuple[str, str]]:
    """Learners and courses that are in an export."""
    return {(row["learner"], row["course_key"]) for row in rows_in(directory, dataset)}


def names(*learners: Any, course_key: Any = COURSE) -> set[tuple[str, str]]:
    """Learners at a course, as an export names them."""
    return {(Pseudonyms().of(learner.pk), str(course_key)) for learner in learners}


def test_everybody_is_in_one_slice(tmp_path: Path, crowd: list[Any]) -> None:
    """Whoever was never enrolled too; and no row is there twice."""
    export(STATES, tmp_path)
    assert seen(tmp_path) == names(*crowd)
    rows = rows_in(tmp_path, "states")
    assert len(rows) == StudentModule.objects.count()
    assert len({(row["learner"], row["attempt_number"], row["block_key"]) for row in rows}) == len(rows)
    assert len(list(tmp_path.glob("states/**/attempt=1/part-*"))) == 4


def test_progress_is_told(tmp_path: Path, crowd: list[Any]) -> None:
    """After each slice, until all enrolments are done."""
    told: list[ExportProgress] = []
    result = export(STATES, tmp_path, told=told.append)
    assert [(one.learners, one.of_learners) for one in told] == [(2, 7), (4, 7), (6, 7), (7, 7)]
    assert [one.rows for one in told] == sorted(one.rows for one in told)
    assert told[-1].rows == result.rows["states"] == StudentModule.objects.count()


@pytest.mark.parametrize("slices_done", [1, 2, 3])
@pytest.mark.parametrize("harm", ["none", "torn", "stale"])
def test_one_that_was_stopped_goes_on(tmp_path: Path, crowd: list[Any], slices_done: int, harm: str) -> None:
    """And comes to the same, byte for byte, as one that was not; whatever the crash left is gone."""
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    query = ExportQuery(identities=True)
    export(query, whole)
    count = 0

    def stop(_progress: ExportProgress) -> None:
        nonlocal count
        count += 1
        if count == slices_done:
            raise Stopped

    with pytest.raises(Stopped):
        export(query, broken, told=stop)
    assert not (broken / "manifest.json").exists()
    if harm == "torn":
        with (broken / JOURNAL).open("a") as file:
            file.write('{"course": "course-v1:Org+Cou')
    if harm == "stale":
        for attempt in (1, 9):
            left = (
                broken / f"states/course=course-v1%3AOrg%2BCourse%2BRun/attempt={attempt}/part-{slices_done + 1:05}.csv"
            )
            left.parent.mkdir(exist_ok=True)
            left.write_text("half a")
    export(query, broken)
    assert not (broken / JOURNAL).exists()
    assert files(broken) == files(whole)


def files(directory: Path) -> dict[str, bytes]:
    """What is in the files of an export, but for the times in its manifest."""
    found = {str(path.relative_to(directory)): path.read_bytes() for path in directory.glob("**/*") if path.is_file()}
    manifest = json.loads(found["manifest.json"])
    del manifest["began_at"], manifest["ended_at"]
    return {**found, "manifest.json": json.dumps(manifest).encode()}


def test_what_is_done_is_not_read_again(tmp_path: Path, crowd: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """After a stop, the statements for the first slices are spared."""
    read: list[str] = []

    def counted(using: str, sql: str, params: Any) -> Any:
        read.append(sql)
        return streamed(using, sql, params)

    def stop(progress: ExportProgress) -> None:
        if progress.learners == 6:
            raise Stopped

    monkeypatch.setattr(reading, "streamed", counted)
    with pytest.raises(Stopped):
        export(STATES, tmp_path, told=stop)
    assert len(read) == 3
    export(STATES, tmp_path)
    assert len(read) == 4


def test_another_export_does_not_go_on_with_it(tmp_path: Path, crowd: list[Any]) -> None:
    """One of other datasets, say; nothing of the first is lost."""

    def stop(_progress: ExportProgress) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        export(STATES, tmp_path, told=stop)
    before = {path: path.read_bytes() for path in tmp_path.glob("**/*") if path.is_file()}
    with pytest.raises(ExportDirectoryUnfit, match="something else"):
        export(ExportQuery(datasets=("states",), identities=True), tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.glob("**/*") if path.is_file()} == before


def test_directories_that_are_in_use(tmp_path: Path, crowd: list[Any]) -> None:
    """By files of others, by a complete export, by another process, or that cannot be made."""
    (tmp_path / "others").mkdir()
    (tmp_path / "others/thesis.txt").write_text("precious")
    with pytest.raises(ExportDirectoryUnfit, match="not empty"):
        export(STATES, tmp_path / "others")
    export(STATES, tmp_path / "done")
    with pytest.raises(ExportDirectoryUnfit, match="complete export"):
        export(STATES, tmp_path / "done")
    with Folder(tmp_path / "busy", {}), pytest.raises(ExportDirectoryUnfit, match="Another process"):
        export(STATES, tmp_path / "busy")
    with pytest.raises(ExportDirectoryUnfit, match="cannot be written"):
        export(STATES, tmp_path / "others/thesis.txt/below")
    assert (tmp_path / "others/thesis.txt").read_text() == "precious"


def test_one_course(tmp_path: Path, crowd: list[Any]) -> None:
    """Has nothing of one that begins as it does, of an archived attempt there neither."""
    other = crowd[1]
    EnrolmentFactory(user=other, course=CourseFactory(id=LOOKALIKE))
    StateFactory(student=other, course_id=LOOKALIKE)
    export(ExportQuery(course_key=LOOKALIKE, datasets=("states", "operations", "attempts")), tmp_path)
    assert seen(tmp_path) == names(other, course_key=LOOKALIKE)
    assert rows_in(tmp_path, "operations") == []


def test_one_learner(tmp_path: Path, crowd: list[Any]) -> None:
    """In all her courses, or in one."""
    learner = crowd[3]
    EnrolmentFactory(user=learner, course=CourseFactory(id=LOOKALIKE))
    StateFactory(student=learner, course_id=LOOKALIKE)
    both = names(learner) | names(learner, course_key=LOOKALIKE)
    export(ExportQuery(learner_id=learner.pk), tmp_path / "all")
    assert seen(tmp_path / "all") == both
    assert seen(tmp_path / "all", "operations") == seen(tmp_path / "all", "attempts") == names(learner)
    export(ExportQuery(learner_id=learner.pk, course_key=COURSE), tmp_path / "one")
    assert seen(tmp_path / "one") == names(learner)


def test_one_learner_who_was_stopped_goes_on(tmp_path: Path, crowd: list[Any]) -> None:
    """With the courses that are left; of those that are done no row is there twice."""
    learner = crowd[3]
    EnrolmentFactory(user=learner, course=CourseFactory(id=LOOKALIKE))
    StateFactory(student=learner, course_id=LOOKALIKE)
    query = ExportQuery(learner_id=learner.pk)
    export(query, tmp_path / "whole")

    def stop(_progress: ExportProgress) -> None:
        raise Stopped

    for _course in range(2):
        with pytest.raises(Stopped):
            export(query, tmp_path / "broken", told=stop)
    export(query, tmp_path / "broken")
    assert files(tmp_path / "broken") == files(tmp_path / "whole")


def test_one_organisation(tmp_path: Path, crowd: list[Any]) -> None:
    """By the organisation in the key of the course."""
    learner = enrolled(ELSEWHERE)
    StateFactory(student=learner, course_id=ELSEWHERE)
    export(ExportQuery(org="Elsewhere"), tmp_path / "one")
    assert seen(tmp_path / "one") == names(learner, course_key=ELSEWHERE)
    export(ExportQuery(), tmp_path / "all")
    assert seen(tmp_path / "all") == names(*crowd) | names(learner, course_key=ELSEWHERE)
    assert json.loads((tmp_path / "all/manifest.json").read_text())["courses"] == [str(ELSEWHERE), str(COURSE)]


def test_a_course_that_is_none(tmp_path: Path, db: None) -> None:
    """Is not taken for an empty one, and no directory is made for it."""
    with pytest.raises(CourseNotFound):
        export(ExportQuery(course_key=ELSEWHERE), tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_nobody_there(tmp_path: Path, db: None) -> None:
    """A course without learners is an export without rows."""
    CourseFactory(id=COURSE)
    assert export(ExportQuery(course_key=COURSE), tmp_path).files == 0
    assert json.loads((tmp_path / "manifest.json").read_text())["rows"] == {}


def test_a_course_with_the_longest_key(tmp_path: Path, policy: Any) -> None:
    """Has a directory all the same, and another one has another."""
    keys = [CourseKey.from_string(f"course-v1:{'ä' * 65}+{'ö' * 65}+{'ü' * 65}{run}") for run in "12"]
    for key in keys:
        StateFactory(student=enrolled(key), course_id=key)
    export(STATES, tmp_path)
    assert {row["course_key"] for row in rows_in(tmp_path, "states")} == {str(key) for key in keys}
    assert len(list((tmp_path / "states").iterdir())) == 2


def test_without_pyarrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    """Parquet is refused with what to install."""
    monkeypatch.setattr(parquet, "find_spec", lambda _name: None)
    with pytest.raises(FormatUnavailable, match=r"openedx-attempts\[analysis\]"):
        export(ExportQuery(format="parquet"), tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_keys_for_another_platform(tmp_path: Path, learner: Any, reset: Any) -> None:
    """Archived rows would be taken for those of another course, so nothing is exported."""
    StateFactory(student=learner)
    reset(learner)
    api.restore_keys(back=False)
    with pytest.raises(KeysRestored):
        export(STATES, tmp_path)
