"""Who is behind the pseudonyms of an export; only for those with the right to know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib.auth import get_user_model

from attempts.datasets import Column

#: The name of the dataset.
PEOPLE = "people"
PEOPLE_COLUMNS = (
    Column("learner", "text", "the pseudonym, as in the other datasets", "", is_person=True),
    Column("user_id", "integer", "the user id", ""),
    Column("username", "text", "the username", "", is_personal=True),
    Column("email", "text", "the e-mail address", "", is_personal=True),
)
#: Ids in a statement.
_CHUNK = 500


def people(pseudonyms: Mapping[int, str], using: str) -> Iterator[list[tuple[Any, ...]]]:
    """Yield the accounts that pseudonyms were given to, in chunks; a statement for each.

    Args:
        pseudonyms: by user id.
        using: alias of the database.
    """
    user_model, ids = get_user_model(), sorted(pseudonyms)
    for start in range(0, len(ids), _CHUNK):
        rows = user_model._default_manager.using(using).filter(pk__in=ids[start : start + _CHUNK]).order_by("pk")
        yield [(pseudonyms[pk], pk, *names) for pk, *names in rows.values_list("pk", "username", "email")]
