"""Fixtures for the tests of the console."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from sandbox.student.models import CourseAccessRole
from tests.factories import COURSE, UserFactory

HERE = Path(__file__).parent
#: How htmx asks for a part of a page.
PART = {"HTTP_HX_REQUEST": "true"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in this folder: pages are made of what `attempts.api` says, which is tested on every server."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.alike)


@pytest.fixture
def support(db: None) -> Client:
    """A browser in which support is logged in."""
    return browser_of(UserFactory(username="support", is_staff=True))


@pytest.fixture
def browser_as(db: None) -> Callable[..., Client]:
    """A browser in which somebody with a role in a course is logged in."""

    def logged_in(role: str, course_key: Any = COURSE, **user: Any) -> Client:
        holder = UserFactory(**user)
        CourseAccessRole.objects.create(user=holder, role=role, org=course_key.org, course_id=course_key)
        return browser_of(holder)

    return logged_in


def browser_of(user: Any) -> Client:
    """Return a browser in which a user is logged in; forms need their token, as they do outside of tests."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(user)
    browser.user = user
    return browser


def send(browser: Client, path: str, *, part: bool = True, **words: Any) -> Any:
    """Send a form as the page that has it does, with the token of the browser."""
    if "csrftoken" not in browser.cookies:
        browser.cookies["csrftoken"] = "t" * 32
    token = browser.cookies["csrftoken"].value
    return browser.post(path, {"csrfmiddlewaretoken": token, **words}, **(PART if part else {}))
