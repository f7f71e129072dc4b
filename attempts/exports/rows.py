"""From rows as an engine gives them to values that formats know."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.db import connections

from attempts.datasets import Column
from attempts.exports.pseudonyms import Pseudonyms

_Step = Callable[[Any], Any]
#: Makes the values of a row of what the engine gave.
Convert = Callable[[Sequence[Any]], list[Any]]


def exported_columns(columns: Sequence[Column]) -> list[Column]:
    """Return columns as exports have them: people are named by pseudonyms, which are text."""
    return [replace(column, type="text") if column.is_person else column for column in columns]


def converter(
    using: str, columns: Sequence[Column], pseudonyms: Pseudonyms, *, identities: bool, bare_times: bool
) -> Convert:
    """Return a function that makes the values of a row of what the engine gave.

    Args:
        using: alias of the database.
        columns: those of the dataset.
        pseudonyms: give people their names.
        identities: whether what people wrote about people stays, and uuids that others know.
        bare_times: whether times in UTC may be left without a zone.
    """
    of_engine = _steps_of(connections[using], bare_times=bare_times)
    steps: list[tuple[int, _Step]] = []
    for index, column in enumerate(columns):
        step = pseudonyms.of if column.is_person else of_engine.get(column.type)
        if not identities and (column.is_personal or column.is_handle):
            step = _nothing if column.is_personal else pseudonyms.of_handle
        if step is not None:
            steps.append((index, step))

    def convert(row: Sequence[Any]) -> list[Any]:
        values = list(row)
        for index, step in steps:
            if values[index] is not None:
                values[index] = step(values[index])
        return values

    return convert


def _steps_of(connection: Any, *, bare_times: bool) -> dict[str, _Step]:
    """What is to be done with values that an engine, asked without Django's models, does not give as they are."""
    zone = connection.timezone
    if connection.vendor == "postgresql":
        # The driver gives times in the zone of the connection, which is UTC unless a site has said otherwise.
        return {} if zone is UTC else {"timestamp": lambda moment: moment.astimezone(UTC)}
    # SQLite keeps whole numbers as such, whatever the column says.
    steps: dict[str, _Step] = {"boolean": bool, "float": float}
    if connection.vendor == "mysql" and zone is UTC:
        # Twice in every row: what need not be done counts.
        return steps if bare_times else {**steps, "timestamp": lambda moment: moment.replace(tzinfo=UTC)}

    def in_utc(moment: Any) -> datetime:
        # SQLite has no type for times and gives their text.
        found = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)

    return {**steps, "timestamp": in_utc}


def _nothing(_value: Any) -> None:
    return None
