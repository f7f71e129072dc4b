"""The menu: the pages that somebody may open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import unquote

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from attempts import api
from attempts_api.access import sees_site

#: Pages that lie below one of the menu, though not by their address.
_BELOW = {"learners": ("attempts/",), "courses": ("policies/",)}


@dataclass(frozen=True)
class Entry:
    """An entry of the menu.

    Attributes:
        name: the name of the page's address.
        label: what it is called.
        url: its address.
        current: for ``aria-current``: ``page`` if this is the page that is shown, ``true`` if that one lies below it.
    """

    name: str
    label: str
    url: str
    current: Literal["page", "true", ""] = ""


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
        request: the request, for the page that is shown.
        pages: the names of their addresses, and what they are called.
        words: what is in their addresses.
    """
    entries = [Entry(name, label, reverse(f"attempts_console:{name}", args=words)) for name, label in pages]
    nearest = max(entries, key=lambda entry: _depth(request, entry), default=None)
    if nearest is None or not _depth(request, nearest):
        return entries
    current: Literal["page", "true"] = "page" if unquote(nearest.url) == request.path else "true"
    return [replace(entry, current=current) if entry is nearest else entry for entry in entries]


def _depth(request: HttpRequest, entry: Entry) -> int:
    """Return how near the page that is shown lies below one, 0 if elsewhere: the longest address wins."""
    home = reverse("attempts_console:home")
    places = [unquote(entry.url), *(f"{home}{place}" for place in _BELOW.get(entry.name, ()))]
    return max((len(place) for place in places if request.path.startswith(place)), default=0)
