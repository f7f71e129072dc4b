"""Addresses of the pages of an attempt."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from attempts.data import AttemptData


def address(page: str, attempt: AttemptData, *words: str, **query: Any) -> str:
    """Return the address of a page of an attempt.

    Args:
        page: the page's name in the console's URLs.
        attempt: the attempt. The only one of a learner never reset is found by learner and course, in the query.
        words: what else is in the path.
        query: what is behind the ``?``; None is left out.
    """
    named = {} if attempt.is_recorded else {"learner": attempt.learner.username, "course": str(attempt.course_key)}
    found = {**named, **{name: value for name, value in query.items() if value is not None}}
    path = reverse(f"attempts_console:{page}", args=[str(attempt.uuid), *words])
    return f"{path}?{urlencode(found)}" if found else path
