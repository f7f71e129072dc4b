"""A course to work in, and a learner with a browser that knows nothing of scripts."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpResponse
from django.test import Client
from opaque_keys.edx.keys import CourseKey, UsageKey
from opaque_keys.edx.locator import CourseLocator

from sandbox.content.olx import import_course
from sandbox.run import WADERS_FILES
from sandbox.work import enable_completion_tracking, enrol


@dataclass(frozen=True)
class Desk:
    """A person at a course's pages.

    Attributes:
        client: Her browser.
        course_key: The course.
    """

    client: Client
    course_key: CourseKey

    def block(self, block_type: str, block_id: str) -> UsageKey:
        """Return the key of a block of the course."""
        return self.course_key.make_usage_key(block_type, block_id)

    def course(self) -> HttpResponse:
        """Open the course."""
        return self.client.get(f"/courses/{self.course_key}/")

    def unit(self, block_id: str, block_type: str = "vertical") -> HttpResponse:
        """Open a unit."""
        return self.client.get(f"/courses/{self.course_key}/units/{self.block(block_type, block_id)}/")

    def shown(self, unit: str, block_id: str) -> str:
        """Open a unit and return what one of its blocks shows, a problem as its script would render it."""
        page = self.unit(unit).content.decode()
        (article,) = re.findall(rf'<article[^>]*data-block="{block_id}".*?</article>', page, re.DOTALL)
        content = re.search(r'data-content="([^"]*)"', article)
        return html.unescape(content.group(1)) if content else article

    def call(self, usage_key: UsageKey, handler: str, data: Any = None, *, as_json: bool = False) -> HttpResponse:
        """Call a handler of a block by POST."""
        url = f"/courses/{self.course_key}/xblocks/{usage_key}/handler/{handler}"
        if as_json:
            return self.client.post(url, json.dumps(data), content_type="application/json")
        return self.client.post(url, data or {})

    def submit(self, problem: str, **answers: Any) -> dict[str, Any]:
        """Submit a problem: the answers by number of the response and of the input, such as ``_2_1``."""
        data = {f"input_{problem}{which}": answer for which, answer in answers.items()}
        answer = self.call(self.block("problem", problem), "xmodule_handler/problem_check", data)
        assert answer.status_code == 200, answer.content
        return json.loads(answer.content)


@pytest.fixture
def waders(db: None) -> CourseLocator:
    """Return the key of the sandbox's course to work in, imported."""
    enable_completion_tracking()
    return import_course(Path(WADERS_FILES)).key


@pytest.fixture
def desk(client: Client, waders: CourseLocator, learner: AbstractBaseUser) -> Desk:
    """A learner of that course at its pages."""
    enrol(learner, waders)
    client.force_login(learner)
    return Desk(client, waders)
