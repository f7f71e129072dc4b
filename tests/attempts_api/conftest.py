"""Fixtures for the tests of the faces."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient
from rest_framework.throttling import SimpleRateThrottle

from sandbox.student.models import CourseAccessRole
from tests.factories import COURSE, UserFactory

ROOT = "/api/attempts/v1"
# Kept as a class attribute, which a frozen clock would stay in for ever if it were imported under one.
assert SimpleRateThrottle.timer is time.time


@pytest.fixture(autouse=True)
def no_throttling_from_before() -> Iterator[None]:
    """Start each test with nothing counted."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def client() -> APIClient:
    """A client logged in as support."""
    return client_of(UserFactory(username="support", is_staff=True))


@pytest.fixture
def client_as(db: None) -> Callable[..., APIClient]:
    """A client logged in as somebody with a role in a course."""

    def logged_in(role: str, course_key: Any = COURSE, **user: Any) -> APIClient:
        holder = UserFactory(**user)
        CourseAccessRole.objects.create(user=holder, role=role, org=course_key.org, course_id=course_key)
        return client_of(holder)

    return logged_in


def client_of(user: Any) -> APIClient:
    """Return a client logged in as a user."""
    client = APIClient()
    client.force_authenticate(user)
    client.user = user
    return client


def post(client: APIClient, path: str = "operations/", key: str | None = None, **words: Any) -> Any:
    """Send JSON."""
    headers = {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
    return client.post(f"{ROOT}/{path}", words, format="json", **headers)
