"""Queries and updates of a store: put into SQL once in the life of a process, if the store is one of ours."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.db.models import QuerySet

from attempts import conf
from attempts.prepared import KeyTexts, PreparedQuery, PreparedUpdate

#: Makes the query of a store from the values that are left open in it; see :class:`attempts.prepared.PreparedQuery`.
Build = Callable[..., Any]


def asked(key_texts: KeyTexts | None = None) -> Callable[[Build], Callable[..., list[Any]]]:
    """Make a function from a store and values to a queryset into one that returns the rows found.

    Args:
        key_texts: the texts of a key that may stand in the query, if it is not the key's own alone.
    """
    return partial(_for_each_store, partial(PreparedQuery, key_texts=key_texts), list)


def changed(build: Build) -> Callable[..., int]:
    """Make a function from a store and values to rows and changes into one that returns how many rows were changed."""
    return _for_each_store(PreparedUpdate, _update, build)


def _update(found: tuple[QuerySet, dict[str, Any]]) -> int:
    rows, changes = found
    return rows.update(**changes)


def _for_each_store(
    prepare: Callable[[Build], Any], carry_out: Callable[[Any], Any], build: Build
) -> Callable[..., Any]:
    # By the identity of the store, which is held with the query.
    known: dict[int, tuple[Any, Any]] = {}
    conf.when_changed(known.clear, "ATTEMPTS_STORES", *conf.HOST_SETTINGS)

    @wraps(build)
    def ask(store: Any, *values: Any) -> Any:
        if not store.is_ours:
            # What another app's class makes may depend on more than the values.
            return carry_out(build(store, *values))
        if id(store) not in known:
            known[id(store)] = store, prepare(partial(build, store))
        return known[id(store)][1](*values, using=store.database())

    return ask
