"""The page of an appeal pack in the language of whoever asks."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args
from zipfile import ZipFile

import pytest
from django.utils import timezone, translation
from django.utils.translation import trans_real
from freezegun import freeze_time

from attempts import api
from attempts.appeals.texts import WORDS
from attempts.data import AttemptState, GradeRule, Kind, Status
from sandbox.grades.models import PersistentSubsectionGradeOverride
from tests.attempts.test_appeals import Tags, packed, problem
from tests.factories import COURSE, CompletionFactory, CourseGradeFactory, SubsectionGradeFactory, UserFactory

pytestmark = pytest.mark.django_db
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def attempt(learner: Any, run: Callable[..., Any], one_clock: None) -> Iterator[Any]:
    """An attempt about which there is something to say in every part of the page."""
    with freeze_time("2026-03-02T08:00:00Z"):
        problem(learner, "p1", {"attempts": 2, "student_answers": {"a": "42"}}, grade=0.5, max_grade=2.0)
        problem(learner, "p2", {"attempts": 1, "odd": 1})
        CompletionFactory(user=learner, block_key=COURSE.make_usage_key("problem", "p1"), completion=0.5)
        CompletionFactory(user=learner, block_key=COURSE.make_usage_key("html", "page"), block_type="html")
        graded = SubsectionGradeFactory(user_id=learner.pk, earned_graded=0.5)
        PersistentSubsectionGradeOverride.objects.create(grade=graded, earned_all_override=1.5, override_reason="Typo.")
        CourseGradeFactory(user_id=learner.pk, percent_grade=0.425)
        run(api.request_reset(learner, COURSE, requested_by=None, comment="Was ill.", override=["worked_since"]))
        api.change_policy({"grade_of_record": "chosen"}, course_key=COURSE, changed_by=None)
        first = api.attempts(learner, COURSE)[0]
        api.choose_grade(first, chosen_by=UserFactory(username="dean"), comment="Appeal granted.")
        yield first


def page_of(attempt: Any, language: str | None = None) -> str:
    """The page, in a language."""
    return packed(attempt, language=language)[1]


def texts_of(page: str) -> set[str]:
    """What stands between the tags of a page, style apart."""
    words = re.sub(r"(?s)<style>.*</style>", "", page)
    return {text for text in map(str.strip, Tags(words).words) if re.search(r"[^\W\d_]{2}", text)}


def test_in_english(attempt: Any) -> None:
    """Dates, numbers and direction too."""
    page = page_of(attempt, "en")
    assert '<html lang="en" dir="ltr">' in page
    text = Tags(page).text
    for words in (
        "42.5%",
        "0.50 of 2 points; 2 tries; 50% completed; from March 2, 2026, 08:00:00 to March 2, 2026, 08:00:00",
        "reset (complete): attempt 1 → 2",
        "rule: chosen",
        "graded: – of –; all: 1.50 of –; Typo.",
    ):
        assert words in text, words


def test_in_german(attempt: Any) -> None:
    """All of it: what both pages have in common is what somebody else wrote."""
    german, english = page_of(attempt, "de"), page_of(attempt, "en")
    assert '<html lang="de" dir="ltr">' in german
    text = Tags(german).text
    for words in (
        "Versuch 1 von 2",
        "42,5 %",
        "0,50 von 2 Punkten; 2 Lösungsversuche; zu 50 % abgeschlossen; von 2. März 2026, 08:00:00 bis 2. März 2026",
        "Zurücksetzen (ausgeführt): Versuch 1 → 2",
        "Regel: der gewählte",
        "bewertet: – von –; alle: 1,50 von –; Typo.",
        "Was ill.",
    ):
        assert words in text, words
    data = json.dumps(packed(attempt)[0])
    in_common = {text for text in texts_of(german) & texts_of(english) if text not in data}
    # Blocks by their names, and what is said of fields by JSON itself.
    assert {text for text in in_common if not text.startswith(("problem ", "html ", "{"))} == set()
    assert packed(attempt, language="de")[0] == packed(attempt, language="en")[0]


def test_in_the_language_of_whoever_asks(attempt: Any) -> None:
    """Unless another is named; it stays what it was."""
    with translation.override("de-ch"):
        assert '<html lang="de" dir="ltr">' in page_of(attempt)
        assert '<html lang="en" dir="ltr">' in page_of(attempt, "en")
        assert translation.get_language() == "de-ch"
    with translation.override(None):
        assert '<html lang="en" dir="ltr">' in page_of(attempt)


def test_in_a_language_without_texts(attempt: Any) -> None:
    """It is English, and says so; an English text from right to left, with Arabic months, would be neither."""
    assert page_of(attempt, "ar") == page_of(attempt, "fr") == page_of(attempt, "en")


@pytest.fixture
def arabic(settings: Any, tmp_path: Path) -> Iterator[None]:
    """Texts that a site brings itself."""
    texts = {
        "": "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n",
        "the code of your language, such as de\x04en": "ar",
        "Learner": "المتعلم",
        "attempt %(old)s → %(new)s": "المحاولة %(old)s ← %(new)s",
    }
    file = tmp_path / "ar" / "LC_MESSAGES" / "django.mo"
    file.parent.mkdir(parents=True)
    file.write_bytes(compiled(texts))
    settings.LOCALE_PATHS = [tmp_path]
    yield
    trans_real._translations.pop("ar", None)


def compiled(texts: dict[str, str]) -> bytes:
    """Texts in the form that programs read: a head, tables of where each is, and the texts."""
    pairs = sorted((source.encode(), target.encode()) for source, target in texts.items())
    start, body, tables = 28 + 16 * len(pairs), b"", ([], [])
    for column in (0, 1):
        for pair in pairs:
            tables[column].extend((len(pair[column]), start + len(body)))
            body += pair[column] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    return head + b"".join(struct.pack(f"<{len(table)}I", *table) for table in tables) + body


def test_from_right_to_left(attempt: Any, arabic: None) -> None:
    """What somebody wrote in another script, and keys, do not turn the sentence round."""
    page = page_of(attempt, "ar")
    assert '<html lang="ar" dir="rtl">' in page
    text = Tags(page).text
    for words in ("المتعلم", "المحاولة 1 ← 2", "2 مارس"):
        assert words in text
    assert f"<bdi>{attempt.learner.username}</bdi>" in page
    assert '<pre dir="auto">' in page
    assert '<td dir="auto">Was ill. </td>' in page
    assert "padding-inline-end" in page
    assert not re.search(r"(text-align|float|margin-|padding-|border-)\s*:?\s*(left|right)", page)


@pytest.mark.parametrize("words", [AttemptState, GradeRule, Kind, Status], ids=["state", "rule", "kind", "status"])
def test_every_word_is_said(words: Any) -> None:
    """A new one has to be, too."""
    assert set(get_args(words)) <= set(WORDS)


def test_the_command(attempt: Any, attempts_command: Command, settings: Any, tmp_path: Path) -> None:
    """In the site's language, or in one that it has."""

    def language(name: str, *words: str) -> str:
        call = ("appeal-pack", attempt.learner.username, COURSE, 1, "--output", tmp_path / name, *words)
        assert attempts_command(*call)[0] == 0
        with ZipFile(tmp_path / name) as pack:
            return re.findall('<html lang="(.*?)"', pack.read("attempt.html").decode())[0]

    assert (language("1.zip"), language("2.zip", "--language", "de-AT")) == ("en", "de")
    with translation.override("de"):
        assert (language("3.zip"), language("4.zip", "--language", "en")) == ("de", "en")
    settings.LANGUAGES = [("en", "English"), ("de-de", "Deutsch")]
    call = ("appeal-pack", attempt.learner.username, COURSE, 1, "--output", tmp_path / "5.zip", "--language", "fr")
    code, _, error = attempts_command(*call)
    assert (bool(code), "it has de-de, en" in error, (tmp_path / "5.zip").exists()) == (True, True, False)


def test_times_are_those_of_json(attempt: Any) -> None:
    """To the second, in UTC, whatever the site's time zone."""
    data, page = packed(attempt, language="en")
    assert datetime.fromisoformat(data["attempt"]["archived_at"]) == datetime(2026, 3, 2, 8, tzinfo=UTC)
    with timezone.override("Asia/Tokyo"):
        assert page_of(attempt, "en") == page
