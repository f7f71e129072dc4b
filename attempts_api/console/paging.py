"""Addresses of the pages before and after one of a list."""

from __future__ import annotations

from typing import Any

from django.utils.http import urlencode

from attempts.data import Page


def neighbours(address: str, page: Page[Any], **words: Any) -> dict[str, str]:
    """Return the addresses of the neighbouring pages, ``previous`` and ``next``; empty where there is none.

    Args:
        address: the address of the list.
        page: the page that is shown.
        words: what the list is asked for; what is empty is left out.
    """
    given = {name: value for name, value in words.items() if value}
    return {
        side: f"{address}?{urlencode({**given, 'cursor': cursor})}" if cursor else ""
        for side, cursor in (("previous", page.previous), ("next", page.next))
    }
