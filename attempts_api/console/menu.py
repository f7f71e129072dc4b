"""The menu: the pages that somebody may open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from attempts import api
from attempts_api.access import sees_site


@dataclass(frozen=True)
class Entry:
    """An entry of the menu.

    Attributes:
        name: the name of the page's address.
        label: what it is called.
        url: its address.
        is_here: whether the page that is shown is this one.
    """

    name: str
    label: str
    url: str
    is_here: bool


def menu_of(request: HttpRequest) -> list[Entry]:
    """Return the entries for whoever asks; the pages themselves check again."""
    entries = []
    if api.reach(request.user, "view_attempts"):
        entries += [("learners", _("Learners")), ("courses", _("Courses"))]
    if sees_site(request.user):
        entries.append(("operator", _("Operations")))
    entries.append(("own", _("My attempts")))
    return entries_of(request, entries)


def entries_of(request: HttpRequest, pages: Iterable[tuple[str, str]], *words: Any) -> list[Entry]:
    """Return entries for pages.

    Args:
        request: the request, whose page is the one that is shown.
        pages: the names of their addresses, and what they are called.
        words: what is in their addresses.
    """
    here = request.resolver_match.url_name if request.resolver_match else ""
    return [
        Entry(name, label, reverse(f"attempts_console:{name}", args=words), is_here=name == here)
        for name, label in pages
    ]
