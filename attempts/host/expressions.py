"""SQL that Django has no portable word for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, CharField, DateTimeField, F, Func, Value, When
from django.db.models.functions import Concat, Left, Length, Substr
from django.db.models.lookups import Exact
from opaque_keys import OpaqueKey


class Exactly(Func):
    """A text, compared character by character whatever the collation of its column.

    An index on the column does not serve the comparison, so it also keeps an engine from choosing that index.
    """

    arity = 1
    output_field = CharField()

    # Django's own has more parameters, which nobody gives to this one.
    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> Any:  # type: ignore[override]
        """Return the SQL for PostgreSQL and, by default, others."""
        return super().as_sql(compiler, connection, template='(%(expressions)s COLLATE "C")', **extra)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """Return the SQL for SQLite."""
        return super().as_sql(compiler, connection, template="(%(expressions)s COLLATE BINARY)", **extra)

    def as_mysql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """Return the SQL for MySQL and MariaDB, in a form that fits columns of any character set."""
        return super().as_sql(compiler, connection, template="CAST(%(expressions)s AS BINARY)", **extra)


def exactly(field: str, key: OpaqueKey) -> Exact:
    """Return the condition that a column holds exactly this key.

    The platform's key columns do not tell case apart on MySQL, MariaDB and newer SQLite, and two courses may differ in
    nothing else.
    """
    return Exact(Exactly(F(field)), Value(str(key)))


def starts_with(field: str, prefix: str) -> Exact:
    """Return the condition that a column starts with exactly this text; no index serves it."""
    # Its length is left to the database, which asks once: a number in the statement would depend on the course.
    return Exact(Exactly(Left(F(field), Length(Value(prefix)))), Value(prefix))


class DatabaseNow(Func):
    """The time of this statement by the clock of the database, in UTC whatever the time zone of its session."""

    arity = 0
    output_field = DateTimeField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """Return the SQL for PostgreSQL."""
        return super().as_sql(compiler, connection, template="STATEMENT_TIMESTAMP()", **extra)

    def as_mysql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """Return the SQL for MySQL and MariaDB."""
        return super().as_sql(compiler, connection, template="UTC_TIMESTAMP(6)", **extra)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """Return the SQL for SQLite."""
        text = "STRFTIME('%%%%Y-%%%%m-%%%%d %%%%H:%%%%M:%%%%f', 'NOW')"
        return super().as_sql(compiler, connection, template=text, **extra)


def with_prefix_replaced(field: str, prefixes: Iterable[tuple[str, str]]) -> Case:
    """Return the column's text with the first of some prefixes that it starts with replaced; without any, as it is.

    Args:
        field: the column.
        prefixes: pairs of text: a prefix, and what takes its place.
    """
    return Case(
        *(
            When(
                starts_with(field, old),
                then=Concat(Value(new), Substr(F(field), Length(Value(old)) + 1), output_field=CharField()),
            )
            for old, new in prefixes
        ),
        default=F(field),
        output_field=CharField(),
    )
