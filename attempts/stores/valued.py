"""Stores of values: columns that exist once for all attempts of a learner at a course."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from opaque_keys.edx.keys import CourseKey

from attempts.host.models import host_model
from attempts.stores.asking import asked
from attempts.stores.base import LearnerNames, Move, Moved, StoreSurvey
from attempts.stores.ledger import Values
from attempts.stores.tables import Found, TableStore, names_of_course

#: What a row holds in a new attempt: column values by field, from the row as it was. Fields left out stay as they are.
Initial = Callable[[Any, Move], Mapping[str, Any]]
#: Rows whose values are written at a time; a learner has a handful.
_CHUNK = 200


@dataclass(frozen=True, kw_only=True)
class ValuedStore(TableStore):
    """A table whose rows stay while some of their columns get another value with each attempt.

    The values of the attempt that is archived are put aside, append-only. A new attempt starts with initial ones. An
    attempt that comes back gets its own; a row that it did not have gets initial ones too. If nothing was ever put
    aside for an attempt, because the store is younger, the values stay as they are.

    Attributes:
        fields: the fields that are put aside.
        initial: what a row holds in a new attempt.
    """

    fields: tuple[str, ...]
    initial: Initial

    def read_survey(self, learner: LearnerNames, move: Move, found: Found) -> StoreSurvey:
        """Return how many rows have values to be put aside, and how many were put aside of the other attempt."""
        kept = move.ledger.found(self.name) if move.restoring else None
        return StoreSurvey(rows=found.rows["archived"], restorable=len(kept or ()))

    def switch(self, learner: LearnerNames, move: Move, survey: StoreSurvey) -> Moved:
        """Put the values aside and write those of the other attempt, or initial ones."""
        rows = self._locked(learner, move) if survey.rows or self.is_busy else []
        move.ledger.put_aside(self.name, {str(row.pk): self._values(row) for row in rows})
        kept = move.ledger.found(self.name) if move.restoring else {}
        if kept is None:
            return Moved(archived=len(rows))
        self._write([(row, self._values_of(row, kept) or self.initial(row, move)) for row in rows])
        return Moved(len(rows), sum(str(row.pk) in kept for row in rows))

    def begin_anew(self, row: Any, move: Move) -> None:
        """Write what a row holds in a new attempt."""
        self._write([(row, self.initial(row, move))])

    def _locked(self, learner: LearnerNames, move: Move) -> list[Any]:
        """Return the rows, locked without what they were found by: that is shared with other learners."""
        keys = self._keys(learner.as_values(), move.course_key)
        return list(self.all_rows().filter(pk__in=keys).select_for_update().order_by("pk")) if keys else []

    @asked(key_texts=names_of_course)
    def _keys(self, names: tuple[Any, ...], course_key: CourseKey) -> QuerySet:
        return self.rows(LearnerNames(*names), course_key).values_list("pk", flat=True).distinct()

    def _values(self, row: Model) -> dict[str, Any]:
        return {name: _as_json(row, name) for name in self.fields}

    def _values_of(self, row: Model, kept: Values) -> dict[str, Any] | None:
        values = kept.get(str(row.pk))
        meta = host_model(self.model)._meta
        return {name: _from_json(meta.get_field(name), value) for name, value in values.items()} if values else None

    def _write(self, changes: Iterable[tuple[Any, Mapping[str, Any]]]) -> None:
        """Write values without touching times of modification and without signals, as all of a switch."""
        names: set[str] = set()
        changed = []
        for row, values in changes:
            for name, value in values.items():
                setattr(row, row._meta.get_field(name).attname, value)
            names.update(values)
            changed.append(row)
        if names:
            self.all_rows().bulk_update(changed, sorted(names), batch_size=_CHUNK)


def _as_json(row: Any, name: str) -> Any:
    """Return a column's value as JSON that reads back to exactly the same value."""
    field = row._meta.get_field(name)
    value = field.value_from_object(row)
    plain = value is None or isinstance(value, bool | int | str | list | dict)
    if plain or (isinstance(value, float) and math.isfinite(value)):
        return value
    return field.value_to_string(row)


def _from_json(field: Any, value: Any) -> Any:
    return value if isinstance(value, list | dict) else field.to_python(value)
