"""Pages of a queryset by keyset: stable while rows are added, as quick at the end of a list as at its start.

An index serves a page if it has the columns that are the same in all rows, then the column of the order, then the
primary key. Three things keep engines from choosing worse:

* Which rows are on the page is asked of one table alone, and what is joined is asked for these few. MariaDB begins with
  the smaller table, and reads all of it.
* What a column must equal is said as a range from the value to itself, and the column comes first in the order.
  PostgreSQL then does not walk another index in the hope of meeting enough rows soon, and MariaDB begins at the cursor.
  SQLite does so only if it is said plainly.
* Alternatives are asked one by one, and so are rows that are equal in the column of the order: each is one stretch of
  one index. Together they would be collected and sorted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from django.core import signing
from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import RawSQL
from opaque_keys import OpaqueKey

from attempts.data import Page
from attempts.exceptions import InvalidCursor

T = TypeVar("T")
#: Cursors are signed, so that nobody can make the database compare what no list has given out.
_SALT = "attempts.paging"
BY_KEY: Mapping[str, str] = {"created": "pk"}


@dataclass(frozen=True)
class Stretch:
    """Some rows of a list.

    Attributes:
        at: what columns equal; an index begins with them and goes on with the column of the order.
        where: what else is true.
    """

    at: Mapping[str, Any] = field(default_factory=dict)
    where: Q = field(default_factory=Q)


EVERY_ROW = (Stretch(),)


@dataclass(frozen=True)
class Position:
    """A place between two rows of a list.

    Attributes:
        model, order: the list's model and order, so that a cursor of another list is refused.
        backwards: whether the page lies before it.
        value, key: the column of the order, and the primary key, of the row beyond which the page begins; the key is a
            number, or the text of a host's row.
    """

    model: str
    order: str
    backwards: bool
    value: Any
    key: Any

    def cursor(self) -> str:
        """Return the position as a text that nobody else can make up."""
        # The signer's JSON knows no times, and Django's own cuts their microseconds.
        value = self.value.isoformat() if hasattr(self.value, "isoformat") else self.value
        words = [self.model, self.order, self.backwards, *(_plain(part) for part in (value, self.key))]
        return signing.dumps(words, salt=_SALT)


def page_of(
    rows: QuerySet[Any],
    convert: Callable[[Any], T],
    *,
    cursor: str | None,
    size: int,
    order: str = "created",
    columns: Mapping[str, str] = BY_KEY,
    stretches: Sequence[Stretch] = EVERY_ROW,
) -> Page[T]:
    """Return one page of a queryset; one statement, none if there is no stretch.

    Args:
        rows: the rows, in any order.
        convert: makes an item of a row.
        cursor: where to go on, from another page of the same list; None for the first page.
        size: how many at most.
        order: a name of ``columns``, with a ``-`` before it for descending; rows without a value there are left out.
        columns: the columns that can be ordered by.
        stretches: where among the rows to look; a row in several of them is found once.

    Raises:
        InvalidCursor: the cursor is none of this list in this order.
    """
    column, descending = columns[order.removeprefix("-")], order.startswith("-")
    position = _decoded(cursor, order, rows.model, column) if cursor else None
    backwards = bool(position and position.backwards)
    found = _rows_beyond(rows, stretches, column, position, down=descending != backwards, size=size + 1)
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()

    def beside(row: Any, *, backwards: bool) -> str:
        return Position(rows.model._meta.label, order, backwards, getattr(row, column), row.pk).cursor()

    return Page(
        items=tuple(convert(row) for row in found),
        next=beside(found[-1], backwards=False) if found and (more or backwards) else None,
        previous=beside(found[0], backwards=True) if found and (more if backwards else position) else None,
    )


def _rows_beyond(
    rows: QuerySet[Any],
    stretches: Sequence[Stretch],
    column: str,
    position: Position | None,
    *,
    down: bool,
    size: int,
) -> list[Any]:
    def ordered(queryset: QuerySet[Any], *columns: str) -> QuerySet[Any]:
        return queryset.order_by(*(f"-{name}" if down else name for name in dict.fromkeys((*columns, column, "pk"))))

    values = () if column == "pk" else (column,)
    parts = []
    for stretch in stretches:
        for same, beyond in _beyond(column, position, down):
            part = rows.filter(stretch.where, beyond, equal({**stretch.at, **same}, rows.db)).select_related(None)
            parts.append(ordered(part, *stretch.at).values(*values, row_key=F("pk"))[:size])
    keys = _first_keys(parts, len(values) + 1, "DESC" if down else "ASC", size)
    return list(ordered(rows.filter(pk__in=keys))) if keys else []


def _beyond(column: str, position: Position | None, down: bool) -> Iterator[tuple[dict[str, Any], Q]]:
    """The rows beyond a position: what columns equal, and what else is true."""
    if position is None:
        yield {}, Q() if column == "pk" else Q(**{f"{column}__isnull": False})
        return
    than = "lt" if down else "gt"
    yield ({} if column == "pk" else {column: position.value}), Q(**{f"pk__{than}": position.key})
    if column != "pk":
        yield {}, Q(**{f"{column}__{than}": position.value})


def equal(same: Mapping[str, Any], database: str) -> Q:
    """Return the condition that columns equal values, in the form in which an engine takes the index on them.

    Args:
        same: the values, by column.
        database: the alias of the database that is asked.
    """
    if connections[database].vendor == "sqlite":
        # Django says of a boolean column that it is to be false by NOT, which no index serves.
        return Q(**{f"{name}__in": [value] for name, value in same.items()})
    return Q(**{f"{name}__{bound}": value for name, value in same.items() for bound in ("gte", "lte")})


def _first_keys(parts: Sequence[QuerySet[Any]], columns: int, direction: str, size: int) -> RawSQL | None:
    """The keys of the first rows of some ordered and cut lists taken together, each row once; None if all are empty.

    Querysets cannot say it: SQLite takes no cut list as a part of a union, and MariaDB none behind IN, unless it is
    wrapped as a table.
    """
    wrapped: list[str] = []
    params: list[Any] = []
    for part in parts:
        try:
            sql, values = part.query.get_compiler(part.db).as_sql()
        except EmptyResultSet:
            continue
        wrapped.append(f"SELECT * FROM ({sql}) AS part_{len(wrapped)}")  # nosec B608  # noqa: S608 - as below
        params.extend(values)
    if not wrapped:
        return None
    ordinals = ", ".join(f"{number} {direction}" for number in range(1, columns + 1))
    union = f"{' UNION '.join(wrapped)} ORDER BY {ordinals} LIMIT {size}"
    # Made of what Django compiled, and of names and numbers of our own.
    return RawSQL(f"SELECT row_key FROM ({union}) AS page", params)  # nosec B608, B611  # noqa: S608, S611


def _decoded(cursor: str, order: str, model: type[models.Model], column: str) -> Position:
    try:
        position = Position(*signing.loads(cursor, salt=_SALT))
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise InvalidCursor from error
    if (position.model, position.order) != (model._meta.label, order):
        raise InvalidCursor
    key: Any = model._meta.pk
    of_order: Any = key if column == "pk" else model._meta.get_field(column)
    return replace(position, value=of_order.to_python(position.value), key=key.to_python(position.key))


def _plain(value: Any) -> Any:
    """A value as the signer's JSON has it."""
    return str(value) if isinstance(value, OpaqueKey) else value
