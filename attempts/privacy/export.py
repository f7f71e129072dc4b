"""Taking out what we hold on a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Field, Model, Q

from attempts.data import PersonalRow
from attempts.privacy.holdings import HOLDINGS, Holding


def personal_rows(user_id: int) -> Iterator[PersonalRow]:
    """Yield every row of ours that has to do with a person, table by table; it streams.

    Other people are not named: a column that names a user says ``self``, ``somebody else`` or nothing. Rows that she
    made for somebody else leave out what is about that other person. What she wrote is hers, and is given as it is.

    Args:
        user_id: whose.
    """
    for holding in HOLDINGS:
        about = holding.about(user_id) if holding.about else Q(pk__in=[])
        rows = holding.model._default_manager.order_by("pk")
        if holding.about:
            for row in rows.filter(about).iterator():
                yield _row(holding, "learner", row, user_id)
        if holding.done_by:
            for row in rows.filter(holding.done_by(user_id)).exclude(about).iterator():
                yield _row(holding, "actor", row, user_id)


def _row(holding: Holding, capacity: Any, row: Model, user_id: int) -> PersonalRow:
    left_out = holding.about_learner if capacity == "actor" else ()
    values = {
        column.name: _value(holding, column, row, user_id)
        for column in holding.model._meta.concrete_fields
        if column.name not in left_out
    }
    return PersonalRow(table=holding.model._meta.db_table, capacity=capacity, values=values)


def _value(holding: Holding, column: Field, row: Model, user_id: int) -> Any:
    value = getattr(row, column.attname)
    if column.name in holding.users and value is not None:
        return "self" if value == user_id else "somebody else"
    return dict(value) if isinstance(value, Mapping) else value
