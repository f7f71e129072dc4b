"""Which stores there are: those of the settings, then those that other apps bring by entry point."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import entry_points
from typing import TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from attempts import conf
from attempts.stores.base import Store
from attempts.stores.guarding import GuardingStore

T = TypeVar("T")

#: Entry points of this group name a store or a list of stores.
ENTRY_POINT_GROUP = "attempts.stores"


@cache
def installed_stores() -> tuple[Store, ...]:
    """Return the stores this host has, in the order in which a switch takes them.

    Raises:
        ImproperlyConfigured: two stores are about the same table.
    """
    named = [import_string(path) for path in conf.store_paths()]
    named += [entry_point.load() for entry_point in sorted(entry_points(group=ENTRY_POINT_GROUP))]
    stores = tuple(store for item in named for store in _as_stores(item) if store.is_installed())
    names = [store.name for store in stores]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ImproperlyConfigured(f"More than one store of attempts is about {', '.join(repeated)}.")
    return stores


def moving_stores() -> tuple[Store, ...]:
    """Return the stores that move something, those that only stand against switches left out."""
    return tuple(store for store in installed_stores() if not isinstance(store, GuardingStore))


def in_store_order(by_table: Mapping[str, T]) -> dict[str, T]:
    """Return what is known of each table in the order of the stores: PostgreSQL does not keep the order of JSON.

    Tables of stores that are gone come last, by name.
    """
    order = [store.name for store in installed_stores()]
    tables = sorted(by_table, key=lambda table: (order.index(table) if table in order else len(order), table))
    return {table: by_table[table] for table in tables}


def _as_stores(item: Store | Iterable[Store]) -> Iterable[Store]:
    return item if isinstance(item, Iterable) else (item,)


conf.when_changed(installed_stores.cache_clear, "ATTEMPTS_STORES", *conf.HOST_SETTINGS)
