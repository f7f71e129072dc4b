"""Queries that Django puts into SQL once in the life of a process, while their values are put in call by call.

To put a query into SQL takes Django longer than a database needs to answer most of those of a switch. Its text depends
on nothing but how many values there are and which of them are none. So a query is made with stand-ins for its values,
which the real ones replace among the parameters. It is made twice, with other stand-ins, and anything that
differs beside them is an error: no value can find its way into the text, nor something that is derived from one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary, WeakSet

from django.core.exceptions import EmptyResultSet
from django.db import connections, router, transaction
from django.db.models import JSONField, QuerySet, UUIDField
from django.db.models.sql import UpdateQuery
from opaque_keys import OpaqueKey
from opaque_keys.edx.locator import CourseLocator

from attempts import conf

#: What a key may contribute to a query: by default its text.
KeyTexts = Callable[[Any], Iterable[str]]


#: The attribute of a connection that keeps what reads rows from it.
_READERS = "_attempts_readers"


@dataclass(frozen=True, eq=False)
class _Text:
    """SQL and its parameters; ``slots`` says of each whether one of the values takes its place, and which."""

    compiler: Any
    sql: str
    parameters: Sequence[Any]
    slots: Sequence[int | None]

    def filled(self, parts: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(
            known if slot is None else parts[slot] for known, slot in zip(self.parameters, self.slots, strict=True)
        )


class _Reader:
    """Makes rows by Django as ever, but for the SQL and the converters of columns: they are known already."""

    def __init__(self, queryset: QuerySet, text: _Text, using: str) -> None:
        compiler = copy(text.compiler)
        compiler.connection = connections[using]
        converters = compiler.get_converters([column[0] for column in compiler.select[: compiler.col_count]])
        compiler.get_converters = lambda _columns: converters
        compiler.as_sql = lambda *_args, **_kwargs: (text.sql, self._parameters)
        self._queryset = queryset.using(using)
        vars(self._queryset.query)["get_compiler"] = lambda *_args, **_kwargs: compiler
        self._parameters: Sequence[Any] = ()

    def read(self, parameters: Sequence[Any]) -> list[Any]:
        self._parameters = parameters
        rows: Any = self._queryset._iterable_class(self._queryset)
        return list(rows)


class _Prepared:
    """What queries and updates have in common: one text for each database and shape of the values.

    Args:
        build: makes the query from values: numbers, texts, keys, uuids, times, JSON objects, and tuples of these. It
            uses them as they are; what depends on one in another way must be a value itself.
        key_texts: the texts of a key that may stand in the query, if it is not the key's own alone.
    """

    def __init__(self, build: Callable[..., Any], key_texts: KeyTexts | None = None) -> None:
        self._build = build
        self._key_texts: KeyTexts = key_texts or (lambda key: (str(key),))
        self._texts: dict[Any, tuple[Any, _Text | None]] = {}
        _all.add(self)

    def forget(self) -> None:
        """Forget the texts: what the queries are built from has changed."""
        self._texts.clear()

    def _text(self, values: Sequence[Any], using: str | None) -> tuple[Any, _Text | None]:
        """What the query was built to, and its text; None if it cannot find anything."""
        key = (using, _shape(tuple(values)))
        if key not in self._texts:
            built, text = self._made(values, "stand-in", using)
            _other, twin = self._made(values, "another stand-in", using)
            if text and twin and (text.sql, _fixed(text), text.slots) != (twin.sql, _fixed(twin), twin.slots):
                raise TypeError(f"{self._build!r} does not use its values as they are.")
            self._texts[key] = built, text
        return self._texts[key]

    def _made(self, values: Sequence[Any], word: str, using: str | None) -> tuple[Any, _Text | None]:
        numbers = count(len(word))
        stand_ins = tuple(_stand_in(value, word, numbers) for value in values)
        built = self._build(*stand_ins)
        using = using or self._database(built)
        try:
            compiler = self._compiler(built, using)
            sql, parameters = compiler.as_sql()
        except EmptyResultSet:
            return built, None
        slots = {_comparable(part): slot for slot, part in enumerate(self._parts(stand_ins, using))}
        return built, _Text(compiler, sql, parameters, [_slot(parameter, slots) for parameter in parameters])

    def _parts(self, values: Iterable[Any], using: str) -> Iterator[Any]:
        """What the values come to among the parameters."""
        for value in values:
            if isinstance(value, tuple):
                yield from self._parts(value, using)
            elif isinstance(value, OpaqueKey):
                yield from self._key_texts(value)
            elif isinstance(value, UUID):
                # Columns of uuids hold what the engine has for them; columns of texts either form.
                yield from (UUIDField().get_db_prep_value(value, connections[using]), str(value), value.hex)
            elif isinstance(value, datetime):
                yield connections[using].ops.adapt_datetimefield_value(value)
            elif isinstance(value, dict):
                yield JSONField().get_db_prep_value(value, connections[using])
            elif value is not None and not isinstance(value, bool):
                yield value

    def _database(self, built: Any) -> str:
        raise NotImplementedError

    def _compiler(self, built: Any, using: str) -> Any:
        raise NotImplementedError


class PreparedQuery(_Prepared):
    """A queryset with values left open."""

    def __call__(self, *values: Any, using: str | None = None) -> list[Any]:
        """Return what the queryset finds with these values.

        Args:
            values: what the queryset is built from.
            using: alias of the database; by default what the queryset says.
        """
        queryset, text = self._text(values, using)
        if text is None:
            return []
        using = using or queryset.db
        # With the connection, which is of one thread: what rows are made by depends on both.
        readers = vars(connections[using]).setdefault(_READERS, WeakKeyDictionary())
        if text not in readers:
            readers[text] = _Reader(queryset, text, using)
        return readers[text].read(text.filled(list(self._parts(values, using))))

    def first(self, *values: Any, using: str | None = None) -> Any:
        """Return the first row that is found, None without one."""
        return next(iter(self(*values, using=using)), None)

    def _database(self, built: QuerySet) -> str:
        return built.db

    def _compiler(self, built: QuerySet, using: str) -> Any:
        return built.query.get_compiler(using)


class PreparedUpdate(_Prepared):
    """An update of one table with values left open: built to a queryset, and what its rows are set to by field."""

    def __call__(self, *values: Any, using: str | None = None) -> int:
        """Carry it out with these values; return how many rows were found."""
        (rows, _changes), text = self._text(values, using)
        if text is None:
            return 0
        using = using or router.db_for_write(rows.model)
        with transaction.mark_for_rollback_on_error(using), connections[using].cursor() as cursor:
            cursor.execute(text.sql, text.filled(list(self._parts(values, using))))
            return cursor.rowcount

    def _database(self, built: Any) -> str:
        return router.db_for_write(built[0].model)

    def _compiler(self, built: Any, using: str) -> Any:
        rows, changes = built
        query = rows.query.chain(UpdateQuery)
        query.add_update_values(changes)
        if query.related_updates or query.count_active_tables() > 1:
            raise TypeError(f"{self._build!r} updates more than one table.")
        return query.get_compiler(using)


_all: WeakSet[_Prepared] = WeakSet()


def _shape(value: Any) -> Any:
    """What of a value the text depends on."""
    if isinstance(value, tuple):
        return tuple(map(_shape, value))
    return (type(value), value) if value is None or isinstance(value, bool) else type(value)


def _stand_in(value: Any, word: str, numbers: Iterator[int]) -> Any:
    """A value of the same kind that no learner and no course has."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, tuple):
        return tuple(_stand_in(one, word, numbers) for one in value)
    number = next(numbers)
    if isinstance(value, OpaqueKey):
        return CourseLocator(word.replace(" ", "-"), "course", f"run{number}")
    if isinstance(value, UUID):
        return UUID(int=(0xFEED << 100) + number)
    if isinstance(value, datetime):
        return datetime(1901, 1, 1, tzinfo=UTC) + timedelta(seconds=number)
    if isinstance(value, float):
        return number + 0.5
    if isinstance(value, int):
        return 2_000_000_000 + number
    if isinstance(value, str):
        return f"{word} {number}"
    if isinstance(value, dict):
        return {f"{word} {number}": number}
    raise TypeError(f"A query cannot be prepared for a value of {type(value)!r}.")


def _slot(parameter: Any, slots: dict[Any, int]) -> int | None:
    known = _comparable(parameter)
    return slots.get(known) if isinstance(known, Hashable) else None


def _comparable(parameter: Any) -> Any:
    """What tells one parameter from another: JSON is a new object each time on PostgreSQL."""
    return json.dumps(parameter.obj) if hasattr(parameter, "obj") else parameter


def _fixed(text: _Text) -> list[Any]:
    return [_comparable(known) for known, slot in zip(text.parameters, text.slots, strict=True) if slot is None]


def _forget() -> None:
    for prepared in list(_all):
        prepared.forget()


conf.when_changed(_forget, "ATTEMPTS_STORES", *conf.HOST_SETTINGS)
