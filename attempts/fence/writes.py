"""What happens to a row that is about to be written by work that may have begun before a switch."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Any

from django.db import connections
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey, UsageKey
from opaque_keys.edx.locator import CourseLocator

from attempts.exceptions import AttemptsError
from attempts.fence.errors import LateDelete, LateInsert, LateUpdate
from attempts.fence.lateness import holds_off_switch, is_active, learner_named_by, switched_since
from attempts.fence.marks import switched_meanwhile
from attempts.fence.work import Unit, current_unit
from attempts.keys import AttemptCourseLocator, KeyRewrite, checked_course_key, plain_course_key, plain_usage_key
from attempts.stores import RekeyedStore

log = logging.getLogger(__name__)


def before_save(store: RekeyedStore, instance: Any, using: str, update_fields: Collection[str] | None) -> None:
    """Keep a save inside the attempt it was computed from.

    A row that has moved since it was read is saved where it lies now: it takes the keys it has there. A row that was
    never saved is refused if it was computed before the learner's latest switch, and lets the next one wait until it
    can be seen; one for an attempt that was archived when its keys were read, and is active now, takes the plain keys.
    What was computed before the switch does not overwrite what lies in the attempt that is active since.

    Raises:
        LateInsert, LateUpdate: see there.
    """
    keys = (store.course, *store.usage)
    writes_keys = update_fields is None or bool(set(keys) & set(update_fields))
    if not (writes_keys or store.is_computed):
        # The keys are not written, so the row stays where it is.
        return
    if not switched_meanwhile():
        return
    lies_under = _keys_of_row(store, instance, using)
    if lies_under is None and not writes_keys:
        # Django says that there is no such row.
        return
    if lies_under is None:
        key = _course_key(getattr(instance, store.course))
        if isinstance(key, AttemptCourseLocator):
            _follow_if_back(store, instance, key)
        else:
            _refuse_if_late(store, instance)
    elif _has_moved(store, instance, lies_under):
        log.info("attempts: a late save of row %s of %s went to %s", instance.pk, store.name, lies_under[0])
        for field, key in zip(keys, lies_under, strict=True):
            setattr(instance, field, key)
    elif store.is_computed:
        _refuse_to_overwrite(store, instance)


def before_delete(store: RekeyedStore, instance: Any, using: str) -> None:
    """Refuse to delete a row that has moved since it was read.

    Raises:
        LateDelete: see there.
    """
    if not switched_meanwhile():
        return
    lies_under = _keys_of_row(store, instance, using)
    if lies_under is not None and _has_moved(store, instance, lies_under):
        raise LateDelete(store.name, instance)


def _keys_of_row(store: RekeyedStore, instance: Any, using: str) -> tuple[Any, ...] | None:
    """Return the keys that the instance's row has in the database, None if there is no such row.

    In a transaction the row is locked, as the write that follows would: a switch that holds it is waited for, and
    one that comes later moves the row with what is written now.
    """
    if instance.pk is None:
        return None
    rows = type(instance)._base_manager.using(using).filter(pk=instance.pk)
    if connections[using].in_atomic_block:
        rows = rows.select_for_update()
    return next(iter(rows.values_list(store.course, *store.usage)), None)


def _has_moved(store: RekeyedStore, instance: Any, lies_under: tuple[Any, ...]) -> bool:
    """Tell whether a row lies in another attempt of the same course than the instance says."""
    before, now = _course_key(getattr(instance, store.course)), _course_key(lies_under[0])
    if before is None or now is None or before == now:
        return False
    return plain_course_key(before) == plain_course_key(now)


def _follow_if_back(store: RekeyedStore, instance: Any, key: AttemptCourseLocator) -> None:
    user_id = store.user_id(learner_named_by(store, instance))
    if user_id is None or not is_active(user_id, key):
        return
    log.info("attempts: a row of %s for %s went to the plain key: it is active again", store.name, key)
    as_text = isinstance(getattr(instance, store.course), str)
    setattr(instance, store.course, str(key.plain) if as_text else key.plain)
    for field in store.usage:
        setattr(instance, field, _plain_usage(getattr(instance, field), key))


def _plain_usage(usage: Any, key: AttemptCourseLocator) -> Any:
    """The plain key for that of a block, parsed or as text; what is no key of the attempt as it is."""
    if isinstance(usage, UsageKey):
        return plain_usage_key(usage)
    prefixes = KeyRewrite(key, key.plain).usage_prefixes
    return next((new + usage.removeprefix(old) for old, new in prefixes if str(usage).startswith(old)), usage)


def _refuse_if_late(store: RekeyedStore, instance: Any) -> None:
    work = _work_on(store, instance)
    if work is None:
        return
    unit, user_id, course_key = work
    if not holds_off_switch(user_id, course_key) or course_key in switched_since(unit, user_id):
        log.warning("attempts: a late insert into %s was turned away, learner %s, %s", store.name, user_id, course_key)
        raise LateInsert(store.name, course_key)


def _refuse_to_overwrite(store: RekeyedStore, instance: Any) -> None:
    work = _work_on(store, instance)
    if work is None:
        return
    unit, user_id, course_key = work
    if course_key in switched_since(unit, user_id):
        log.warning("attempts: a late update of %s was turned away, learner %s, %s", store.name, user_id, course_key)
        raise LateUpdate(store.name, instance.pk, course_key)


def _work_on(store: RekeyedStore, instance: Any) -> tuple[Unit, int, CourseLocator] | None:
    """The unit of work, the learner and the course of a row under a plain key; None if nobody can be late with it."""
    unit = current_unit()
    if unit is None:
        # Nobody knows when this work began; a command may just have carried out the switch itself.
        return None
    try:
        course_key = checked_course_key(str(getattr(instance, store.course)))
    except AttemptsError:
        # Of a library, of an archived attempt, or of a course that cannot have attempts.
        return None
    user_id = store.user_id(learner_named_by(store, instance))
    return None if user_id is None else (unit, user_id, course_key)


def _course_key(key: Any) -> CourseKey | None:
    try:
        return key if isinstance(key, CourseKey) else CourseKey.from_string(str(key))
    except InvalidKeyError:
        return None
