"""Where the fence hears of work and of writes."""

from __future__ import annotations

from functools import partial
from typing import Any

from celery.signals import task_postrun, task_prerun
from django.core.exceptions import ImproperlyConfigured
from django.db.models.signals import post_save, pre_delete, pre_save

from attempts.fence import values, work
from attempts.fence.writes import before_delete, before_save
from attempts.host.models import host_model
from attempts.stores import RekeyedStore, ValuedStore, installed_stores

#: Rows of these are deleted by query only, many in one statement. A listener would make Django find them first, ask
#: about each, and delete by primary key: slower, and the very thing that can cross a switch.
DELETED_BY_QUERY = frozenset({"completion.BlockCompletion", "completion_aggregator.StaleCompletion"})


def connect_fence(policies: values.Policies) -> None:
    """Listen to the models of the stores, and to Celery. Called once all apps are loaded.

    Args:
        policies: says which policies are in force; the fence lies below them.
    """
    task_prerun.connect(_task_begins, dispatch_uid="attempts.fence")
    task_postrun.connect(_task_ends, dispatch_uid="attempts.fence")
    try:
        stores = installed_stores()
    except (ImproperlyConfigured, ImportError):
        # The system check says what is wrong with them.
        return
    for store in stores:
        if isinstance(store, RekeyedStore):
            _connect(store)
        elif isinstance(store, ValuedStore):
            _connect_values(store, policies)


def _connect(store: RekeyedStore) -> None:
    model, uid = host_model(store.model), f"attempts.fence.{store.name}"
    pre_save.connect(partial(_saving, store), sender=model, weak=False, dispatch_uid=uid)
    if store.model not in DELETED_BY_QUERY:
        pre_delete.connect(partial(_deleting, store), sender=model, weak=False, dispatch_uid=uid)


def _connect_values(store: ValuedStore, policies: values.Policies) -> None:
    model, uid = host_model(store.model), f"attempts.fence.{store.name}"
    pre_save.connect(partial(_saving_value, store), sender=model, weak=False, dispatch_uid=uid)
    post_save.connect(partial(_saved_value, store, policies), sender=model, weak=False, dispatch_uid=uid)


def _saving(store: RekeyedStore, *, instance: Any, raw: bool, using: str, update_fields: Any, **_kwargs: Any) -> None:
    # Fixtures are loaded as they are.
    if not raw:
        before_save(store, instance, using, update_fields)


def _deleting(store: RekeyedStore, *, instance: Any, using: str, **_kwargs: Any) -> None:
    before_delete(store, instance, using)


def _saving_value(
    store: ValuedStore, *, instance: Any, raw: bool, using: str, update_fields: Any, **_kwargs: Any
) -> None:
    if not raw:
        values.before_save(store, instance, using, update_fields)


def _saved_value(
    store: ValuedStore, policies: values.Policies, *, instance: Any, created: bool, raw: bool, **_kwargs: Any
) -> None:
    if created and not raw:
        values.after_insert(store, instance, policies)


def _task_begins(**_kwargs: Any) -> None:
    work.begin()


def _task_ends(**_kwargs: Any) -> None:
    work.end()
