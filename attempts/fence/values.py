"""What happens to a value that exists once for all attempts, when late work writes its row.

A row with a value does not move, so nothing in it says which attempt it was read in. Whoever began before the learner's
latest switch is taken to have computed the value from the attempt that was put away; the rest of the row is not its.
Of commands and threads nobody knows when they began: what they write is let through, as their inserts are.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.db import connections
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from attempts.data import PolicyData
from attempts.fence.lateness import learner_named_by, switched_since
from attempts.fence.marks import switched_meanwhile
from attempts.fence.work import Unit, current_unit
from attempts.host.courses import enrolment
from attempts.stores import LearnerNames, Ledger, Move, ValuedStore

log = logging.getLogger(__name__)

#: Says which policies are in force at some courses.
Policies = Callable[[Collection[CourseKey]], Mapping[CourseKey, PolicyData]]


def before_save(store: ValuedStore, instance: Any, using: str, update_fields: Collection[str] | None) -> None:
    """Have late work write the values that the row has, and only its other columns as it likes."""
    columns, unit = _written(store, instance, update_fields), current_unit()
    if not columns or instance.pk is None or unit is None or not switched_meanwhile():
        return
    rows = type(instance)._base_manager.using(using).filter(pk=instance.pk)
    if connections[using].in_atomic_block:
        # As the write that follows would, and before anybody asks who was switched: a switch that holds the row is
        # waited for.
        rows = rows.select_for_update()
    held = next(iter(rows.values(*columns)), None)
    if held is None or all(getattr(instance, name) == value for name, value in held.items()):
        return
    if _late_in(store, instance, unit):
        log.info("attempts: a late save of row %s of %s left its values as they are", instance.pk, store.name)
        for name, value in held.items():
            setattr(instance, name, value)


def after_insert(store: ValuedStore, instance: Any, policies: Policies) -> None:
    """Give a row that late work has made the values of a new attempt, as a switch would have given it."""
    unit = current_unit()
    found = _late_in(store, instance, unit) if unit and switched_meanwhile() else None
    if found is None:
        return
    names, course_key = found
    # Nothing is archived here: of the move only where, when and by which policy are of interest.
    move = Move(
        place=enrolment(names.user_id, course_key),
        from_number=1,
        to_number=None,
        policy=policies([course_key])[course_key],
        now=timezone.now(),
        ledger=Ledger(names.user_id, course_key, None),
    )
    store.begin_anew(instance, move)
    log.info("attempts: row %s of %s was made late and begins anew", instance.pk, store.name)


def _written(store: ValuedStore, instance: Any, update_fields: Collection[str] | None) -> list[str]:
    """The columns of the store that a save writes.

    One that this host's model lacks is none: the switch will fail for it, and the host's own saves shall not.
    """
    written = instance._meta.concrete_fields
    if update_fields is not None:
        written = [field for field in written if field.name in update_fields or field.attname in update_fields]
    return [field.attname for field in written if field.name in store.fields or field.attname in store.fields]


def _late_in(store: ValuedStore, instance: Any, unit: Unit) -> tuple[LearnerNames, CourseKey] | None:
    """The learner of a row and the course in which a unit of work is late for it; None if it is not."""
    name = learner_named_by(store, instance)
    user_id = store.user_id(name)
    if user_id is None:
        return None
    names = LearnerNames(user_id, username=str(name), anonymous_ids=(str(name),), external_ids=(str(name),))
    for course_key in switched_since(unit, user_id):
        if store.rows(names, course_key).filter(pk=instance.pk).exists():
            return names, course_key
    return None
