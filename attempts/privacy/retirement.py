"""Forgetting a person: what people wrote is blanked, the rows stay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q

from attempts.privacy.holdings import HOLDINGS, Rows

_BATCH = 1000


def retire(user_id: int) -> dict[str, int]:
    """Blank the texts that people wrote about a person and that she wrote herself.

    All of it or nothing, a thousand rows in a statement. Doing it again changes nothing.

    Args:
        user_id: whose.

    Returns:
        How many rows were changed, by table; empty if there was nothing to blank.
    """
    changed: dict[str, int] = {}
    with transaction.atomic():
        for holding in HOLDINGS:
            texts = {**holding.blanked, **holding.blanked_for_actor}
            # This order counts a row once: what she wrote about herself is found only by the first.
            count = _blank(holding.model, holding.done_by, texts, user_id)
            count += _blank(holding.model, holding.about, holding.blanked, user_id)
            if count:
                changed[holding.model._meta.db_table] = count
    return changed


def _blank(model: Any, rows: Rows | None, texts: Mapping[str, Any], user_id: int) -> int:
    if rows is None or not texts:
        return 0
    written = Q()
    for column, blank in texts.items():
        written |= ~Q(**{column: blank}) if blank is not None else Q(**{f"{column}__isnull": False})
    keys = sorted(model._default_manager.filter(rows(user_id)).values_list("pk", flat=True))
    # By primary key: a switch locks its operation by that first and by other indexes later. The other way round, as a
    # search by learner would have it, MySQL and MariaDB end one of the two.
    batches = (keys[start : start + _BATCH] for start in range(0, len(keys), _BATCH))
    return sum(model._default_manager.filter(written, pk__in=batch).update(**texts) for batch in batches)
