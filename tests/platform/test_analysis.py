"""What analysts get of an LMS: exports, events that name the attempt, and one attempt in a file."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from common.djangoapps.student.tests.factories import SuperuserFactory
from django.core.management import call_command
from django.test import Client, override_settings
from eventtracking import tracker
from lms_course import PASSWORD, RIGHT, WRONG, CourseCase

from attempts import api, tasks
from attempts.streams.subjects import course_of

ANSWERED = "edx.grades.problem.submitted"


class ExportTest(CourseCase):
    def setUp(self) -> None:
        super().setUp()
        self.work(RIGHT)
        self.reset(override=["learner_passing"])
        self.answer(self.problems[0], WRONG)
        self.other = self.enrolled("other")
        self.work(WRONG, learner=self.other, browser=self.signed_in(self.other))
        self.folder = Path(self.enterContext(TemporaryDirectory())) / "export"

    def test_a_course_with_an_archived_attempt(self) -> None:
        """Every dataset of the LMS, each row with plain keys and the number of its attempt."""
        out = io.StringIO()
        call_command("attempts", "export", str(self.folder), "--course", str(self.key), stdout=out)
        manifest = json.loads((self.folder / "manifest.json").read_text())
        assert set(manifest["rows"]) == {
            "attempts",
            "operations",
            "states",
            "course_grades",
            "subsection_grades",
            "completions",
        }
        rows = self._rows("states")
        assert {row["course_key"] for row in rows} == {str(self.key)}
        answered = Counter((row["attempt_number"], row["is_active"]) for row in self._of_problems(rows))
        archived, others = len(self.problems), len(self.problems)
        assert answered == {("1", "False"): archived, ("2", "True"): 1, ("1", "True"): others}
        assert {row["block_key"] for row in self._of_problems(rows)} == {str(key) for key in self.problems}
        scores = {row["attempt_number"]: row["score"] for row in self._of_problems(rows) if row["is_active"] == "True"}
        assert scores == {"1": "0.0", "2": "0.0"}
        assert {row["score"] for row in self._of_problems(rows) if row["is_active"] == "False"} == {"1.0"}
        written = "".join(path.read_text() for path in self.folder.glob("states/**/part-*"))
        assert "attempt-v1:" not in written
        assert len({row["learner"] for row in rows}) == 2

    def test_every_dataset_tells_archived_from_active(self) -> None:
        query = api.export_query(course_key=self.key)
        counted = api.export(query, self.folder).rows
        grades = {(row["attempt_number"], row["is_active"]) for row in self._rows("course_grades")}
        assert {("1", "False"), ("2", "True"), ("1", "True")} == grades
        completed = Counter((row["attempt_number"], row["is_active"]) for row in self._rows("completions"))
        assert completed["1", "False"] == completed["1", "True"] > completed["2", "True"] > 0
        assert counted["operations"] == len(self._rows("operations")) == 1

    def test_over_rest(self) -> None:
        """Asked for by staff, carried out by a task, fetched by the address with no login."""
        storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(self.folder)}}
        browser = self.signed_in(SuperuserFactory.create(username="staff", password=PASSWORD))
        with override_settings(ATTEMPTS_EXPORT_STORAGE=storage):
            words = {"course_id": str(self.key), "datasets": ["states"], "format": "csv"}
            asked = browser.post("/api/attempts/v1/exports/", words, content_type="application/json")
            assert asked.status_code == 202, asked.content
            tasks.run_export(asked.json()["uuid"])
            found = browser.get(asked["Location"]).json()
            assert (found["status"], found["error"]) == ("complete", None)
            address = urlsplit(found["file_url"])
            answer = Client().get(f"{address.path}?{address.query}")
            assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
            with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as packed:
                names = packed.namelist()
        assert any("/attempt=1/part-00001.csv" in name for name in names)
        assert any("/attempt=2/part-00001.csv" in name for name in names)

    def test_the_attempt_in_one_file(self) -> None:
        """For an appeal: the archived attempt, by the address that staff ask."""
        first = next(one for one in api.attempts(self.learner, self.key) if one.number == 1)
        staff = SuperuserFactory.create(username="staff", password=PASSWORD)
        response = self.signed_in(staff).get(f"/api/attempts/v1/attempts/{first.uuid}/appeal-pack/")
        assert response.status_code == 200, response.content
        with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as pack:
            told = json.loads(pack.read("attempt.json"))
            page = pack.read("attempt.html").decode()
        assert self.course.display_name in page
        blocks = {one["block_id"] for one in told["blocks"]}
        assert {str(key) for key in self.problems} <= blocks

    def _rows(self, dataset: str) -> list[dict[str, str]]:
        found: list[dict[str, str]] = []
        for path in sorted(self.folder.glob(f"{dataset}/**/part-*.csv")):
            with path.open(encoding="utf-8", newline="") as file:
                found += csv.DictReader(file)
        return found

    def _of_problems(self, rows: list[dict[str, str]]) -> list[dict[str, str]]:
        return [row for row in rows if row["block_type"] == "problem"]


class EventsTest(CourseCase):
    """The platform's own events about a learner's work, by its tracker with the processors of its settings."""

    def test_answers_name_the_attempt_that_they_belong_to(self) -> None:
        assert self._attempts_of_an_answer() == {1}
        self.reset()
        assert self._attempts_of_an_answer() == {2}
        self.undo()
        assert self._attempts_of_an_answer() == {1}

    def test_the_attempt_is_the_one_that_others_name(self) -> None:
        self.reset()
        [*_, active] = api.attempts(self.learner, self.key)
        [event, *_] = self._events_of_an_answer()
        assert event["context"]["attempt"] == {"uuid": str(active.uuid), "number": 2}

    def _attempts_of_an_answer(self) -> set[int]:
        return {event["context"]["attempt"]["number"] for event in self._events_of_an_answer()}

    def _events_of_an_answer(self) -> list[dict[str, Any]]:
        """Those about the course; the last of the learner's tries at a problem is not used up by them."""
        events: list[dict[str, Any]] = []
        backends = tracker.get_tracker().backends
        backends["analysis"] = type("Kept", (), {"send": lambda _self, event: events.append(event)})()
        try:
            self.answer(self.problems[0], WRONG)
        finally:
            del backends["analysis"]
        found = [event for event in events if course_of(event) == self.key]
        assert ANSWERED in {event["name"] for event in found}
        return found
