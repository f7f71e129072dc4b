"""Hostile requests to the sandbox's courseware: refused, and never an error of ours."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from sandbox.courseware.models import StudentModule
from tests.factories import UserFactory
from tests.sandbox.courseware.conftest import Desk

TEXTS = {
    "nul": "a\x00b",
    "line": "a\nb",
    "path": "../../etc/passwd",
    "public path": "public/../../settings.py",
    "public nul": "public/a\x00.css",
    "not ascii": "public/\u0639.css",
    "html": "<script>alert(1)</script>",
    "long": "x" * 5000,
    "library": "library-v1:Org+Library",
    "library context": "lib:Org:x",
    "library block": "lb:Org:lib:problem:x",
    "deprecated": "Org/Course/Run",
    "ccx": "ccx-v1:Org+Course+Run+ccx@1",
    "attempt": "attempt-v1:Org+Course+Run+attempt@1",
    "another course": "course-v1:Org+No+Run",
    "another course's block": "block-v1:Org+No+Run+type@problem+block@x",
    "aside": "aside-usage-v2:block-v1$:Org+No+Run+type@problem+block@x::y",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_in_addresses(desk: Desk, text: str) -> None:
    """As a course, a block, a handler, what comes behind it, and a file."""
    desk.client.raise_request_exception = False
    key, block, word = desk.course_key, desk.block("problem", "quiz-curlew"), quote(text)
    course = f"/courses/{key}"
    for path in (
        f"/courses/{word}/",
        f"{course}/units/{word}/",
        f"{course}/units/{word}/progress/",
        f"{course}/xblocks/{word}/seen/",
        f"{course}/xblocks/{word}/handler/xmodule_handler/problem_check",
        f"{course}/xblocks/{block}/handler/{word}",
        f"{course}/xblocks/{block}/handler/xmodule_handler/{word}",
        f"/xblock-resources/{word}/public/x.css",
        *(f"/xblock-resources/{kind}/{word}" for kind in ("problem", "drag-and-drop-v2", "poll")),
    ):
        for method in ("get", "post"):
            answer = getattr(desk.client, method)(path)
            assert answer.status_code < 500, (method, path)
            assert b"<script>alert" not in answer.content or "html" not in answer["Content-Type"]


def test_whoever_is_not_of_the_course(desk: Desk) -> None:
    """Opens nothing and calls nothing, nor does a form of another site."""
    stranger, forged = Client(), Client(enforce_csrf_checks=True)
    stranger.force_login(UserFactory())
    forged.force_login(UserFactory(is_staff=True))
    problem = desk.block("problem", "quiz-curlew")
    handler = f"/courses/{desk.course_key}/xblocks/{problem}/handler/xmodule_handler/problem_check"
    seen = f"/courses/{desk.course_key}/xblocks/{problem}/seen/"
    for browser in (stranger, forged):
        for path in (handler, seen):
            answer: Any = browser.post(path, {"input_quiz-curlew_2_1": "1"})
            assert answer.status_code in (403, 404)
    assert stranger.get(f"/courses/{desk.course_key}/").status_code == 403
    assert Client().post(handler).status_code == 302
    assert not StudentModule.objects.exists()
