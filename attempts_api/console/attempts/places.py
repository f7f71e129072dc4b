"""The outline as rows, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator

from attempts.data import AttemptData, Place
from attempts_api.console.attempts.addresses import address
from attempts_api.console.attempts.words import title_of, type_word

#: Rows on a page, so that one of a course of any size has its weight.
ROWS = 100


@dataclass(frozen=True)
class Row:
    """A place of the outline, as it is shown in what it lies in.

    Attributes:
        place: the place.
        title: what it is called.
        kind: what its type is called; empty where the title says it.
        url: the address of its page.
        is_gone: whether the course has no place for it any more.
        opens: whether there is more to be seen of it.
    """

    place: Place
    title: str
    kind: str
    url: str
    is_gone: bool
    opens: bool


def rows_of(attempt: AttemptData, place: Place, number: Any, *, is_gone: bool = False) -> Page[Row]:
    """Return what is in a place, as a page of rows.

    Args:
        attempt: the attempt.
        place: the place.
        number: which page; what is no such number is the first or the last.
        is_gone: whether the course has no place for what is in it.
    """
    page: Page[Any] = Paginator(place.places, ROWS).get_page(number)
    page.object_list = [_row(attempt, one, is_gone) for one in page.object_list]
    return page


def crumbs_of(attempt: AttemptData, path: Sequence[Place]) -> list[tuple[str, str]]:
    """Return title and address of each of some places, the outermost first."""
    return [(title_of(place), address("attempt-block", attempt, place.name)) for place in path]


def _row(attempt: AttemptData, place: Place, is_gone: bool) -> Row:
    return Row(
        place=place,
        title=title_of(place),
        kind=type_word(place.block_type) if place.block_key else "",
        url=address("attempt-block", attempt, place.name),
        is_gone=is_gone,
        opens=place.has_work or bool(place.places),
    )
