"""Pages of a queryset by keyset: stable while rows are added, as quick at the end of a list as at its start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core import signing
from django.db.models import Q, QuerySet

from attempts.data import Page
from attempts.exceptions import InvalidCursor

T = TypeVar("T")
#: Cursors are signed, so that nobody can make the database compare what no list has given out.
_SALT = "attempts.paging"
BY_KEY: Mapping[str, str] = {"created": "pk"}


@dataclass(frozen=True)
class _Position:
    """A row between two pages.

    Attributes:
        order: the order of the list, so that a cursor of another order is refused.
        backwards: whether the page lies before the row.
        value, key: the row's value in the column of the order, and its primary key.
    """

    order: str
    backwards: bool
    value: Any
    key: int


def page_of(
    rows: QuerySet[Any],
    convert: Callable[[Any], T],
    *,
    cursor: str | None,
    size: int,
    order: str = "created",
    columns: Mapping[str, str] = BY_KEY,
) -> Page[T]:
    """Return one page of a queryset; one statement.

    Args:
        rows: the rows, in any order; they have integer primary keys.
        convert: makes an item of a row.
        cursor: where to go on, from another page of the same list; None for the first page.
        size: how many at most.
        order: a name of ``columns``, with a ``-`` before it for descending; rows without a value there are left out.
        columns: the columns that can be ordered by, each with an index that ends in the primary key.

    Raises:
        InvalidCursor: the cursor is none of this list in this order.
    """
    column, descending = columns[order.removeprefix("-")], order.startswith("-")
    position = _decoded(cursor, order, rows, column) if cursor else None
    backwards = bool(position and position.backwards)
    down = descending != backwards
    if column != "pk":
        rows = rows.filter(**{f"{column}__isnull": False})
    if position:
        rows = rows.filter(_beyond(column, position, down))
    sign = "-" if down else ""
    names = dict.fromkeys((column, "pk"))
    found = list(rows.order_by(*(f"{sign}{name}" for name in names))[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    return Page(
        items=tuple(convert(row) for row in found),
        next=_encoded(order, column, found, -1, False) if found and (more or backwards) else None,
        previous=_encoded(order, column, found, 0, True) if found and (more if backwards else position) else None,
    )


def _beyond(column: str, position: _Position, down: bool) -> Q:
    """The rows after a position. The first condition alone is what an index serves; the rest tells equals apart."""
    than = "lt" if down else "gt"
    if column == "pk":
        return Q(**{f"pk__{than}": position.key})
    strictly = Q(**{f"{column}__{than}": position.value}) | Q(**{f"pk__{than}": position.key})
    return Q(**{f"{column}__{than}e": position.value}) & strictly


def _encoded(order: str, column: str, rows: list[Any], index: int, backwards: bool) -> str:
    value = getattr(rows[index], column)
    # The signer's JSON knows no times, and Django's own cuts their microseconds.
    text = value.isoformat() if hasattr(value, "isoformat") else value
    return signing.dumps([order, backwards, text, rows[index].pk], salt=_SALT)


def _decoded(cursor: str, order: str, rows: QuerySet[Any], column: str) -> _Position:
    try:
        position = _Position(*signing.loads(cursor, salt=_SALT))
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise InvalidCursor from error
    if position.order != order:
        raise InvalidCursor
    field = rows.model._meta.pk if column == "pk" else rows.model._meta.get_field(column)
    return _Position(order, position.backwards, field.to_python(position.value), position.key)
