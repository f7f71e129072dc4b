"""Appeal packs: everything that is known of an attempt, in one file."""

from __future__ import annotations

import io
import json
import re
import tracemalloc
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from submissions import api as submissions

from attempts import api
from sandbox.grades.models import PersistentSubsectionGradeOverride
from sandbox.student.models import anonymous_id_for_user
from tests.factories import (
    COURSE,
    CompletionFactory,
    CourseGradeFactory,
    StateFactory,
    SubsectionGradeFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert('1')</script>\"'&\u202e\ud800"


def packed(attempt: Any, **words: Any) -> tuple[dict[str, Any], str]:
    """The JSON and the HTML of a pack."""
    file = io.BytesIO()
    api.write_appeal_pack(attempt, file, **words)
    with ZipFile(file) as pack:
        assert pack.namelist() == ["attempt.json", "attempt.html"]
        assert pack.testzip() is None
        return json.loads(pack.read("attempt.json"), parse_constant=pytest.fail), pack.read("attempt.html").decode()


def problem(learner: Any, name: str, state: Any, **words: Any) -> Any:
    """A state of a problem."""
    key = COURSE.make_usage_key("problem", name)
    return StateFactory(student=learner, module_state_key=key, state=json.dumps(state), **words)


class Tags(HTMLParser):
    """Collects the tags of a page, and the text in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, _attributes: Any) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        """The text, blanks made one."""
        return re.sub(r"\s+", " ", " ".join(self.words))


@pytest.fixture
def story(learner: Any, run: Callable[..., Any]) -> Any:
    """A learner with work, graded and overridden, who was reset by somebody for a reason."""
    problem(learner, "p1", {"attempts": 2, "student_answers": {"a": "42"}}, grade=1.0, max_grade=2.0)
    CompletionFactory(user=learner, block_key=COURSE.make_usage_key("problem", "p1"))
    CompletionFactory(user=learner, block_key=COURSE.make_usage_key("html", "page"), block_type="html")
    graded = SubsectionGradeFactory(user_id=learner.pk)
    PersistentSubsectionGradeOverride.objects.create(grade=graded, earned_graded_override=2.0, override_reason="Typo.")
    CourseGradeFactory(user_id=learner.pk, percent_grade=0.4)
    dean = UserFactory(username="dean")
    run(api.request_reset(learner, COURSE, requested_by=dean, comment="Was ill."))
    return learner


def test_a_pack_has_everything(story: Any) -> None:
    """Answers, scores, times; who did what and why."""
    data, page = packed(api.attempts(story, COURSE)[0])
    assert (data["version"], data["learner"]["username"], data["course"]["course_id"]) == (
        1,
        story.username,
        str(COURSE),
    )
    assert (data["attempt"]["number"], data["attempt"]["state"], data["attempts"]) == (1, "archived", 2)
    assert (data["grade"]["percent_grade"], data["attempt"]["summary"]["percent_grade"]) == (0.4, 0.4)
    assert (data["grade_of_record"]["rule"], data["grade_of_record"]["number"]) == ("latest", 2)
    assert [(one["override"]["reason"], one["ratio"]) for one in data["subsections"]] == [("Typo.", 1.0)]
    (operation,) = data["operations"]
    assert (operation["kind"], operation["requested_by"], operation["comment"]) == ("reset", "dean", "Was ill.")
    first, second = data["blocks"]
    assert (first["score"], first["max_score"], first["tries"], first["completion"]) == (1.0, 2.0, 2, 1.0)
    assert (first["answers"], first["state"]["attempts"]) == ({"student_answers": {"a": "42"}}, 2)
    assert (second["block_type"], second["completion"]) == ("html", 1.0)
    text = Tags(page).text
    for words in (
        "Attempt 1 of 2",
        "Was ill.",
        "dean",
        "1 of 2 points",
        "2 tries",
        '"a": "42"',
        "Typo.",
        "40%",
        "100% completed",
    ):
        assert words in text, words


def test_work_handed_in_elsewhere_is_in_it(learner: Any) -> None:
    """The state holds nothing but its uuid."""
    key = COURSE.make_usage_key("openassessment", "essay")
    item = {
        "student_id": anonymous_id_for_user(learner, COURSE),
        "course_id": str(COURSE),
        "item_id": str(key),
        "item_type": "openassessment",
    }
    handed_in = submissions.create_submission(item, {"parts": [{"text": "An essay."}]})
    state = json.dumps({"submission_uuid": handed_in["uuid"]})
    StateFactory(student=learner, module_state_key=key, module_type="openassessment", state=state)
    data, page = packed(api.active_attempt(learner, COURSE))
    assert data["blocks"][0]["answers"] == {"parts": [{"text": "An essay."}]}
    assert "An essay." in page


def test_what_somebody_else_handed_in_is_not(learner: Any) -> None:
    """Whatever uuid a state may name."""
    key = COURSE.make_usage_key("openassessment", "essay")
    item = {"student_id": "another", "course_id": str(COURSE), "item_id": str(key), "item_type": "openassessment"}
    handed_in = submissions.create_submission(item, {"parts": [{"text": "Not hers."}]})
    StateFactory(student=learner, module_state_key=key, state=json.dumps({"submission_uuid": handed_in["uuid"]}))
    data, page = packed(api.active_attempt(learner, COURSE))
    assert data["blocks"][0]["answers"] is None
    assert "Not hers." not in page


def test_whatever_is_stored_can_be_read(learner: Any, reset: Any) -> None:
    """Hostile text is text, numbers that JSON has not are texts, and what is no JSON is there as it is."""
    problem(learner, "hostile", {"student_answers": {HOSTILE: HOSTILE}, "odd": float("nan")}, grade=0.0, max_grade=0.0)
    StateFactory(student=learner, state="no JSON <b>")
    StateFactory(student=learner, state=None)
    StateFactory(student=learner, state='{"a":' * 600 + "1" + "}" * 600)
    reset(learner, comment=HOSTILE.replace("\ud800", ""))
    data, page = packed(api.attempts(learner, COURSE)[0])
    shown = HOSTILE.replace("\ud800", "?")
    hostile, broken, opened, deep = data["blocks"]
    assert (hostile["answers"], hostile["state"]["odd"]) == ({"student_answers": {shown: shown}}, "nan")
    assert (broken["unreadable"], broken["state"]) == ("no JSON <b>", None)
    assert (opened["state"], opened["answers"]) == (None, None)
    assert (deep["state"], len(deep["unreadable"])) == (None, 3601)
    tags = Tags(page)
    assert not tags.tags & {"script", "b", "iframe", "img", "link"}
    assert "<script>alert('1')</script>" in tags.text
    assert "no JSON <b>" in tags.text


def test_the_only_attempt_of_somebody_never_reset(learner: Any) -> None:
    """Has no row and no operations."""
    data, page = packed(api.active_attempt(learner, COURSE))
    assert (data["attempts"], data["operations"], data["blocks"], data["grade"]) == (1, [], [], None)
    assert "Nobody has reset this learner" in page


def test_choices_of_grades_are_in_it(learner: Any, reset: Any) -> None:
    """As something that somebody did."""
    reset(learner)
    api.change_policy({"grade_of_record": "chosen"}, course_key=COURSE, changed_by=None)
    first = api.attempts(learner, COURSE)[0]
    api.choose_grade(first, chosen_by=UserFactory(username="dean"), comment="Appeal granted.")
    data, page = packed(first)
    assert [(one["number"], one["chosen_by"]) for one in data["grade_choices"]] == [(1, "dean")]
    assert "Appeal granted." in page


@pytest.mark.slow
def test_memory_does_not_grow(learner: Any) -> None:
    """With the blocks, of which some are large."""

    def cost() -> tuple[int, int]:
        file = io.BytesIO()
        with CaptureQueriesContext(connection) as captured:
            tracemalloc.start()
            api.write_appeal_pack(attempt, file)
            _now, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        return len(captured), most

    attempt = api.active_attempt(learner, COURSE)
    state = {"student_answers": {"a": "x" * 50_000}}
    for number in range(100):
        problem(learner, f"p{number}", state)
    cost()
    few, least = cost()
    for number in range(100, 400):
        problem(learner, f"p{number}", state)
    many, most = cost()
    # One for each fifty.
    assert many - few == 6
    assert most < 1.3 * least


def test_a_switch_in_between_begins_anew(learner: Any, reset: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written before it is not in the file."""
    from attempts.appeals import pack

    read, problem_row = [], problem(learner, "p1", {"attempts": 1})
    contents_of = pack.contents_of

    def contents(attempt: Any) -> Any:
        found = contents_of(attempt)
        if not read:
            reset(learner)
        read.append(found)
        return found

    monkeypatch.setattr(pack, "contents_of", contents)
    data, _page = packed(api.active_attempt(learner, COURSE))
    assert len(read) == 2
    assert (data["attempt"]["state"], data["attempt"]["summary"] is None) == ("archived", False)
    assert [one["kind"] for one in data["operations"]] == ["reset"]
    assert [one["block_id"] for one in data["blocks"]] == [str(problem_row.module_state_key)]
    assert data["attempts"] == 2


def test_the_command(story: Any, tmp_path: Path, attempts_command: Callable[..., tuple[int, str, str]]) -> None:
    """Writes a new file, and none if there is nothing to write or somewhere in the way."""
    path = tmp_path / "pack.zip"
    code, out, _ = attempts_command("appeal-pack", story.username, COURSE, 1, "--output", path)
    assert (code, f"attempt 1 of {story.username}" in out) == (0, True)
    with ZipFile(path) as pack:
        assert json.loads(pack.read("attempt.json"))["attempt"]["number"] == 1
    assert path.stat().st_mode & 0o777 == 0o600
    before = path.read_bytes()
    code, _, error = attempts_command("appeal-pack", story.username, COURSE, 1, "--output", path)
    assert (code, "exists" in error, path.read_bytes()) == (2, True, before)
    assert attempts_command("appeal-pack", story.username, COURSE, 7, "--output", tmp_path / "no.zip")[0] == 2
    assert attempts_command("appeal-pack", story.username, COURSE, 1, "--output", tmp_path / "no" / "no.zip")[0] == 2
    assert [one.name for one in tmp_path.iterdir()] == ["pack.zip"]
