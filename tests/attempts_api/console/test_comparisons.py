"""Two attempts side by side: what changed, said by words and signs."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from attempts import api
from sandbox.content.models import CourseBlock
from tests.attempts_api.console.conftest import PART
from tests.attempts_api.console.test_attempts import path_of, shown, text_of
from tests.factories import (
    COURSE,
    CompletionFactory,
    CourseGradeFactory,
    StateFactory,
    SubsectionGradeFactory,
    enrolled,
)
from tests.outlines import Content

pytestmark = pytest.mark.django_db


def answer(learner: Any, key: Any, text: str, grade: float, tries: int = 1) -> None:
    """Answer a problem of two points."""
    state = json.dumps({"attempts": tries, "student_answers": {"a": text}})
    StateFactory(student=learner, module_state_key=key, state=state, grade=grade, max_grade=2.0)


@pytest.fixture
def two(learner: Any, reset: Any) -> dict[str, Any]:
    """Two attempts: one problem better, one worse, one the same, one only in each."""
    names = ("better", "worse", "same", "first", "second")
    _, subsection, _, *keys = Content().unit("Unit", *(("problem", name, f"The {name} one") for name in names))
    found = dict(zip(names, keys, strict=True))
    answer(learner, found["better"], "wrong", 0.0)
    answer(learner, found["worse"], "right", 2.0)
    answer(learner, found["same"], "same", 1.0)
    answer(learner, found["first"], "early", 1.0)
    SubsectionGradeFactory(user_id=learner.pk, usage_key=subsection)
    CourseGradeFactory(user_id=learner.pk, percent_grade=0.3)
    reset(learner)
    answer(learner, found["better"], "right", 2.0, tries=2)
    answer(learner, found["worse"], "wrong", 1.0)
    answer(learner, found["same"], "same", 1.0)
    answer(learner, found["second"], "late", 1.0)
    CompletionFactory(user=learner, block_key=found["worse"])
    SubsectionGradeFactory(user_id=learner.pk, usage_key=subsection, earned_graded=2.0, earned_all=2.0)
    CourseGradeFactory(user_id=learner.pk, percent_grade=0.5)
    first, second = api.attempts(learner, COURSE)
    return {"learner": learner, "first": first, "second": second, "keys": found}


def rows_in(page: str) -> dict[str, str]:
    """What the rows of the table say, by the name of the block."""
    found = {}
    for row in re.findall(r"<tr>(.*?)</tr>", page)[1:]:
        name = re.search(r"<bdi[^>]*>(.*?)</bdi>", row)
        found[name[1] if name else "grade"] = re.sub(r" +", " ", text_of(row))
    return found


def test_changes_are_said(support: Client, two: dict[str, Any]) -> None:
    """In the order of the course; what did not change is left out, unless it is asked for."""
    path = path_of(two["first"], "compare", two["second"].uuid)
    rows = rows_in(shown(support, path))
    assert list(rows) == ["grade", "Subsection", "The better one", "The worse one", "The first one", "The second one"]
    assert "▲ better by 20 percentage points" in rows["grade"]
    assert "▲ better by 50 percentage points" in rows["Subsection"]
    better = "▲ better by 100 percentage points"
    for words in (better, "≠ other answers", "≠ other number of tries", "0 of 2 points", "2 tries"):
        assert words in rows["The better one"].replace("</span>", ""), words
    assert "▼ worse by 50 percentage points" in rows["The worse one"]
    assert "≠ other completion" in rows["The worse one"]
    assert "- only in attempt 1" in rows["The first one"]
    assert "+ only in attempt 2" in rows["The second one"]
    assert "last activity: " in rows["The first one"]
    everything = rows_in(shown(support, path + "?show=all", **PART))
    assert "no change" in everything["The same one"]
    turned = rows_in(shown(support, path_of(two["second"], "compare", two["first"].uuid)))
    assert "▼ worse by 20 percentage points" in turned["grade"]


def test_a_course_grade_of_one_attempt_only(support: Client, learner: Any, reset: Any) -> None:
    """Is a change, whichever has it."""
    reset(learner)
    CourseGradeFactory(user_id=learner.pk, percent_grade=0.5)
    first, second = api.attempts(learner, COURSE)
    assert "+ only in attempt 2" in text_of(shown(support, path_of(first, "compare", second.uuid)))
    assert "- only in attempt 2" in text_of(shown(support, path_of(second, "compare", first.uuid)))


def test_answers_side_by_side(support: Client, two: dict[str, Any]) -> None:
    """As a page and as a dialog."""
    path = path_of(two["first"], "compare", two["second"].uuid, "blocks", two["keys"]["better"])
    whole, part = shown(support, path), shown(support, path, **PART)
    for page in (whole, part):
        assert page.index("wrong") < page.index("right")
        assert "The texts differ." in page
    assert "<h1" in whole
    assert 'id="dialog-title"' in part
    same = path_of(two["first"], "compare", two["second"].uuid, "blocks", two["keys"]["same"])
    assert "The texts are the same." in shown(support, same)
    only = path_of(two["first"], "compare", two["second"].uuid, "blocks", two["keys"]["second"])
    assert "nothing recorded" in shown(support, only)
    none = path_of(two["first"], "compare", two["second"].uuid, "blocks", COURSE.make_usage_key("problem", "none"))
    assert support.get(none).status_code == 404
    assert support.get(none.replace("block-v1", "nothing")).status_code == 404


def test_blocks_that_the_course_no_longer_has_come_last(support: Client, two: dict[str, Any]) -> None:
    """And are marked."""
    CourseBlock.objects.filter(usage_key=two["keys"]["better"]).update(removed=True)
    rows = rows_in(shown(support, path_of(two["first"], "compare", two["second"].uuid)))
    assert list(rows)[-1] == "better"
    assert "no longer in the course" in rows["better"]


def test_what_cannot_be_compared(support: Client, two: dict[str, Any], reset: Any) -> None:
    """An attempt with itself, or with somebody else's."""
    reset(other := enrolled())
    for second in (two["first"], api.attempts(other, COURSE)[0]):
        for more in ((), ("blocks", two["keys"]["better"])):
            answer = support.get(path_of(two["first"], "compare", second.uuid, *more))
            assert answer.status_code == 400
            assert "not two attempts of one learner" in answer.content.decode()
