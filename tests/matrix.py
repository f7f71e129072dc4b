"""The table of ``docs/permissions.csv``: who may do what, where. Read here, asked of the API, compared."""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from opaque_keys.edx.keys import CourseKey

from attempts import api
from tests.factories import COURSE, LOOKALIKE, PolicyFactory

TABLE = Path(__file__).resolve().parent.parent / "docs" / "permissions.csv"
WHO, PERMISSION = "Who", "Permission"
ORG = COURSE.org
ANOTHER_COURSE = CourseKey.from_string("course-v1:Org+Course2+Run")
ABROAD = CourseKey.from_string("course-v1:Org2+Course+Run")
#: What each column asks about; one may stand for several questions. The other keys all begin like the own one.
PLACES: dict[str, tuple[dict[str, Any], ...]] = {
    "Own course": ({"course_key": COURSE},),
    "Another run": ({"course_key": LOOKALIKE},),
    "Another course": ({"course_key": ANOTHER_COURSE},),
    "Own organisation": ({"org": ORG},),
    "Another organisation": ({"course_key": ABROAD}, {"org": ABROAD.org}),
    "Whole site": ({},),
}
_IN_ORG = frozenset({"Own course", "Another run", "Another course", "Own organisation"})


class Agreement(NamedTuple):
    """Policies that let course teams switch attempts, or do not, and the places in which they come to it."""

    policies: tuple[dict[str, Any], ...]
    places: Collection[str]

    def write(self) -> None:
        """Store the policies."""
        for words in self.policies:
            PolicyFactory(**{"course_team_may_reset": True, **words})


AGREEMENTS = {
    "nowhere": Agreement(({"course_team_may_reset": None},), ()),
    "in the course": Agreement(({"course_key": str(COURSE)},), {"Own course"}),
    "in the organisation": Agreement(({"org": ORG},), _IN_ORG),
    "on the whole site": Agreement(({},), PLACES),
    "everywhere but in the course": Agreement(
        ({}, {"course_key": str(COURSE), "course_team_may_reset": False}), PLACES.keys() - {"Own course"}
    ),
}


@cache
def rows() -> tuple[dict[str, str], ...]:
    """The table."""
    with TABLE.open(newline="") as file:
        return tuple(csv.DictReader(file))


def holders() -> list[str]:
    """Whom the table speaks of."""
    return list(dict.fromkeys(row[WHO] for row in rows()))


def cells(holder: str) -> Iterator[tuple[Any, str, str]]:
    """Permission, place and what the table says."""
    for row in rows():
        if row[WHO] == holder:
            for place in PLACES:
                yield row[PERMISSION], place, row[place]


def wrong_roles(user: Any, holder: str, agreed: Collection[str], named: Callable[[str], str]) -> list[str]:
    """The cells in which :func:`attempts.api.role_for` says something else than the table.

    Args:
        user: who holds the role.
        holder: how the table calls her.
        agreed: the places in which the policy lets course teams switch attempts.
        named: from the table's name of the role to the one that has to be recorded.
    """
    wrong = []
    for permission, place, cell in cells(holder):
        expected = named(holder) if cell == "yes" or (cell == "policy" and place in agreed) else None
        for words in PLACES[place]:
            found = api.role_for(user, permission, **words)
            if found != expected:
                wrong.append(f"{holder}, {permission}, {place}: {cell} in the table, but the role is {found!r}")
    return wrong


def wrong_reaches(user: Any, holder: str) -> list[str]:
    """The cells in which :func:`attempts.api.reach` says something else than the table; policies do not count."""
    wrong = []
    for permission, place, cell in cells(holder):
        reach = api.reach(user, permission)
        for words in PLACES[place]:
            if _reaches(reach, **words) != (cell != "no"):
                wrong.append(f"{holder}, {permission}, {place}: {cell} in the table, but the reach is {reach}")
    return wrong


def _reaches(reach: Any, course_key: CourseKey | None = None, org: str = "") -> bool:
    if course_key:
        return reach.covers(course_key)
    return reach.everywhere or org in reach.orgs
