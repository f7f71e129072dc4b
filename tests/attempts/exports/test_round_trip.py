"""What was exported is what the database has, whatever it has."""

from __future__ import annotations

import csv
import json
import math
import random
import subprocess
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from completion.models import BlockCompletion
from django.db import connection

from attempts import api
from attempts.data import DATASET_NAMES, EXPORT_FORMATS, ExportQuery
from attempts.datasets import DATASETS, Column
from attempts.exports import export
from attempts.exports.formats import FORMATS
from attempts.exports.pseudonyms import Pseudonyms
from sandbox.courseware.models import StudentModule
from sandbox.grades.models import PersistentCourseGrade, PersistentSubsectionGrade
from tests.attempts.exports.reading import READERS, rows_in
from tests.factories import COURSE, LOOKALIKE, CourseFactory, EnrolmentFactory, StateFactory, enrolled
from tests.work import work

pytestmark = pytest.mark.django_db
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "'=1", "''", "＝1", "－1"]
TEXTS = [
    *FORMULAS,
    "",
    " ",
    '"',
    '","',
    "a\r\nb\nc\rd",
    "\\N",
    "NULL",
    "null",
    "نص عربي",
    "汉字 \U0001f9d1‍\U0001f680",
    "\u2028\u2029\ufeff\u200f",
    '{"answer": "=HYPERLINK(\\"http://example.com\\")"}',
]


@pytest.fixture(params=EXPORT_FORMATS)
def format_(request: Any) -> Any:
    """Each of the formats."""
    return request.param


def exported(directory: Path, **words: Any) -> Path:
    """An export of everything, or of what is said."""
    export(ExportQuery(**words), directory)
    return directory


def states(directory: Path) -> list[tuple[Any, ...]]:
    """What was exported of states, in order."""
    found = rows_in(directory, "states")
    names = ("learner", "attempt_number", "block_key", "score", "max_score", "state", "created_at", "modified_at")
    return sorted(tuple(row[name] for name in names) for row in found)


def expected_states() -> list[tuple[Any, ...]]:
    """The same by Django's models and our keys."""
    names, found = Pseudonyms(), []
    for row in StudentModule.objects.all():
        number = getattr(row.course_id, "attempt", None)
        if number is None:
            number = api.active_attempt(row.student_id, row.course_id).number
        key = getattr(row.module_state_key, "plain", row.module_state_key)
        values = (str(key), row.grade, row.max_grade, row.state, row.created, row.modified)
        found.append((names.of(row.student_id), number, *values))
    return sorted(found)


def test_texts_numbers_and_times_survive(tmp_path: Path, format_: str, learner: Any, reset: Any) -> None:
    """Whatever a state may be: formulas, quotes, ends of lines, other scripts, nothing; floats and microseconds."""
    floats = [0.1, 1 / 3, 1e-300, 1.7976931348623157e308, -0.0, 0.0, 12345678901234.5]
    for index, text in enumerate([*TEXTS, None]):
        row = StateFactory(student=learner, state=text, grade=floats[index % len(floats)], max_grade=None)
        moment = datetime(2026, 2, 28, 23, 59, 59, index * 41_111, UTC)
        StudentModule.objects.filter(pk=row.pk).update(created=moment, modified=moment.replace(microsecond=0))
        if index == len(TEXTS) // 2:
            reset(learner)
    found = states(exported(tmp_path, format=format_))
    assert found == expected_states()
    assert {row[5] for row in found} == {*TEXTS, None}
    assert {row[1] for row in found} == {1, 2}


def test_times_of_a_database_in_another_zone(
    tmp_path: Path, format_: str, learner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What Django writes and reads in the zone of a connection is in UTC in a file."""
    monkeypatch.setitem(connection.settings_dict, "TIME_ZONE", "Asia/Kolkata")
    monkeypatch.setattr(connection, "timezone", ZoneInfo("Asia/Kolkata"))
    monkeypatch.setattr(connection, "timezone_name", "Asia/Kolkata")
    connection.ensure_timezone()
    row = StateFactory(student=learner)
    StudentModule.objects.filter(pk=row.pk).update(modified=datetime(2026, 3, 29, 0, 30, 0, 123456, UTC))
    found = states(exported(tmp_path, format=format_))
    assert found == expected_states()
    assert found[0][-1] == datetime(2026, 3, 29, 0, 30, 0, 123456, UTC)


def test_a_state_of_a_megabyte(tmp_path: Path, format_: str, learner: Any) -> None:
    """Among small ones."""
    for text in ("x", "é" * 2**20, "y", json.dumps({"a": "\\\"'" * 300_000})):
        StateFactory(student=learner, state=text)
    assert states(exported(tmp_path, format=format_)) == expected_states()


def test_counts_of_every_dataset(tmp_path: Path, format_: str, policy: Any, reset: Any) -> None:
    """Equal those of the tables; and the checksums those of the files, by a tool that is not ours."""
    rng = random.Random(3)
    for course_key in (COURSE, LOOKALIKE):
        for resets in (0, 1, 2):
            learner = enrolled(course_key)
            for _ in range(resets):
                work(learner, course_key, rng)
                reset(learner, course_key)
            work(learner, course_key, rng)
    directory = exported(tmp_path / "export", format=format_)
    manifest = json.loads((directory / "manifest.json").read_text())
    models = (StudentModule, PersistentCourseGrade, PersistentSubsectionGrade, BlockCompletion)
    counts = [model.objects.count() for model in models]
    names = ("states", "course_grades", "subsection_grades", "completions")
    assert [manifest["rows"][name] for name in names] == counts
    assert (manifest["rows"]["attempts"], manifest["rows"]["operations"]) == (10, 6)
    assert {name: len(rows_in(directory, name)) for name in DATASET_NAMES} == manifest["rows"]
    files = Counter(file["dataset"] for file in manifest["files"])
    assert files["states"] == len(list(directory.glob("states/**/part-*"))) == 6
    told = subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=directory, capture_output=True)
    assert told.returncode == 0, told.stdout
    assert len(told.stdout.splitlines()) == len(manifest["files"]) == len(list(directory.glob("*/**/part-*")))


def test_files_are_by_course_and_attempt(tmp_path: Path, learner: Any, reset: Any) -> None:
    """So that a tool reads no more than it needs; whoever was never reset is in attempt 1."""
    StateFactory(student=learner)
    reset(learner)
    StateFactory(student=learner)
    EnrolmentFactory(user=learner, course=CourseFactory(id=LOOKALIKE))
    StateFactory(student=learner, course_id=LOOKALIKE)
    exported(tmp_path, datasets=("states", "operations"))
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.glob("*/**/part-*")) == [
        "operations/course=course-v1%3AOrg%2BCourse%2BRun/part-00001.csv",
        "states/course=course-v1%3AOrg%2BCourse%2BRun/attempt=1/part-00001.csv",
        "states/course=course-v1%3AOrg%2BCourse%2BRun/attempt=2/part-00001.csv",
        "states/course=course-v1%3AOrg%2BCourse%2BRun2/attempt=1/part-00001.csv",
    ]


def test_no_cell_is_a_formula(tmp_path: Path, learner: Any) -> None:
    """Of what a spreadsheet would see, nothing begins as one; numbers stay numbers."""
    for text in TEXTS:
        StateFactory(student=learner, state=text, grade=-1.5)
    exported(tmp_path, datasets=("states",))
    (path,) = tmp_path.glob("states/**/part-*")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["score"] for row in rows} == {"-1.5"}
    cells = [cell for row in rows for name, cell in row.items() if name != "score"]
    assert not [cell for cell in cells if cell and cell[0] in "=+-@\t\r\n＝＋－＠"]


def test_people_have_pseudonyms(tmp_path: Path, learner: Any, run: Any) -> None:
    """The same everywhere, and nothing that names them, be it in a comment."""
    staff = enrolled(COURSE, username="ms_frost", email="frost@example.com")
    StateFactory(student=learner)
    run(api.request_reset(learner, COURSE, requested_by=staff, comment="told me she was ill"))
    exported(tmp_path, format="ndjson")
    (operation,) = rows_in(tmp_path, "operations")
    (state,) = rows_in(tmp_path, "states")
    assert state["learner"] == operation["learner"] != operation["requested_by"]
    assert operation["comment"] is None
    everything = "".join(path.read_text() for path in tmp_path.glob("**/*") if path.is_file())
    for name in (learner.username, learner.email, "ms_frost", "frost@example.com", "ill"):
        assert name not in everything
    assert f'"learner":"{learner.pk}"' not in everything


def test_identities_are_in_a_file_of_their_own(tmp_path: Path, format_: str, learner: Any, run: Any) -> None:
    """Learners, and staff who had a hand in it; the comments are there then."""
    staff = enrolled(COURSE)
    run(api.request_reset(learner, COURSE, requested_by=staff, comment="told me she was ill"))
    exported(tmp_path, format=format_, identities=True)
    (operation,) = rows_in(tmp_path, "operations")
    people = {row["learner"]: (row["user_id"], row["username"], row["email"]) for row in rows_in(tmp_path, "people")}
    assert people[operation["learner"]] == (learner.pk, learner.username, learner.email)
    assert people[operation["requested_by"]] == (staff.pk, staff.username, staff.email)
    assert operation["comment"] == "told me she was ill"


def test_pseudonyms_depend_on_the_key(settings: Any) -> None:
    """And can be taken along to another secret key."""
    first = Pseudonyms().of(1)
    assert first == Pseudonyms().of(1) != Pseudonyms().of(2)
    settings.SECRET_KEY = "another"
    assert Pseudonyms().of(1) != first
    settings.ATTEMPTS_PSEUDONYM_KEY = "kept"
    kept = Pseudonyms().of(1)
    settings.SECRET_KEY = "yet another"
    assert Pseudonyms().of(1) == kept


def test_names_of_datasets_are_those_of_the_datasets() -> None:
    """The list that the API takes, and the definitions."""
    assert tuple(dataset.name for dataset in DATASETS) == DATASET_NAMES


def test_numbers_that_json_has_not(tmp_path: Path, format_: str) -> None:
    """PostgreSQL keeps them in columns of numbers; they break no file."""
    numbers = [float("inf"), float("-inf"), 0.5, None]
    path, columns = tmp_path / "part", [Column("number", "float", "", "")]
    part = FORMATS[format_].part(path, columns)
    part.write([[number] for number in (float("nan"), *numbers)])
    part.close()
    nan, *others = [row["number"] for row in READERS[format_](path, {"number": "float"})]
    assert math.isnan(nan)
    assert others == numbers
