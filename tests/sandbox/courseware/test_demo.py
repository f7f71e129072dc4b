"""A real course, as Studio exports it: every unit of it opens."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from django.contrib.auth.models import AbstractBaseUser
from django.test import Client

from sandbox.content.olx import import_course
from sandbox.work import enable_completion_tracking, enrol, load_outline
from tests.sandbox.courseware.conftest import Desk

pytestmark = pytest.mark.django_db


def test_every_unit_opens_and_what_cannot_run_says_so(
    demo_archive: Path, client: Client, learner: AbstractBaseUser
) -> None:
    """No block fails; each that does not run says what it needs; all others are there."""
    enable_completion_tracking()
    key = import_course(demo_archive).key
    enrol(learner, key)
    client.force_login(learner)
    desk, outline = Desk(client, key), load_outline(key)
    assert desk.course().status_code == 200
    shown: Counter[str] = Counter()
    needed: Counter[str] = Counter()
    for section in outline.subsections:
        for unit in outline.below(section):
            page = desk.unit(unit.usage_key.block_id)
            assert page.status_code == 200
            for article in re.findall(r"<article.*?</article>", page.content.decode(), re.DOTALL):
                (block_type,) = re.findall(r'data-block-type="([^"]*)">', article.split("\n", 1)[0])
                refused = re.search(r'cannot-run">([^<]*)<', article)
                (needed if refused else shown)[refused.group(1) if refused else block_type] += 1
    # Which of a library's problems a learner gets is drawn.
    python = needed.pop("This block needs Python of its author, which the sandbox does not run.")
    assert shown.pop("problem") + python == 25
    assert shown == {"html": 266, "annotatable": 1}
    assert needed == {
        "This block needs a video that lies elsewhere.": 11,
        "This block needs a tool elsewhere, by LTI.": 2,
        "This block needs the platform&#x27;s assessment of open responses.": 2,
        "This block needs a forum.": 1,
        "This block needs staff who grade by spreadsheet.": 1,
        "This block needs staff who grade uploaded files.": 1,
        "This block needs an XBlock of the type done.": 1,
        "This block needs an XBlock of the type drag-and-drop-v2.": 1,
        "This block needs an XBlock of the type poll.": 1,
        "This block needs an XBlock of the type survey.": 1,
    }
